"""What is too large or too slow is cut off, over a socket."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from gatepost.provider.server import serve
from gatepost.provider.serving import http_protocol
from gatepost.provider.web.application import Application
from gatepost.provider.web.request import Request
from gatepost.provider.web.response import Response
from gatepost.provider.web.router import Router


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server that says who asks."""
    import os
    import signal

    monkeypatch.setattr(signal, "signal", lambda *_: None)  # the server is not in the main thread here
    router = Router()

    async def answer(request: Request) -> Response:
        return Response(200, (), f"{request.client} {len(request.body)}".encode())

    router.add("GET", "/", answer)
    router.add("POST", "/", answer)
    application = Application(
        router, failing=lambda _, status, text: Response(status, (), text.encode()), finishing=lambda _, each: each
    )
    alive, hold = os.pipe()
    listener = socket.create_server(("127.0.0.1", 0))
    options = {"trusted_proxies": ("127.0.0.1",), "alive": alive}
    thread = threading.Thread(target=serve, args=(application, listener), kwargs=options)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        os.close(hold)
        thread.join(20)
        assert not thread.is_alive()
        os.close(alive)
        listener.close()


def asked(port: int, octets: bytes) -> bytes:
    """All that comes back, until the server closes the connection."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(octets)
        found = b""
        try:
            while part := connection.recv(65536):
                found += part
        except ConnectionResetError:
            pass
        return found


def test_a_request_is_answered(port: int) -> None:
    found = asked(port, b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    assert found.startswith(b"HTTP/1.1 200")
    assert found.endswith(b"127.0.0.1 0")
    assert b"server:" not in found


def test_a_trusted_proxy_says_who_asks(port: int) -> None:
    found = asked(port, b"GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 192.0.2.7\r\nconnection: close\r\n\r\n")
    assert found.endswith(b"192.0.2.7 0")


@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"])
@pytest.mark.parametrize("size", [70_000, 1_000_000])
def test_a_head_that_is_too_large_is_cut_off(port: int, end: bytes, size: int) -> None:
    found = asked(port, b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"y" * size + end)
    assert found.startswith(b"HTTP/1.1 431") or found == b""  # a reset may overtake the answer


def test_a_large_head_and_a_larger_body_are_taken(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 500000\r\nx: " + b"y" * 60_000
    assert asked(port, head + b"\r\n\r\n" + b"x" * 500_000).endswith(b"127.0.0.1 500000")


def test_a_body_that_is_too_large_is_refused(port: int) -> None:
    body = b"x" * 1_100_000
    head = f"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    assert asked(port, head + body).startswith(b"HTTP/1.1 413")


def test_who_says_nothing_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "ARRIVAL_SECONDS", 0.2)
    for begun in (b"", b"GET / HTTP/1.1\r\nhost: a\r\n", b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nx"):
        before = time.monotonic()
        assert asked(port, begun) == b""
        assert time.monotonic() - before < 15
