"""The gate for FastAPI: `Requires`, its place in the OpenAPI document, WebSockets, and the policy before it."""

import asyncio
import json
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, FastAPI, Request, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

from gatepost import ConfigurationError, VerifiedToken, Verifier
from gatepost.gates.fastapi import Gatepost, Refused, Requires
from gatepost.gates.protected_resource import ProtectedResource
from gatepost.policy.policy import Policy
from tests.gates.in_process import run_asgi, scope_of

Bearer = Callable[..., list[tuple[str, str]]]


def create_app(**options: Any) -> FastAPI:
    app = FastAPI()

    @app.get("/user")
    async def user(
        token: Annotated[VerifiedToken, Requires(scopes=["read"])], request: Request
    ) -> dict[str, str | None]:
        assert request.state.gatepost is token
        return {"user": token.subject, "header": request.headers.get("x-user")}

    @app.get("/public/open")
    async def open_to_all() -> str:
        return "open"

    @app.get("/public/any", dependencies=[Requires(any_scope="write admin")])
    def any_scope() -> str:
        return "any"

    @app.get("/public/recent")
    def recent(token: Annotated[VerifiedToken, Requires(max_auth_age=300, acr="1", claims={"role": "admin"})]) -> str:
        return token.issuer

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, token: Annotated[VerifiedToken, Requires(scopes="read")]) -> None:
        await websocket.accept()
        await websocket.send_text(str(token.subject))
        await websocket.close()

    items = APIRouter(prefix="/api", dependencies=[Requires()])
    items.add_api_route("/items", lambda: "items")
    app.include_router(items)
    if options:
        Gatepost(app, **options)
    return app


def get(app: Any, path: str, headers: list[tuple[str, str]] | None = None) -> tuple[int, dict[str, str], Any]:
    status, received, body = run_asgi(app, scope_of("GET", path, headers or []))
    return status, dict(received), json.loads(body) if body else None


def test_a_token_that_is_good_enough_is_handed_in(verifier: Verifier, bearer: Bearer) -> None:
    app = create_app(verifier=verifier)
    assert get(app, "/user", bearer())[::2] == (200, {"user": "user-1", "header": None})
    assert get(app, "/public/open")[0] == 200
    assert get(app, "/public/any", bearer(scope="admin"))[0] == 200
    assert get(app, "/api/items", bearer())[0] == 200


def test_no_token_is_401_with_a_challenge_and_too_small_a_scope_is_403(verifier: Verifier, bearer: Bearer) -> None:
    app = create_app(verifier=verifier)
    status, headers, body = get(app, "/user")
    assert (status, headers["www-authenticate"], body["reason"]) == (401, 'Bearer scope="read"', "missing_token")
    assert headers["content-type"] == "application/problem+json"
    status, headers, _ = get(app, "/user", bearer(scope="other"))
    assert (status, 'error="insufficient_scope"' in headers["www-authenticate"]) == (403, True)
    assert get(app, "/public/any", bearer(scope="other"))[0] == 403
    assert get(app, "/api/items")[0] == 401


def test_a_recent_and_strong_sign_on(verifier: Verifier, bearer: Bearer) -> None:
    app = create_app(verifier=verifier)
    assert get(app, "/public/recent", bearer(role="admin"))[0] == 200
    status, headers, _ = get(app, "/public/recent", bearer(role="admin", auth_time=0))
    assert (status, 'max_age="300"' in headers["www-authenticate"]) == (401, True)
    assert get(app, "/public/recent", bearer(role="admi"))[0] == 403


def test_the_document_names_the_scheme_and_the_scopes(verifier: Verifier) -> None:
    document = create_app(verifier=verifier).openapi()
    (scheme,) = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    security = {path: item["get"].get("security") for path, item in document["paths"].items()}
    assert security["/user"] == [{"gatepost": ["read"]}]
    assert security["/public/any"] == [{"gatepost": ["write", "admin"]}]
    assert security["/api/items"] == [{"gatepost": []}]
    assert security["/public/open"] is None


def test_the_policy_decides_first(small_policy: Policy, bearer: Bearer) -> None:
    app = create_app(policy=small_policy)
    assert get(app, "/user", [*bearer(), ("X_User", "root")])[2] == {"user": "user-1", "header": "user-1"}
    assert get(app, "/nowhere", bearer())[0] == 403
    assert get(app, "/openapi.json", bearer())[0] == 403
    assert get(app, "/public/any")[0] == 401
    assert get(app, "/public/any", bearer(scope="write"))[0] == 200


def test_a_refusal_can_be_written_otherwise(verifier: Verifier) -> None:
    app = create_app(verifier=verifier)

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        return JSONResponse({"error": error.deny.reason}, error.status_code, error.headers)

    status, headers, body = get(app, "/user")
    assert (status, headers["www-authenticate"], body) == (401, 'Bearer scope="read"', {"error": "missing_token"})


def test_cors_stands_outside_and_answers_preflights_and_refusals(small_policy: Policy) -> None:
    app = create_app(policy=small_policy)
    app.add_middleware(CORSMiddleware, allow_origins=["https://app.example"], allow_headers=["Authorization"])
    asks = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET")]
    assert run_asgi(app, scope_of("OPTIONS", "/user", asks))[0] == 200
    status, headers, _ = get(app, "/user", asks[:1])
    assert (status, headers["access-control-allow-origin"]) == (401, "https://app.example")


def test_requires_without_a_gate_lets_nobody_in() -> None:
    with pytest.raises(ConfigurationError, match="call Gatepost"):
        get(create_app(), "/user")


def test_a_websocket_may_demand_a_token(verifier: Verifier, bearer: Bearer) -> None:
    app = create_app(verifier=verifier)
    accepted, said, _ = talk(app, bearer())
    assert (accepted["type"], said["text"]) == ("websocket.accept", "user-1")
    assert talk(app, [])[0] == {"type": "websocket.close", "code": 1008, "reason": ""}
    start, _ = talk(app, [], {"websocket.http.response": {}})
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)


def test_the_protected_resource_says_who_issues_its_tokens(verifier: Verifier) -> None:
    app = create_app(verifier=verifier, protected_resource=ProtectedResource("https://api.example.com"))
    assert get(app, "/.well-known/oauth-protected-resource")[2]["resource"] == "https://api.example.com"
    assert get(app, "/public/open")[0] == 200
    assert "resource_metadata=" in get(app, "/user")[1]["www-authenticate"]


def talk(app: FastAPI, headers: list[tuple[str, str]], extensions: dict[str, Any] | None = None) -> list[Any]:
    """Open a WebSocket, and return what the application sends."""
    more = {"type": "websocket", "scheme": "ws", "subprotocols": [], "extensions": extensions or {}}
    scope = scope_of("GET", "/socket", headers, **more)
    del scope["method"]
    sent: list[Any] = []
    incoming = iter([{"type": "websocket.connect"}])

    async def receive() -> Any:
        return next(incoming)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent
