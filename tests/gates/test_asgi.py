"""The gate for ASGI: what it hands to the application, WebSockets, mounts, and its settings."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from gatepost import ConfigurationError, Verifier
from gatepost.gates.asgi import Gate
from gatepost.gates.protected_resource import ProtectedResource
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.testing import Fault, LocalIssuer
from tests.gates.in_process import run_asgi, scope_of

Bearer = Callable[..., list[tuple[str, str]]]


class Recorder:
    """An application that keeps the scope it was called with."""

    def __init__(self) -> None:
        self.scope: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})


def test_the_application_gets_the_token_and_its_own_scope_stays_as_it_was(small_policy: Policy, bearer: Bearer) -> None:
    app = Recorder()
    scope = scope_of("GET", "/user", [*bearer(), ("X-User", "root")])
    before = {name: list(value) if isinstance(value, list) else value for name, value in scope.items()}
    assert run_asgi(Gate(app, policy=small_policy), scope)[0] == 200
    assert app.scope["gatepost"].subject == "user-1"
    assert app.scope["state"]["gatepost"] is app.scope["gatepost"]
    assert [value for name, value in app.scope["headers"] if name == b"x-user"] == [b"user-1"]
    assert scope == before


def test_a_public_route_has_no_token(small_policy: Policy) -> None:
    app = Recorder()
    assert run_asgi(Gate(app, policy=small_policy), scope_of("GET", "/public/a", []))[0] == 200
    assert app.scope["gatepost"] is None


def test_a_refusal_is_a_problem_document_with_its_challenge(small_policy: Policy, bearer: Bearer) -> None:
    app = Recorder()
    status, headers, body = run_asgi(Gate(app, policy=small_policy), scope_of("GET", "/user", bearer(scope="other")))
    found = dict(headers)
    assert (status, app.scope) == (403, None)
    assert found["content-type"] == "application/problem+json"
    assert found["content-length"] == str(len(body))
    assert found["www-authenticate"].startswith('Bearer error="insufficient_scope"')
    assert json.loads(body)["reason"] == "insufficient_scope"


def test_head_is_refused_without_a_body(small_policy: Policy) -> None:
    status, _, body = run_asgi(Gate(Recorder(), policy=small_policy), scope_of("HEAD", "/nowhere", []))
    assert (status, body) == (403, b"")


def test_a_refusal_can_be_written_otherwise(small_policy: Policy) -> None:
    gate = Gate(
        Recorder(),
        policy=small_policy,
        on_refusal=lambda deny: JSONResponse({"error": deny.reason}, deny.status, {"X-Own": "1"}),
    )
    status, headers, body = run_asgi(gate, scope_of("GET", "/user", []))
    assert (status, dict(headers)["x-own"], json.loads(body)) == (401, "1", {"error": "missing_token"})


def test_a_verifier_alone_demands_a_good_token_of_every_request(verifier: Verifier, bearer: Bearer) -> None:
    gate = Gate(Recorder(), verifier=verifier)
    assert run_asgi(gate, scope_of("GET", "/any/path", []))[0] == 401
    assert run_asgi(gate, scope_of("GET", "/any/path", bearer()))[0] == 200


def test_a_verifier_may_come_with_a_requirement(verifier: Verifier, bearer: Bearer) -> None:
    gate = Gate(Recorder(), verifier=verifier, requirement=Requirement(scopes=["admin"]))
    assert run_asgi(gate, scope_of("GET", "/", bearer()))[0] == 403
    assert run_asgi(gate, scope_of("GET", "/", bearer(scope="admin")))[0] == 200


def test_a_gate_without_policy_and_verifier_is_a_mistake(verifier: Verifier, small_policy: Policy) -> None:
    with pytest.raises(ConfigurationError, match="needs a policy"):
        Gate(Recorder())
    with pytest.raises(ConfigurationError, match="requirement goes with a verifier alone"):
        Gate(Recorder(), policy=small_policy, verifier=verifier, requirement=Requirement())
    with pytest.raises(ConfigurationError, match="carries no client certificate"):
        Gate(Recorder(), policy=small_policy, certificate_header="X-Whatever")


def test_the_lifespan_passes_and_nothing_unknown_does(small_policy: Policy) -> None:
    app = Recorder()
    gate = Gate(app, policy=small_policy)
    asyncio.run(_call(gate, {"type": "lifespan"}))
    assert app.scope == {"type": "lifespan"}
    with pytest.raises(ConfigurationError, match="cannot judge"):
        asyncio.run(_call(gate, {"type": "webtransport"}))


def test_a_websocket_is_let_in_with_a_token(small_policy: Policy, bearer: Bearer) -> None:
    app = Recorder()
    asyncio.run(_call(Gate(app, policy=small_policy), _socket([*bearer(), ("x_user", "root")])))
    assert app.scope["gatepost"].subject == "user-1"
    assert [value for name, value in app.scope["headers"] if name.endswith(b"user")] == [b"user-1"]


def test_a_websocket_is_refused_before_it_is_accepted(small_policy: Policy) -> None:
    app = Recorder()
    sent = asyncio.run(_call(Gate(app, policy=small_policy), _socket([]), {"type": "websocket.connect"}))
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": ""}]
    assert app.scope is None


def test_a_websocket_gets_the_whole_refusal_where_the_server_can_send_it(small_policy: Policy) -> None:
    scope = _socket([], extensions={"websocket.http.response": {}})
    start, body = asyncio.run(_call(Gate(Recorder(), policy=small_policy), scope, {"type": "websocket.connect"}))
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)
    assert dict(start["headers"])[b"www-authenticate"].startswith(b"Bearer")
    assert (body["type"], json.loads(body["body"])["status"]) == ("websocket.http.response.body", 401)


def test_a_token_as_a_subprotocol_does_not_count(small_policy: Policy, bearer: Bearer) -> None:
    ((_, value),) = bearer()
    scope = _socket([("Sec-WebSocket-Protocol", f"bearer, {value[7:]}")], subprotocols=["bearer", value[7:]])
    sent = asyncio.run(_call(Gate(Recorder(), policy=small_policy), scope, {"type": "websocket.connect"}))
    assert sent[0]["type"] == "websocket.close"


@pytest.mark.parametrize(
    "scope",
    [
        {"path": "/api/items", "raw_path": b"/api/items", "root_path": "/api"},
        {"path": "/items", "raw_path": b"/items", "root_path": "/api"},
        {"path": "/api/items", "raw_path": b"/api/items", "root_path": ""},
        {"path": "/items", "root_path": "/api"},
        {"path": "/items", "raw_path": b"/%69tems", "root_path": "/api"},
    ],
    ids=["uvicorn", "Hypercorn", "no root", "no raw path", "with an escape"],
)
def test_the_policy_sees_the_path_with_the_mount(small_policy: Policy, bearer: Bearer, scope: dict[str, Any]) -> None:
    app = Recorder()
    made = scope_of("GET", "/", bearer())
    del made["raw_path"]
    assert run_asgi(Gate(app, policy=small_policy), {**made, **scope})[0] == 200


def test_inside_of_a_mount(small_policy: Policy, bearer: Bearer) -> None:
    async def items(request: Request) -> JSONResponse:
        return JSONResponse({"user": request.state.gatepost.subject})

    inner = Gate(Starlette(routes=[Route("/items", items), Route("/open", items)]), policy=small_policy)
    app = Starlette(routes=[Mount("/api", inner)])
    assert run_asgi(app, scope_of("GET", "/api/items", []))[0] == 401
    assert json.loads(run_asgi(app, scope_of("GET", "/api/items", bearer()))[2]) == {"user": "user-1"}


def test_a_path_that_was_rewritten_is_judged_as_the_application_sees_it(small_policy: Policy) -> None:
    gate = Gate(Recorder(), policy=small_policy)
    rewritten = {**scope_of("GET", "/public/a", []), "path": "/user"}
    assert run_asgi(gate, rewritten)[0] == 401
    unclear = {**scope_of("GET", "/public/..%2fa", []), "path": "/public/a"}
    assert run_asgi(gate, unclear)[0] == 400


def test_without_a_raw_path_what_can_be_seen_is_judged(small_policy: Policy) -> None:
    gate = Gate(Recorder(), policy=small_policy)
    for path, status in {"/public/a": 200, "/public/ä b": 200, "/public/../a": 400, "/public/a;b": 400}.items():
        scope = {**scope_of("GET", "/", []), "path": path, "raw_path": None}
        assert run_asgi(gate, scope)[0] == status, path


def test_a_preflight_passes_only_when_asked_for_and_only_where_there_is_a_route(small_policy: Policy) -> None:
    asks = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET"), ("X-User", "root")]
    strict, app = Gate(Recorder(), policy=small_policy), Recorder()
    lenient = Gate(app, policy=small_policy, pass_preflight=True)
    assert run_asgi(strict, scope_of("OPTIONS", "/user", asks))[0] == 403
    assert run_asgi(lenient, scope_of("OPTIONS", "/user", asks))[0] == 200
    assert app.scope["gatepost"] is None
    assert b"x-user" not in dict(app.scope["headers"])
    assert run_asgi(lenient, scope_of("OPTIONS", "/nowhere", asks))[0] == 403
    assert run_asgi(lenient, scope_of("OPTIONS", "/public/..%2fuser", asks))[0] == 400
    assert run_asgi(lenient, scope_of("OPTIONS", "/user", asks[:1]))[0] == 403
    assert run_asgi(lenient, scope_of("GET", "/user", asks))[0] == 401


def test_the_protected_resource_says_who_issues_its_tokens(small_policy: Policy) -> None:
    gate = Gate(Recorder(), policy=small_policy, protected_resource=ProtectedResource("https://api.example.com/mcp"))
    path = "/.well-known/oauth-protected-resource/mcp"
    status, headers, body = run_asgi(gate, scope_of("GET", path, []))
    assert status == 200
    assert json.loads(body)["authorization_servers"] == list(small_policy.verifier.health())  # type: ignore[union-attr]
    assert dict(headers)["access-control-allow-origin"] == "*"
    assert run_asgi(gate, scope_of("OPTIONS", path, []))[0] == 204
    assert run_asgi(gate, scope_of("POST", path, []))[0] == 405
    challenge = dict(run_asgi(gate, scope_of("GET", "/user", []))[1])["www-authenticate"]
    assert challenge == f'Bearer scope="read", resource_metadata="https://api.example.com{path}"'


async def _call(gate: Gate, scope: Any, *incoming: Any) -> list[Any]:
    sent: list[Any] = []
    messages = iter(incoming)

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    await gate(scope, receive, send)
    return sent


def _socket(headers: list[tuple[str, str]], **more: object) -> dict[str, Any]:
    scope = scope_of("GET", "/socket", headers, **{"type": "websocket", "scheme": "ws", "subprotocols": [], **more})
    del scope["method"]
    return scope


def test_nobody_waits_for_the_keys_that_another_request_needs() -> None:
    with LocalIssuer("generic", audience="https://api.example.com") as slow:
        routes = {"GET /user": Requirement(), "GET /public": Requirement(public=True)}
        policy = Policy({"slow": slow.issuer()}, [(RoutePattern(match), wants) for match, wants in routes.items()])
        gate = Gate(Recorder(), policy=policy)
        slow.fail(Fault.SLOW)

        async def both() -> None:
            headers = [("Authorization", f"Bearer {slow.mint()}")]
            waiting = asyncio.create_task(_call(gate, scope_of("GET", "/user", headers)))
            start, _ = await _call(gate, scope_of("GET", "/public", []))
            assert (start["status"], waiting.done()) == (200, False)
            slow.heal()
            start, _ = await waiting
            assert start["status"] == 200

        asyncio.run(both())
