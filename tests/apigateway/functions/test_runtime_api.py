"""The Runtime API on the wire, with a client that sends byte by byte what it wants."""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gatepost.apigateway.functions import runtime_api
from gatepost.apigateway.functions.failures import MAX_RESPONSE
from gatepost.apigateway.functions.peers import owner_of
from gatepost.apigateway.functions.runtime_api import RuntimeConnection
from tests.apigateway.functions.world import DEADLINE

_BASE = "/2018-06-01/runtime"
_EVENT = runtime_api.reply(200, b"{}", "Lambda-Runtime-Aws-Request-Id: id\r\n")


class _Recorded:
    """A runtime that answers `next` at once, when it is told to, and writes down what it is told."""

    def __init__(self, *, events: bool = True) -> None:
        self.events = events
        self.told: list[tuple[object, ...]] = []
        self.waiting: list[RuntimeConnection] = []
        self.asked = asyncio.Event()

    def next(self, connection: RuntimeConnection) -> None:
        self.told.append(("next",))
        if self.events:
            connection.send(_EVENT)
        else:
            self.waiting.append(connection)
            self.asked.set()

    def respond(self, request_id: str, body: bytes, size: int) -> bytes:
        self.told.append(("respond", request_id, len(body), size))
        return runtime_api.ACCEPTED if size <= MAX_RESPONSE else runtime_api.TOO_LARGE

    def fail(self, request_id: str, body: bytes, kind: str) -> bytes:
        self.told.append(("fail", request_id, body, kind))
        return runtime_api.ACCEPTED

    def fail_to_start(self, body: bytes, kind: str) -> bytes:
        self.told.append(("fail to start", body, kind))
        return runtime_api.not_now("Ready", "InitError")


def _error(message: str, kind: str) -> str:
    return f'{{"errorMessage":"{message}","errorType":"{kind}"}}\n'


_Scenario = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


def _talk(runtime: _Recorded, scenario: _Scenario) -> bytes:
    async def run() -> bytes:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: RuntimeConnection(runtime), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            async with asyncio.timeout(DEADLINE):
                return await scenario(reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()
            server.close()
            await server.wait_closed()

    return asyncio.run(run())


def _request(method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _sends(*pieces: bytes, answers: int = 1) -> _Scenario:
    async def scenario(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return b"".join([await _read(reader) for _ in range(answers)])

    return scenario


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return head + await reader.readexactly(length)


@pytest.mark.parametrize(
    ("request_", "told", "status", "body"),
    [
        (_request("GET", f"{_BASE}/invocation/next"), ("next",), 200, "{}"),
        (_request("POST", f"{_BASE}/invocation/id/response", b"42"), ("respond", "id", 2, 2), 202, '{"status":"OK"}\n'),
        (
            _request("POST", f"{_BASE}/invocation/id/error", b"{}", "lambda-runtime-function-error-type: My.Kind"),
            ("fail", "id", b"{}", "My.Kind"),
            202,
            '{"status":"OK"}\n',
        ),
        (
            _request("POST", f"{_BASE}/init/error", b"{}", "Lambda-Runtime-Function-Error-Type: My.Kind"),
            ("fail to start", b"{}", "My.Kind"),
            403,
            _error(
                "State transition from Ready to InitError failed for runtime. Error: State transition is not allowed",
                "InvalidStateTransition",
            ),
        ),
        (
            _request("POST", f"{_BASE}/invocation/id/response", b"x" * (MAX_RESPONSE + 1)),
            ("respond", "id", None, MAX_RESPONSE + 1),
            413,
            _error("Exceeded maximum allowed payload size (6291556 bytes).", "RequestEntityTooLarge"),
        ),
        (_request("GET", "/"), None, 404, "404 page not found\n"),
        (_request("GET", f"{_BASE}/invocation/id/response"), None, 404, "404 page not found\n"),
        (_request("POST", f"{_BASE}/invocation/id/other"), None, 404, "404 page not found\n"),
        (_request("POST", f"{_BASE}/restore/next"), None, 404, "404 page not found\n"),
    ],
    ids=["next", "response", "error", "init error", "too large", "root", "get response", "other", "restore"],
)  # fmt: skip
def test_each_request_has_its_answer(request_: bytes, told: tuple[object, ...] | None, status: int, body: str) -> None:
    runtime = _Recorded()
    answer = _talk(runtime, _sends(request_))
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert int(head[9:12]) == status
    assert rest.decode() == body
    expected = [] if told is None else [told]
    assert [
        tuple(None if want is None else have for have, want in zip(each, expected[0], strict=True))
        for each in runtime.told
    ] == expected


def test_a_body_may_come_in_chunks_and_a_request_in_single_bytes() -> None:
    chunked = (
        f"POST {_BASE}/invocation/id/response HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        '2\r\n{"\r\n3\r\na":\r\n2\r\n1}\r\n0\r\n\r\n'
    ).encode()
    runtime = _Recorded()
    _talk(runtime, _sends(*(bytes([byte]) for byte in chunked)))
    assert runtime.told == [("respond", "id", 7, 7)]


def test_a_result_is_accepted_together_with_the_next_event_when_both_are_asked_for_at_once() -> None:
    both = _request("POST", f"{_BASE}/invocation/id/response", b"42") + _request("GET", f"{_BASE}/invocation/next")
    runtime = _Recorded(events=False)

    async def scenario(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(both)
        await runtime.asked.wait()
        runtime.waiting[0].send(_EVENT)
        return await _read(reader) + await _read(reader)

    assert _talk(runtime, scenario) == runtime_api.ACCEPTED + _EVENT


def test_a_result_on_its_own_is_accepted_at_once() -> None:
    answer = _talk(_Recorded(events=False), _sends(_request("POST", f"{_BASE}/invocation/id/response", b"42")))
    assert answer == runtime_api.ACCEPTED


def test_what_is_not_http_ends_the_connection() -> None:
    async def scenario(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"nonsense\r\n\r\n")
        return await reader.read()

    assert _talk(_Recorded(), scenario) == b""


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells whose socket it is")
def test_the_owner_of_a_connection_is_known() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert owner_of(client.getsockname()) == os.getuid()
    assert owner_of(("127.0.0.1", 1)) is None


@pytest.mark.skipif(not Path("/proc/net/tcp6").exists(), reason="only Linux tells whose socket it is")
def test_so_is_the_owner_of_one_that_comes_from_an_ipv6_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_INET6) as client:
        client.connect(("::ffff:127.0.0.1", server.getsockname()[1]))
        connection, address = server.accept()
        connection.close()
        assert owner_of(address) == os.getuid()


@pytest.mark.parametrize(("uid", "served"), [(os.getuid(), True), (os.getuid() + 1, False), (None, False)])
def test_only_this_users_processes_are_served(monkeypatch: pytest.MonkeyPatch, uid: int | None, served: bool) -> None:
    monkeypatch.setattr("gatepost.apigateway.functions.peers.owner_of", lambda address: uid)

    async def scenario(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(_request("GET", f"{_BASE}/invocation/next"))
        try:
            return await _read(reader)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            return b""

    runtime = _Recorded()
    assert bool(_talk(runtime, scenario)) is served
    assert bool(runtime.told) is served


def test_error_bodies_are_json() -> None:
    for answer in (runtime_api.INVALID_REQUEST_ID, runtime_api.TOO_LARGE, runtime_api.not_now("A", "B")):
        assert set(json.loads(answer.partition(b"\r\n\r\n")[2])) == {"errorMessage", "errorType"}
