"""What each gate inside an application costs: the framework with it and without it, one request at a time."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import ExitStack
from itertools import cycle
from types import ModuleType
from typing import Any

import gates_grpc
from gate_servers import AUDIENCE, ISSUER, tokens
from gatepost.gates import asgi, wsgi
from gatepost.gates.fastapi import Gatepost as FastApiGate
from gatepost.gates.flask import Gatepost as FlaskGate
from gatepost.jose import SigningKey
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.trust.issuer import Issuer
from report import table
from rounds import Rounds, interleave

Check = Callable[[], object]


def measure(*, rounds: int, slice_seconds: float) -> Rounds:
    """Return seconds a request of each framework, bare and with its gate."""
    key = SigningKey.generate("RS256", kid="bench")
    issuer = Issuer(ISSUER, audience=AUDIENCE, algorithms=("RS256",), keys=key.key_set())
    demands = Requirement(forward={"X-User": "sub"})
    routes = [(RoutePattern(text), demands) for text in ("GET /user", f"POST {gates_grpc.METHOD}")]
    policy = Policy({"main": issuer}, routes, token_cache=4000)
    known = tokens(key)
    with ExitStack() as stack:
        checks: dict[str, Check] = {
            "WSGI, bare": _wsgi(_plain_wsgi, known),
            "WSGI": _wsgi(wsgi.Gate(_plain_wsgi, policy=policy), known),
            "Flask, bare": _wsgi(_flask(None), known),
            "Flask": _wsgi(_flask(policy), known),
            "Django, bare": _wsgi(_django(policy, []), known),
            "Django": _wsgi(_django(policy, ["gatepost.gates.django.GateMiddleware"]), known),
            "ASGI, bare": _asgi(_plain_asgi, known),
            "ASGI": _asgi(asgi.Gate(_plain_asgi, policy=policy), known),
            "FastAPI, bare": _asgi(_fastapi(None), known),
            "FastAPI": _asgi(_fastapi(policy), known),
        }
        for name, server in (("gRPC", gates_grpc.threaded), ("gRPC on asyncio", gates_grpc.on_asyncio)):
            checks[f"{name}, bare"] = stack.enter_context(server(None, known))
            checks[name] = stack.enter_context(server(policy, known))
        return interleave(checks, rounds=rounds, slice_seconds=slice_seconds)


def section(measured: Rounds) -> str:
    """Return the section of the results."""
    rows = []
    for name in ("WSGI", "Flask", "Django", "ASGI", "FastAPI", "gRPC", "gRPC on asyncio"):
        bare, gated = measured.seconds[f"{name}, bare"], measured.seconds[name]
        cost = sorted((b - a) * 1e6 for a, b in zip(bare, gated, strict=True))
        rows.append(
            (
                name,
                f"{measured.microseconds(f'{name}, bare'):.1f}",
                f"{measured.microseconds(name):.1f}",
                f"{cost[len(cost) // 2]:.1f}",
            )
        )
    head = ("", "bare, µs a request", "with the gate", "the gate's cost")
    about = "gRPC is called through loopback, which is most of its time and of the spread."
    return f"### In the process, verified tokens remembered\n\n{about}\n\n{table(head, rows)}"


def _plain_wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]


async def _plain_asgi(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


def _flask(policy: Policy | None) -> Any:
    from flask import Flask

    app = Flask("bench")
    app.add_url_rule("/user", view_func=lambda: "hello", endpoint="user")
    if policy is not None:
        FlaskGate(app, policy=policy)
    return app


def _fastapi(policy: Policy | None) -> Any:
    from fastapi import FastAPI
    from fastapi.responses import PlainTextResponse

    app = FastAPI()

    @app.get("/user")
    async def user() -> PlainTextResponse:
        return PlainTextResponse("hello")

    if policy is not None:
        FastApiGate(app, policy=policy)
    return app


def _django(policy: Policy, middleware: list[str]) -> Any:
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.test import override_settings
    from django.urls import path

    if not settings.configured:
        import django

        urls = ModuleType("urls")
        urls.__dict__["urlpatterns"] = [path("user", lambda request: HttpResponse(b"hello"))]
        settings.configure(ROOT_URLCONF=urls, ALLOWED_HOSTS=["*"], GATEPOST={"policy": policy})
        django.setup()
    with override_settings(MIDDLEWARE=middleware):
        return WSGIHandler()


def _wsgi(app: Any, known: list[str]) -> Check:
    following = cycle(known)

    def check() -> object:
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/user",
            "RAW_URI": "/user",
            "REQUEST_URI": "/user",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "HTTP_AUTHORIZATION": f"Bearer {next(following)}",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        found: list[str] = []
        body = b"".join(app(environ, lambda status, headers, *_: found.append(status)))
        assert (found, body) == (["200 OK"], b"hello"), (app, found, body)
        return body

    return check


def _asgi(app: Callable[[Any, Any, Any], Awaitable[None]], known: list[str]) -> Check:
    following = cycle(known)
    loop = asyncio.new_event_loop()

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def ask() -> None:
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {next(following)}".encode())]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/user",
            "raw_path": b"/user",
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 4711),
            "server": ("localhost", 80),
            "state": {},
        }
        await app(scope, receive, send)
        assert sent[0]["status"] == 200, sent

    def run(coroutine: Coroutine[Any, Any, None]) -> None:
        loop.run_until_complete(coroutine)

    return lambda: run(ask())
