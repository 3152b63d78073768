"""HTTP proxy integrations, against a real server."""

import asyncio
import json
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from gatepost.apigateway.answers.http_proxy import HttpProxying, IntegrationFailed, IntegrationTimedOut
from gatepost.apigateway.answers.limits import PAYLOAD
from gatepost.apigateway.exchange import Exchange, Response
from gatepost.apigateway.model.integration import HttpProxy
from tests.apigateway.answers.exchanges import api, exchange, request
from tests.apigateway.answers.upstream import Told, Upstream, upstream


@pytest.fixture(scope="module")
def server() -> Iterator[Upstream]:
    with upstream() as running:
        yield running


def _run(work: Callable[[HttpProxying], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        proxying = HttpProxying(concurrency=4)
        try:
            return await work(proxying)
        finally:
            await proxying.close()

    return asyncio.run(run())


def _answer(asked: Exchange) -> Response:
    answer = _run(lambda proxying: proxying.answer(asked))
    assert isinstance(answer, Response)
    return answer


def _proxy(url: str, method: str = "ANY", timeout: float = 20, **settings: Any) -> HttpProxy:
    return HttpProxy(url, method, timeout, **settings)


def test_the_request_and_the_response_go_through(server: Upstream) -> None:
    headers = {
        "Host": "api.example",
        "Accept": "text/plain",
        "Authorization": "Bearer abc",
        "Content-Length": "4",
        "Connection": "keep-alive, X-Private",
        "X-Private": "mine",
        "Upgrade": "h2c",
        "X-Forwarded-For": "198.51.100.1",
        "Content-Type": "text/plain",
    }
    asked = exchange(
        api(),
        request("POST", query="a=1&b=%20x&a=2", headers=headers, body=b"body"),
        integration=_proxy(f"{server.url}/base/{{id}}?own=1"),
    )

    answer = _answer(asked)
    came = json.loads(answer.body)

    assert answer.status == 200
    assert (came["method"], came["target"], came["body"]) == ("POST", "/base/7?own=1&a=1&b=%20x&a=2", "body")
    assert sorted(came["headers"]) == sorted(
        [
            ["host", server.url.removeprefix("http://")],
            ["accept", "text/plain"],
            ["authorization", "Bearer abc"],
            ["content-type", "text/plain"],
            ["content-length", "4"],
            [
                "forwarded",
                "for=203.0.113.9;host=abcdefghij.execute-api.us-east-1.amazonaws.com;proto=https",
            ],
            ["via", "HTTP/1.1 AmazonAPIGateway"],
        ]
    )
    assert asked.integration_status == 200


def test_a_rest_api_says_where_the_request_came_from(server: Upstream) -> None:
    asked = exchange(
        api("REST"),
        request(headers={"X-Forwarded-For": "198.51.100.1", "User-Agent": "curl/8"}),
        integration=_proxy(f"{server.url}/rest", "PUT"),
    )

    came = json.loads(_answer(asked).body)
    headers = dict(came["headers"])

    assert came["method"] == "PUT"
    assert headers["x-forwarded-for"] == "198.51.100.1, 203.0.113.9"
    assert headers["x-forwarded-port"] == "443"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["x-amzn-apigateway-api-id"] == "abcdefghij"
    assert headers["user-agent"] == "curl/8"
    assert "forwarded" not in headers


def test_a_response_keeps_its_headers_on_an_http_api(server: Upstream) -> None:
    server.told["/headers"] = Told(
        201, (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("WWW-Authenticate", "Basic"), ("Connection", "close"))
    )

    answer = _answer(exchange(integration=_proxy(f"{server.url}/headers")))
    kept = [header for header in answer.headers if header[0] not in {"Server", "Date"}]

    assert answer.status == 201
    assert kept == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("WWW-Authenticate", "Basic")]


def test_a_rest_api_hands_some_on_under_another_name(server: Upstream) -> None:
    server.told["/remapped"] = Told(401, (("WWW-Authenticate", "Basic"), ("X-A", "b"), ("Connection", "close")), b"no")

    answer = _answer(exchange(api("REST"), integration=_proxy(f"{server.url}/remapped")))
    headers = dict(answer.headers)

    assert answer.status == 401
    assert headers["x-amzn-Remapped-WWW-Authenticate"] == "Basic"
    assert headers["x-amzn-Remapped-Content-Length"] == "2"
    assert headers["x-amzn-Remapped-Connection"] == "close"
    assert {"x-amzn-Remapped-Date", "x-amzn-Remapped-Server", "X-A"} <= set(headers)
    assert not {"WWW-Authenticate", "Content-Length", "Connection", "Date", "Server"} & set(headers)


def test_a_redirect_is_handed_on(server: Upstream) -> None:
    server.told["/redirect"] = Told(302, (("Location", f"{server.url}/elsewhere"),), b"")

    answer = _answer(exchange(integration=_proxy(f"{server.url}/redirect")))

    assert answer.status == 302
    assert ("Location", f"{server.url}/elsewhere") in answer.headers
    assert "/elsewhere" not in server.asked


def test_a_response_is_mapped(server: Upstream) -> None:
    server.told["/mapped"] = Told(500, (("X-Internal", "secret"), ("X-Kept", "1")), b'{"code": "E7"}')
    mapped = {
        "500": {
            "overwrite:statuscode": "418",
            "remove:header.X-Internal": "''",
            "overwrite:header.X-Code": "$response.body.code",
            "append:header.X-Kept": "${response.header.x-kept}2 $context",
        }
    }

    answer = _answer(exchange(integration=_proxy(f"{server.url}/mapped", response_parameters=mapped)))

    assert answer.status == 418
    assert [header for header in answer.headers if header[0].startswith("X-")] == [
        ("X-Kept", "1"),
        ("X-Code", "E7"),
        ("X-Kept", "12 $context"),
    ]


def test_a_server_that_does_not_answer_in_time_is_given_up(server: Upstream) -> None:
    server.told["/slow"] = Told(hold=True)
    asked = exchange(integration=_proxy(f"{server.url}/slow", timeout=0.2))

    with pytest.raises(IntegrationTimedOut, match=r"no answer within 0\.2 seconds") as raised:
        _answer(asked)

    assert raised.value.failure.kind == "INTEGRATION_TIMEOUT"
    assert asked.integration_status == 0


def test_a_server_that_is_not_there_cannot_be_reached() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/token-in-url"

        with pytest.raises(IntegrationFailed, match="no connection") as raised:
            _answer(exchange(integration=_proxy(url)))

    assert raised.value.failure.kind == "INTEGRATION_FAILURE"
    assert "token" not in raised.value.failure.integration_error


def test_a_server_that_breaks_off_has_failed(server: Upstream) -> None:
    server.told["/broken"] = Told(200, (("Transfer-Encoding", "chunked"),), b"no chunk\r\n")

    with pytest.raises(IntegrationFailed, match="broke off") as raised:
        _answer(exchange(integration=_proxy(f"{server.url}/broken")))

    assert raised.value.failure.kind == "INTEGRATION_FAILURE"


def test_a_response_of_more_than_ten_megabytes_is_not_handed_on(server: Upstream) -> None:
    server.told["/large"] = Told(body=bytes(PAYLOAD + 1))
    server.told["/just"] = Told(body=bytes(PAYLOAD))

    with pytest.raises(IntegrationFailed, match="larger than") as raised:
        _answer(exchange(integration=_proxy(f"{server.url}/large")))

    assert raised.value.failure.kind == "BAD_INTEGRATION_RESPONSE"
    assert len(_answer(exchange(integration=_proxy(f"{server.url}/just"))).body) == PAYLOAD


def test_several_requests_are_under_way_at_once(server: Upstream) -> None:
    async def work(proxying: HttpProxying) -> list[int]:
        asked = [exchange(integration=_proxy(f"{server.url}/many")) for _ in range(20)]
        return [answer.status for answer in await asyncio.gather(*map(proxying.answer, asked))]

    assert _run(work) == [200] * 20
