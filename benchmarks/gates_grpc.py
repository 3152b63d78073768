"""gRPC servers on loopback, with the gate and without it, and calls to them."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from threading import Thread
from typing import Any

import grpc

from gatepost.gates.grpc import AsyncGateInterceptor, GateInterceptor
from gatepost.policy.policy import Policy

METHOD = "/bench.Bench/Get"


@contextmanager
def threaded(policy: Policy | None, known: list[str]) -> Iterator[Callable[[], object]]:
    """Run a server with threads; the value makes one call."""
    interceptors = [] if policy is None else [GateInterceptor(policy=policy)]
    with ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool, handlers=[_handlers(lambda request, context: b"hello")], interceptors=interceptors)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with _calling(port, known) as call:
                yield call
        finally:
            server.stop(None).wait()


@contextmanager
def on_asyncio(policy: Policy | None, known: list[str]) -> Iterator[Callable[[], object]]:
    """Run a server on an event loop in a thread; the value makes one call."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    async def answer(_request: bytes, _context: Any) -> bytes:
        return b"hello"

    async def start() -> tuple[Any, int]:
        server = grpc.aio.server(interceptors=[] if policy is None else [AsyncGateInterceptor(policy=policy)])
        server.add_generic_rpc_handlers([_handlers(answer)])
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        return server, port

    server, port = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        with _calling(port, known) as call:
            yield call
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _handlers(answer: Callable[..., Any]) -> Any:
    service, _, method = METHOD[1:].partition("/")
    return grpc.method_handlers_generic_handler(service, {method: grpc.unary_unary_rpc_method_handler(answer)})


@contextmanager
def _calling(port: int, known: list[str]) -> Iterator[Callable[[], object]]:
    following = cycle(known)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        method = channel.unary_unary(METHOD)

        def call() -> object:
            answer = method(b"", metadata=(("authorization", f"Bearer {next(following)}"),))
            assert answer == b"hello"
            return answer

        yield call
