"""HTTP itself, over a socket: what is malformed gets a clean 4xx or a closed connection, never a 500 or an allow."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import pytest
from uvicorn import Config

from gatepost.gates.authz import http_protocol
from gatepost.gates.authz.application import Application
from gatepost.gates.authz.draining_server import DrainingServer
from gatepost.gates.authz.http_protocol import MAX_HEAD, ProxyFacingHttp
from gatepost.gates.authz.serving import listen
from tests.gates.authz.in_process import InProcess, bearer, token

Connection: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Test: TypeAlias = Callable[[int, DrainingServer], Awaitable[None]]

ASK = b"GET /nginx HTTP/1.1\r\nHost: gate\r\nX-Original-Method: GET\r\nX-Original-URI: %b\r\n%b\r\n"
HEALTH = ASK % (b"/health", b"")


@asynccontextmanager
async def serving(application: Application) -> AsyncIterator[tuple[int, DrainingServer]]:
    listener = listen("127.0.0.1", 0)
    config = Config(
        application,
        http=ProxyFacingHttp,
        ws="none",
        interface="asgi3",
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=5,
    )
    server = DrainingServer(config, application, seconds=0)
    task = asyncio.get_running_loop().create_task(server._serve([listener]))
    try:
        yield listener.getsockname()[1], server
    finally:
        server.should_exit = True
        await task


def run(test: Test) -> None:
    async def whole() -> None:
        async with serving(InProcess().application) as (port, server):
            await asyncio.wait_for(test(port, server), 20)

    asyncio.run(whole())


async def answers(port: int, *parts: bytes) -> bytes:
    """Send parts, end, and return all that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def statuses(octets: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", octets)]


def test_a_question_takes_the_short_way_and_gets_the_same_answer_as_through_asgi() -> None:
    header = b"%b: %b\r\n" % tuple(part.encode() for part in bearer(token()))

    async def test(port: int, _: DrainingServer) -> None:
        got = await answers(port, ASK % (b"/user?x", header + b"Connection: close\r\n"))
        assert got == (
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-user: alice\r\nx-scopes: read\r\nx-role: \r\n"
            b"connection: close\r\n\r\n"
        )

    run(test)
    assert InProcess().nginx("GET", "/user?x", [bearer(token())]).value("X-User") == "alice"


def test_a_head_keeps_its_meaning_whatever_was_asked_before_on_its_connection() -> None:
    def asked(target: bytes, sent: str) -> bytes:
        return ASK % (target, b"%b: %b\r\n" % tuple(part.encode() for part in bearer(sent)))

    plain, admin = token(), token(sub="root", scope="read admin", role="chief")
    questions = (asked(b"/user", plain), asked(b"/admin/x", admin), asked(b"/user", admin), asked(b"/user", plain))

    async def test(port: int, _: DrainingServer) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        got = []
        for question in questions:
            writer.write(question)
            got.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()
        assert got[0] == got[3]
        assert statuses(b"".join(got)) == [200] * 4
        assert b"x-scopes: read admin" in got[2]

    run(test)


def test_pipelined_questions_are_answered_in_their_order() -> None:
    async def test(port: int, _: DrainingServer) -> None:
        last = ASK % (b"/user", b"Connection: close\r\n")
        own = b"GET /healthz HTTP/1.1\r\nHost: gate\r\n\r\n"
        assert statuses(await answers(port, HEALTH + HEALTH + own + HEALTH + last)) == [200, 200, 200, 200, 401]

    run(test)


def test_a_known_question_gets_the_same_octets_whatever_its_pieces_and_neighbours() -> None:
    asked = ASK % (b"/user", b"%b: %b\r\n" % tuple(part.encode() for part in bearer(token())))
    expected = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-user: alice\r\nx-scopes: read\r\nx-role: \r\n\r\n"
    own = b"GET /healthz HTTP/1.1\r\nHost: gate\r\n\r\n"

    async def test(port: int, _: DrainingServer) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _again in range(3):
            for pieces in ((asked,), (asked[:40], asked[40:]), (asked + asked[:9], asked[9:] + asked), (asked, asked)):
                for piece in pieces:
                    writer.write(piece)
                    await asyncio.sleep(0)
                for _answer in range(b"".join(pieces).count(b"/nginx")):
                    assert await reader.readuntil(b"\r\n\r\n") == expected
            writer.write(asked + own + asked)
            assert await reader.readuntil(b"\r\n\r\n") == expected
            assert (await reader.readuntil(b"ok\n")).startswith(b"HTTP/1.1 200 OK")
            assert await reader.readuntil(b"\r\n\r\n") == expected
        writer.write(asked + b"garbage\r\n\r\n")
        assert statuses(await reader.read()) == [200, 400]
        writer.close()

    run(test)


def test_from_a_peer_that_takes_no_answers_nothing_more_is_read_until_it_does() -> None:
    async def test(port: int, server: DrainingServer) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEALTH)
        await reader.readuntil(b"\r\n\r\n")
        (protocol,) = server.server_state.connections
        assert isinstance(protocol, ProxyFacingHttp)
        protocol.pause_writing()
        assert not protocol.transport.is_reading()
        writer.write(HEALTH)
        protocol.resume_writing()
        assert protocol.transport.is_reading()
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    run(test)


