"""The ASGI application finds the handler, and answers whatever happens."""

import asyncio
import logging
from collections.abc import MutableMapping
from typing import Any

import pytest

from gatepost.provider.web.application import MOST_OCTETS, Application
from gatepost.provider.web.request import BadRequest, Request
from gatepost.provider.web.response import Response, json_response, redirect
from gatepost.provider.web.router import Router


def _failing(_: Request, status: int, message: str) -> Response:
    return json_response({"message": message}, status)


def _finishing(request: Request, response: Response) -> Response:
    return response.adding(("correlation-id", request.correlation_id))


async def _echo(request: Request) -> Response:
    return json_response({**request.parameters, "body": len(request.body)})


async def _broken(_: Request) -> Response:
    raise RuntimeError("a secret in a message")


async def _unread(_: Request) -> Response:
    raise BadRequest("the fields cannot be read")


def _application() -> Application:
    router = Router()
    router.add("GET", "/{environmentId}/as/token", _echo)
    router.add("POST", "/{environmentId}/as/token", _echo)
    router.add("GET", "/{environmentId}/flows/{flowId}", _echo)
    router.add("GET", "/v1/broken", _broken)
    router.add("GET", "/v1/unread", _unread)
    return Application(router, failing=_failing, finishing=_finishing)


def ask(
    method: str, path: str, *, body: list[bytes] | None = None, headers: list[tuple[bytes, bytes]] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Send a request the way a server does, its body in parts."""
    parts = [*(body or [b""])]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers or [],
        "client": ("127.0.0.1", 1),
    }
    asyncio.run(_application()(scope, receive, send))
    head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], head, sent[1]["body"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/e/as/token", 200),
        ("GET", "/e/as/token/", 200),
        ("POST", "/e/as/token", 200),
        ("HEAD", "/e/as/token", 200),
        ("OPTIONS", "/e/as/token", 204),
        ("PUT", "/e/as/token", 405),
        ("GET", "/e/as", 404),
        ("GET", "/e/as/token/more", 404),
        ("GET", "//as/token", 404),
        ("GET", "/", 404),
        ("GET", "", 404),
        ("GET", "/v1/unread", 400),
        ("GET", "/v1/broken", 500),
    ],
)
def test_every_request_has_an_answer(method: str, path: str, status: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL):
        got, headers, _ = ask(method, path)
    assert got == status
    assert len(headers["correlation-id"]) == 36


def test_a_method_that_is_not_allowed_hears_which_are() -> None:
    _, headers, _ = ask("DELETE", "/e/as/token")
    assert headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_head_has_the_length_and_not_the_body() -> None:
    _, headers, body = ask("HEAD", "/e/as/token")
    assert (int(headers["content-length"]) > 0, body) == (True, b"")


def test_parameters_of_the_path_are_decoded() -> None:
    assert b'"flowId":"a b"' in ask("GET", "/e/flows/a%20b")[2]


def test_a_body_comes_in_parts_and_may_be_too_large() -> None:
    assert b'"body":6' in ask("POST", "/e/as/token", body=[b"abc", b"def"])[2]
    assert ask("POST", "/e/as/token", body=[b"x" * MOST_OCTETS, b"y"])[0] == 413


def test_what_went_wrong_inside_stays_inside(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="gatepost.provider"):
        status, headers, body = ask("GET", "/v1/broken")
    assert status == 500
    assert b"secret" not in body
    assert headers["correlation-id"] in caplog.text


def test_a_router_refuses_what_has_two_meanings() -> None:
    router = Router()
    router.add("GET", "/{a}/x", _echo)
    with pytest.raises(ValueError, match="has a handler already"):
        router.add("GET", "/{a}/x", _echo)
    with pytest.raises(ValueError, match="stands at this place already"):
        router.add("GET", "/{b}/y", _echo)


def test_a_redirect_is_kept_by_nobody() -> None:
    response = redirect("https://app.example/?code=a")
    assert (response.status, dict(response.headers)["cache-control"]) == (302, "no-store")
