"""Real servers for the gates, each in a thread, and a client that sends a request as it is written."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from tests.gates.in_process import Headers, seen
from tests.gates.seen import Seen


@contextmanager
def uvicorn_server(app: Any, **settings: Any) -> Iterator[int]:
    """Serve an ASGI application with uvicorn, and yield the port."""
    import uvicorn

    started = Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started.set()

    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(uvicorn.Config(app, log_level="critical", lifespan="off", **settings))
    thread = Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert started.wait(30)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def hypercorn_server(app: Any) -> Iterator[int]:
    """Serve an ASGI application with Hypercorn, and yield the port."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        config = Config()
        config.bind = [f"fd://{listener.fileno()}"]
        config.errorlog = None
        loop = asyncio.new_event_loop()
        over = asyncio.Event()
        thread = Thread(target=lambda: loop.run_until_complete(serve(app, config, shutdown_trigger=over.wait)))
        thread.start()
        try:
            yield port
        finally:
            loop.call_soon_threadsafe(over.set)
            thread.join()
            loop.close()
            listener.detach()  # Hypercorn has closed it


@contextmanager
def werkzeug_server(app: Any) -> Iterator[int]:
    """Serve a WSGI application with Werkzeug, and yield the port."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *args: object) -> None:
            """Write nothing."""

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet, fd=listener.fileno())
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def exchange(port: int, method: str, target: str, headers: Headers) -> tuple[int, Headers, bytes]:
    """Send one request, without mending anything in it, and return the answer."""
    lines = [f"{method} {target} HTTP/1.1", "Host: testserver", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in rest)]
    if ("transfer-encoding", "chunked") in [(name.lower(), value) for name, value in pairs]:
        body = _joined(body)
    return int(first.split(" ")[1]), pairs, body


def asking(port: int) -> Any:
    """Return what sends a row of the table to the server."""

    def ask(method: str, target: str, headers: Headers) -> Seen:
        status, received, body = exchange(port, method, target, headers)
        own = ("content-type", "application/problem+json") in [(name.lower(), value) for name, value in received]
        return seen(status, body) if own or status == 200 else Seen(status, "", {})

    return ask


def _joined(chunks: bytes) -> bytes:
    body = b""
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        body += rest[: int(size, 16)]
        chunks = rest[int(size, 16) + 2 :]
    return body