def test_a_connection_goes_on_after_an_answer() -> None:
    async def test(port: int, _: DrainingServer) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _question in range(3):
            writer.write(HEALTH)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK")
        writer.close()

    run(test)


@pytest.mark.parametrize(
    "octets",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
        b"GET\r\n\r\n",
        b"GET /nginx\r\n\r\n",
        b"get /nginx HTTP/1.1\r\n\r\n",
        b"GET /nginx HTTP/9.9\r\n\r\n",
        b"GET /nginx HTTP/1.1\r\nX-Original-URI /health\r\n\r\n",
        b"GET /nginx HTTP/1.1\r\nX Original-URI: /health\r\n\r\n",
        b"GET /nginx HTTP/1.1\r\nX-Original-URI: /hea\x00lth\r\nX-Original-Method: GET\r\n\r\n",
        b"GET /nginx HTTP/1.1\r\nX-Original-URI: /health\r\n continued\r\nX-Original-Method: GET\r\n\r\n",
        b"GET /nginx HTTP/1.1\nX-Original-URI: /health\rX-Original-Method: GET\r\n\r\n",
        b"GET /nginx HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /nginx HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /nginx HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /nginx HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /n\xc3\xa9 HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /envoy/\xff HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"CONNECT gate:443 HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET http://gate/nginx HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /envoy/health#x HTTP/1.1\r\nConnection: close\r\n\r\n",
        HEALTH.replace(b"Host", b"X-Original-URI: /user\r\nConnection: close\r\nHost"),
    ],
    ids=repr,
)
def test_what_is_malformed_gets_a_clean_4xx_or_a_closed_connection(octets: bytes) -> None:
    async def test(port: int, _: DrainingServer) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(octets)
        writer.write_eof()
        found = statuses(await reader.read())
        writer.close()
        assert all(400 <= status < 500 for status in found), found
        assert statuses(await answers(port, HEALTH.replace(b"Host", b"Connection: close\r\nHost"))) == [200]

    run(test)


@pytest.mark.parametrize(
    "octets",
    [
        b"GET /nginx HTTP/1.1\r\nA: " + b"a" * (MAX_HEAD * 4),
        b"GET /" + b"a" * (MAX_HEAD * 4),
        b"GET /nginx HTTP/1.1\r\n" + b"A: a\r\n" * MAX_HEAD,
    ],
    ids=["one header", "the target", "many headers"],
)
def test_an_oversized_head_is_cut_off(octets: bytes) -> None:
    async def test(port: int, _: DrainingServer) -> None:
        assert statuses(await answers(port, octets)) in ([431], [])

    run(test)


def test_a_large_token_is_refused_and_not_believed() -> None:
    async def test(port: int, _: DrainingServer) -> None:
        header = b"Authorization: Bearer %b\r\nConnection: close\r\n" % (b"a" * 60_000)
        assert statuses(await answers(port, ASK % (b"/user", header))) == [401]

    run(test)


def test_a_slow_client_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "ARRIVAL_SECONDS", 0.05)

    async def test(port: int, _: DrainingServer) -> None:
        assert statuses(await answers(port, HEALTH[:-3])) == [408]
        assert await answers(port) == b""
        assert statuses(await answers(port, HEALTH, HEALTH[:20])) == [200, 408]
        body = (
            b"POST /nginx HTTP/1.1\r\nX-Original-Method: GET\r\nX-Original-URI: /health\r\nContent-Length: 9\r\n\r\nx"
        )
        assert statuses(await answers(port, body)) == [200]

    run(test)


def test_a_question_with_a_body_is_answered_and_its_body_passed_over() -> None:
    async def test(port: int, _: DrainingServer) -> None:
        head = HEALTH.replace(b"Host", b"Content-Length: 300000\r\nHost")
        last = HEALTH.replace(b"Host", b"Connection: close\r\nHost")
        assert statuses(await answers(port, head, b"x" * 300_000, last)) == [200, 200]

    run(test)


def test_an_upgrade_is_answered_as_the_plain_question() -> None:
    async def test(port: int, _: DrainingServer) -> None:
        asked = HEALTH.replace(b"Host", b"Connection: Upgrade\r\nUpgrade: websocket\r\nHost")
        got = await answers(port, asked)
        assert statuses(got) == [200]
        assert b"connection: close" in got

    run(test)


def test_http_1_0_is_answered_and_closed() -> None:
    async def test(port: int, _: DrainingServer) -> None:
        assert statuses(await answers(port, HEALTH.replace(b"HTTP/1.1", b"HTTP/1.0"))) == [200]

    run(test)


def test_while_it_drains_every_answer_closes_its_connection_and_then_it_ends() -> None:
    async def test(port: int, server: DrainingServer) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEALTH)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEALTH)
        server.drain()
        assert b"connection: close" in await reader.read()
        writer.close()

    run(test)


def test_an_idle_connection_is_closed_after_a_while() -> None:
    async def test(port: int, server: DrainingServer) -> None:
        server.config.timeout_keep_alive = 0
        assert statuses(await answers(port, HEALTH)) == [200]

    run(test)
