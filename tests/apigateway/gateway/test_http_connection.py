"""HTTP/1.1 on a connection: what is served, what is refused, and when a connection ends."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from gatepost.apigateway.gateway import http_connection
from gatepost.apigateway.gateway.request_reader import MAX_BODY, MAX_HEAD
from tests.apigateway.gateway.raw_http import PATIENCE, World, until, world

T = TypeVar("T")
GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"


def served(use: Callable[[World], Awaitable[T]]) -> T:
    async def run() -> T:
        async with world() as started:
            return await use(started)

    return asyncio.run(run())


def test_a_request_reaches_the_application_as_it_was_sent() -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(
            b"POST /a%20b/?x=1&x=2 HTTP/1.1\r\nHost: h:1\r\nX-Twice: a\r\nx-twice:  b \r\nContent-Length: 3\r\n\r\n"
        )
        client.send(b"abc")
        status, headers, body = await client.response()
        assert (status, body) == (200, b"POST /a%20b/ 3")
        assert headers["date"] == "Tue, 14 Nov 2023 22:13:20 GMT"
        request, refusal = at.application.seen[0]
        assert refusal is None
        assert request == (
            "POST",
            "/a%20b/",
            "x=1&x=2",
            (("Host", "h:1"), ("X-Twice", "a"), ("x-twice", "b"), ("Content-Length", "3")),
            b"abc",
            "127.0.0.1",
            "HTTP/1.1",
            1_700_000_000.0,
        )

    served(use)


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (b"GET http://other/x?y HTTP/1.1\r\nHost: a\r\n\r\n", "/x"),
        (b"GET HTTPS://other HTTP/1.1\r\nHost: a\r\n\r\n", "/"),
        (b"GET http://other?y HTTP/1.1\r\nHost: a\r\n\r\n", "/"),
        (b"\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", "/x"),
        (b"GET /x HTTP/1.0\r\n\r\n", "/x"),
        (b"GET //x HTTP/1.1\r\nHost: a\r\n\r\n", "//x"),
        (b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nXYZ", "/x"),
    ],
)
def test_a_request_in_a_rarer_form_is_served(sent: bytes, path: str) -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(sent)
        status, _, _ = await client.response()
        assert (status, at.application.seen[0].request.path) == (200, path)

    served(use)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nabc",
    ],
)
def test_what_two_servers_might_read_differently_is_refused_and_nothing_after_it_is_read(sent: bytes) -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(sent + GET)
        status, headers, body = await client.response()
        assert (status, body) == (400, b'{"message":"Bad Request"}')
        assert headers["connection"] == "close"
        client.writer.write_eof()
        assert await client.rest() == b""
        assert at.application.seen == []

    served(use)


def test_requests_in_a_pipeline_are_answered_in_their_order() -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(b"".join(GET.replace(b"/a", b"/%d" % number) for number in range(100)))
        assert [(await client.response())[2] for _ in range(100)] == [b"GET /%d 0" % n for n in range(100)]

    served(use)


def test_a_refused_request_waits_for_the_answers_before_it() -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(GET + GET + b"nonsense\r\n\r\n" + GET)
        assert [(await client.response())[0] for _ in range(3)] == [200, 200, 400]
        client.writer.write_eof()
        assert await client.rest() == b""
        assert len(at.application.seen) == 2

    served(use)


def test_a_request_in_single_octets_is_served() -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        for (
            octet
        ) in b"POST /x?y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;e=1\r\nabc\r\n0\r\nX-T: 1\r\n\r\n":
            client.send(bytes((octet,)))
            await client.writer.drain()
        assert (await client.response())[2] == b"POST /x 3"
        assert ("X-T", "1") not in at.application.seen[0].request.headers

    served(use)


def test_a_head_without_end_is_cut_off_in_the_words_of_the_api() -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(b"GET /a?b HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (MAX_HEAD + 1))
        status, headers, body = await client.response()
        assert (status, body, headers["connection"]) == (413, b"HEADERS_TOO_LARGE", "close")
        assert at.application.seen[0].request.path == "/a"

    served(use)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_10_mb_is_refused_before_it_is_read(chunked: bool) -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        if chunked:
            client.send(b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            client.send(b"%x\r\n" % (MAX_BODY + 1) + b"x" * (MAX_BODY + 1))
        else:
            client.send(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1))
        status, headers, body = await client.response()
        assert (status, body, headers["connection"]) == (413, b"REQUEST_TOO_LARGE", "close")
        assert at.application.seen[0].request.body == b""

    served(use)


def test_a_body_of_10_mb_is_served() -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % MAX_BODY + b"x" * MAX_BODY)
        assert (await client.response())[2] == b"POST /a %d" % MAX_BODY

    served(use)


def test_who_waits_before_sending_the_body_is_asked_for_it() -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        head = b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n"
        for _ in range(2):
            client.send(head)
            assert (await client.response())[0] == 100
            client.send(b"abc")
            assert (await client.response())[::2] == (200, b"POST /a 3")

    served(use)


def test_who_waits_is_asked_for_the_body_only_once_the_requests_before_it_are_answered() -> None:
    async def use(at: World) -> None:
        at.application.hold = asyncio.Event()
        client = await at.connect()
        client.send(GET + b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        await at.application.arrived.wait()
        at.application.hold.set()
        assert [(await client.response())[0], (await client.response())[0]] == [200, 100]
        client.send(b"abc")
        assert (await client.response())[2] == b"POST /b 3"

    served(use)


def test_who_expects_something_else_or_too_much_is_told_so_at_once() -> None:
    async def use(at: World) -> None:
        for header, status in ((b"Expect: tea", 417), (b"Content-Length: 99999999\r\nExpect: 100-continue", 413)):
            client = await at.connect()
            client.send(b"POST /a HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n" % header)
            assert (await client.response())[0] == status

    served(use)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + GET,
        b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + GET,
    ],
)
def test_the_connection_ends_where_the_client_wants_it(sent: bytes) -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(sent)
        status, headers, _ = await client.response()
        assert (status, headers["connection"]) == (200, "close")
        assert await client.rest() == b""
        assert len(at.application.seen) == 1

    served(use)


def test_who_sends_no_more_still_gets_every_answer() -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(GET + GET)
        client.writer.write_eof()
        assert (await client.rest()).count(b"HTTP/1.1 200 OK") == 2

    served(use)


def test_head_gets_the_length_and_no_body() -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(GET.replace(b"GET", b"HEAD") + GET)
        assert (await client.response(head_only=True))[1]["content-length"] == "9"
        assert (await client.response())[2] == b"GET /a 0"

    served(use)


def test_the_server_alone_frames_the_response() -> None:
    async def use(at: World) -> None:
        at.application.headers = (
            ("Content-Length", "1"),
            ("transfer-encoding", "chunked"),
            ("Connection", "upgrade"),
            ("X-A", "1"),
        )
        client = await at.connect()
        client.send(GET)
        _, headers, body = await client.response()
        assert (headers["content-length"], headers["x-a"], body) == ("8", "1", b"GET /a 0")
        assert "transfer-encoding" not in headers
        assert "connection" not in headers

    served(use)


def sweep(at: World, seconds: float) -> None:
    at.server.sweep(asyncio.get_running_loop().time() + seconds)


@pytest.mark.parametrize(
    ("sent", "within", "answer"),
    [
        (b"", http_connection.HEAD_SECONDS, b""),
        (b"GET /a HTTP/1.1\r\n", http_connection.HEAD_SECONDS, b"HTTP/1.1 408"),
        (b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n12", http_connection.BODY_SECONDS, b"HTTP/1.1 408"),
    ],
)
def test_a_client_that_is_too_slow_is_cut_off(sent: bytes, within: float, answer: bytes) -> None:
    async def use(at: World) -> None:
        client = await at.connect()
        client.send(GET if sent else b"")
        if sent:
            await client.response()
            client.send(sent)
        await until(lambda: bool(at.server.connections))
        (connection,) = at.server.connections
        await until(lambda: connection._reader.arriving or not sent)
        sweep(at, within - 1)
        assert not connection._reader.deaf
        sweep(at, within + 1)
        if not sent:
            assert await client.rest() == b""
            return
        assert (await client.response())[0] == 408
        sweep(at, http_connection.LINGER_SECONDS + 1)
        assert await client.rest() == b""

    served(use)


def test_an_idle_connection_is_closed_and_one_that_waits_for_its_answer_is_not() -> None:
    async def use(at: World) -> None:
        idle, waiting = await at.connect(), await at.connect()
        idle.send(GET)
        await idle.response()
        at.application.hold = asyncio.Event()
        at.application.arrived.clear()
        waiting.send(GET)
        await at.application.arrived.wait()
        sweep(at, 3600)
        assert await idle.rest() == b""
        at.application.hold.set()
        assert (await waiting.response())[0] == 200

    served(use)


def test_an_end_waits_for_what_is_on_its_way_and_takes_nothing_new() -> None:
    async def use(at: World) -> None:
        idle, waiting = await at.connect(), await at.connect()
        idle.send(GET)
        await idle.response()
        at.application.hold = asyncio.Event()
        at.application.arrived.clear()
        waiting.send(GET)
        await at.application.arrived.wait()
        ending = asyncio.create_task(at.server.close())
        assert await idle.rest() == b""
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
            await at.connect()
        assert not ending.done()
        at.application.hold.set()
        status, headers, _ = await waiting.response()
        assert (status, headers["connection"]) == (200, "close")
        await asyncio.wait_for(ending, PATIENCE)

    served(use)


def test_an_end_does_not_wait_for_ever() -> None:
    async def use(at: World) -> None:
        at.application.hold = asyncio.Event()
        client = await at.connect()
        client.send(GET)
        await at.application.arrived.wait()
        await asyncio.wait_for(at.server.close(seconds=0.05), PATIENCE)
        assert await client.rest() == b""

    served(use)


def test_what_a_client_no_longer_waits_for_goes_on() -> None:
    async def use(at: World) -> None:
        at.application.hold = asyncio.Event()
        client = await at.connect()
        client.send(GET)
        await at.application.arrived.wait()
        client.reset()
        await until(lambda: not at.server.connections)
        ending = asyncio.create_task(at.server.close())
        await asyncio.sleep(0)
        assert not ending.done()
        at.application.hold.set()
        await asyncio.wait_for(ending, PATIENCE)

    served(use)


def test_a_client_that_does_not_read_stops_its_pipeline_and_is_cut_off() -> None:
    async def use(at: World) -> None:
        at.application.headers = (("x-large", "x" * 100_000),)
        client = await at.connect()
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]
        client.send(GET * 200)
        await until(lambda: bool(at.server.connections))
        (connection,) = at.server.connections
        await until(lambda: not connection._writable)
        before = len(at.application.seen)
        assert before < 200
        sweep(at, http_connection.WRITE_SECONDS + 1)
        await until(lambda: not at.server.connections)

    served(use)
