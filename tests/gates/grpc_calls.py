"""A gRPC server with the gate, sync or asyncio, around methods that tell what they saw."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any

import grpc

from gatepost.gates.grpc import AsyncGateInterceptor, GateInterceptor
from tests.gates.seen import Seen, forwarded

_HTTP = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.UNAVAILABLE: 503,
}


class EveryMethod(grpc.GenericRpcHandler):
    """Serves every method there can be with one handler."""

    def __init__(self, handler: Any) -> None:
        self.handler = handler

    def service(self, handler_call_details: Any) -> Any:
        return self.handler


def echo(request: bytes, context: Any) -> bytes:
    return json.dumps(forwarded(context.invocation_metadata())).encode()


async def echo_async(request: bytes, context: Any) -> bytes:
    return echo(request, context)


@contextmanager
def sync_server(handler: Any = None, **options: Any) -> Iterator[Any]:
    """Run a sync server, and yield a channel to it."""
    handler = handler or grpc.unary_unary_rpc_method_handler(echo)
    with ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool, handlers=[EveryMethod(handler)], interceptors=[GateInterceptor(**options)])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield channel
        finally:
            server.stop(None).wait()


@contextmanager
def async_server(handler: Any = None, **options: Any) -> Iterator[Any]:
    """Run an asyncio server in a thread, and yield a channel to it."""
    handler = handler or grpc.unary_unary_rpc_method_handler(echo_async)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    async def start() -> tuple[Any, int]:
        server = grpc.aio.server(interceptors=[AsyncGateInterceptor(**options)])
        server.add_generic_rpc_handlers([EveryMethod(handler)])
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        return server, port

    server, port = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield channel
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def asking(channel: Any) -> Callable[[str, str, list[tuple[str, str]]], Seen]:
    """Return what makes a call as a row of the table says."""

    def ask(method: str, target: str, headers: list[tuple[str, str]]) -> Seen:
        try:
            reply = channel.unary_unary(target)(b"", metadata=[(name.lower(), value) for name, value in headers])
        except grpc.RpcError as error:
            refused: Any = error
            trailers = dict(refused.trailing_metadata() or ())
            return Seen(_HTTP.get(refused.code(), 0), str(trailers.get("gatepost-reason", refused.details())), {})
        return Seen(200, "", json.loads(reply))

    return ask
