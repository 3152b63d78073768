"""The trace: what is remembered, and who may see it."""

import asyncio
import json
import re

import pytest

from gatepost.apigateway.exchange import Exchange, Failure, Request, Response
from gatepost.apigateway.gateway.trace import Trace
from gatepost.apigateway.gateway.trace_page import DATA, PAGE, WithTracePage
from gatepost.apigateway.model.api import Api, Stage

PASSED_ON = Response(418, (), b"the gateway")


class Gateway:
    async def answer(self, request: Request, refusal: Failure | None = None, /) -> Response:
        return PASSED_ON


def asked(
    path: str,
    *,
    query: str = "",
    method: str = "GET",
    source_ip: str = "127.0.0.1",
    host: str = "localhost:3000",
    headers: tuple[tuple[str, str], ...] = (),
) -> Request:
    return Request(method, path, query, (("Host", host), *headers), b"", source_ip, "HTTP/1.1", 1_700_000_000.0)


def remember(trace: Trace, path: str) -> None:
    exchange = Exchange(Api("Api", "api", "HTTP", "id", Stage(), ()), asked(path, query="token=secret"), request_id="i")
    exchange.note("route", False, "none <script>alert(1)</script>")
    trace.add(exchange, Response(404), 1.5)


def answer(trace: Trace, request: Request, refusal: Failure | None = None) -> Response:
    async def run() -> Response:
        return await WithTracePage(Gateway(), trace).answer(request, refusal)

    return asyncio.run(run())


def test_the_last_requests_are_remembered_and_no_more() -> None:
    heard: list[int] = []
    trace = Trace(lambda traced: heard.append(traced.number), remembered=3)
    for number in range(5):
        remember(trace, f"/{number}")
    assert [(traced.number, traced.path) for traced in trace] == [(3, "/2"), (4, "/3"), (5, "/4")]
    assert heard == [1, 2, 3, 4, 5]


def test_the_data_are_those_after_a_number() -> None:
    trace = Trace()
    for number in range(3):
        remember(trace, f"/{number}")
    for query, paths in (
        ("", 3),
        ("after=1", 2),
        ("after=3", 0),
        ("after=x", 3),
        ("after=-1", 3),
        ("after=" + "9" * 40, 3),
    ):
        response = answer(trace, asked(DATA, query=query))
        document = json.loads(response.body)
        assert (document["newest"], len(document["requests"])) == (3, paths)
        assert b"secret" not in response.body


def test_the_page_runs_nothing_but_its_own_script_and_holds_no_data() -> None:
    trace = Trace()
    remember(trace, "/<b>")
    response = answer(trace, asked(PAGE))
    headers = dict(response.headers)
    assert response.status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert re.match(
        r"default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'", headers["content-security-policy"]
    )
    page = response.body.decode()
    assert "http" not in re.sub(r"https?-equiv", "", page)
    assert "innerHTML" not in page
    assert "/<b>" not in page


@pytest.mark.parametrize(
    "request_",
    [
        asked(PAGE, source_ip="192.0.2.1"),
        asked(PAGE, source_ip="::ffff:192.0.2.1"),
        asked(PAGE, source_ip=""),
        asked(PAGE, source_ip="2001:db8::1"),
        asked(PAGE, host="evil.example"),
        asked(PAGE, host="localhost.evil.example:3000"),
        asked(PAGE, host=""),
        asked(PAGE, headers=(("X-Forwarded-For", "192.0.2.1"),)),
        asked(DATA, headers=(("Forwarded", "for=192.0.2.1"),)),
        asked(DATA, host="127.0.0.1.nip.io"),
        asked("/other"),
        asked("/_gatepost"),
    ],
)
def test_whoever_does_not_sit_here_reaches_the_gateway_instead(request_: Request) -> None:
    assert answer(Trace(), request_) == PASSED_ON


@pytest.mark.parametrize(
    ("source_ip", "host"),
    [
        ("127.0.0.1", "localhost"),
        ("127.0.0.1", "127.0.0.1:3000"),
        ("127.9.9.9", "LOCALHOST:1"),
        ("::1", "[::1]:3000"),
        ("::ffff:127.0.0.1", "[::1]"),
    ],
)
def test_whoever_sits_here_sees_it(source_ip: str, host: str) -> None:
    assert answer(Trace(), asked(PAGE, source_ip=source_ip, host=host)).status == 200


def test_what_was_not_read_to_its_end_is_the_gateways() -> None:
    assert answer(Trace(), asked(PAGE), Failure("REQUEST_TOO_LARGE")) == PASSED_ON


def test_it_can_only_be_read() -> None:
    assert answer(Trace(), asked(PAGE, method="POST")).status == 405
    assert answer(Trace(), asked("/_gatepost/other")).status == 404
