"""The small HTTP server: bad requests, connections that stay, and what stopping leaves behind."""

import socket
import threading
from collections.abc import Iterator

import pytest
import urllib3

from gatepost.testing.http_server import MAX_BODY, Answer, HttpServer, Request


def echo(request: Request) -> Answer:
    return Answer(200, f"{request.method} {request.path}?{request.query}".encode() + request.body)


@pytest.fixture
def server() -> Iterator[HttpServer]:
    server = HttpServer(echo)
    server.start()
    yield server
    server.stop()


def exchange(server: HttpServer, sent: bytes) -> bytes:
    """Send bytes as they are, and return all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(sent)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


def test_a_connection_stays_for_the_next_request(server: HttpServer) -> None:
    with urllib3.HTTPConnectionPool("127.0.0.1", server.port, maxsize=1, retries=False) as pool:
        for _ in range(3):
            assert pool.request("POST", "/a?b", body=b"c").data == b"POST /a?bc"
        assert pool.num_connections == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
        (b"GET\r\n\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"505"),
        (b"BREW /pot HTTP/1.1\r\nConnection: close\r\n\r\n", b"501"),
        (b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 200 + b"\r\n", b"431"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1x\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1), b"413"),
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", b"413"),
        (b"GET //[x HTTP/1.1\r\nConnection: close\r\n\r\n", b"200"),
        (b"OPTIONS * HTTP/1.0\r\n\r\n", b"200"),
    ],
    ids=[
        *("TLS", "no path", "unknown version", "unknown method", "too many headers", "long path", "chunked"),
        *("negative length", "length in letters", "large body", "endless length", "odd path", "HTTP/1.0"),
    ],
)
def test_a_bad_request_gets_an_answer_and_harms_nothing(server: HttpServer, sent: bytes, status: bytes) -> None:
    assert status in exchange(server, sent).split(b"\r\n", 1)[0]
    assert b"GET /again?" in exchange(server, b"GET /again HTTP/1.0\r\n\r\n")


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(server: HttpServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"ok")
        assert b"200" in connection.recv(1000).split(b"\r\n", 1)[0]


def test_a_client_that_goes_away_is_nobodys_trouble(server: HttpServer) -> None:
    for sent in (b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(sent)
    assert b"200" in exchange(server, b"GET / HTTP/1.0\r\n\r\n")


def test_stopping_ends_every_connection_and_thread() -> None:
    before = set(threading.enumerate())
    server = HttpServer(echo)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert b"200" in connection.recv(1000)
        server.stop()
        assert connection.recv(1000) == b""
    assert set(threading.enumerate()) <= before
    assert not server.running


def test_it_starts_again_on_the_same_port(server: HttpServer) -> None:
    port = server.port
    server.stop()
    server.start()
    assert server.port == port
    assert b"200" in exchange(server, b"GET / HTTP/1.0\r\n\r\n")


def test_a_port_that_is_taken_is_an_error(server: HttpServer) -> None:
    with pytest.raises(OSError, match="in use"):
        HttpServer(echo, port=server.port).start()


def test_while_it_refuses_the_port_stays_its_own(server: HttpServer) -> None:
    server.refuse()
    with pytest.raises(ConnectionRefusedError):
        exchange(server, b"")
    server.stop()
