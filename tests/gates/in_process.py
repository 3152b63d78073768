"""Every gate in this process, each around an application that tells what it got to see."""

import asyncio
import json
from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeAlias
from urllib.parse import unquote, unquote_to_bytes

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from flask import Flask, request
from flask.typing import ResponseReturnValue

from gatepost.gates import asgi, wsgi
from gatepost.gates import fastapi as fastapi_gate
from gatepost.gates import flask as flask_gate
from gatepost.policy.policy import Policy
from tests.gates.seen import Seen, forwarded

Headers: TypeAlias = list[tuple[str, str]]
Ask: TypeAlias = Callable[[str, str, Headers], Seen]

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]


def scope_of(method: str, target: str, headers: Headers, **more: object) -> dict[str, Any]:
    """Return the scope that uvicorn makes of a request."""
    raw, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(raw),
        "raw_path": raw.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(b"host", b"testserver"), *((n.lower().encode(), v.encode("latin-1")) for n, v in headers)],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
        "extensions": {},
        "state": {},
        **more,
    }


def environ_of(method: str, target: str, headers: Headers, **more: object) -> dict[str, Any]:
    """Return the environment that a WSGI server makes of a request; headers of one name become one, as in CGI."""
    raw, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": target,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        key = f"HTTP_{name.upper().replace('-', '_')}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return {**environ, **more}


def run_asgi(app: Any, scope: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    """Send a request to an ASGI application."""
    sent: list[Any] = []

    incoming = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in incoming:
            return message
        await asyncio.Event().wait()  # the client stays
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    head = next(message for message in sent if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return head["status"], [(name.decode(), value.decode("latin-1")) for name, value in head["headers"]], body


def run_wsgi(app: Any, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    """Send a request to a WSGI application."""
    started: list[Any] = []
    replies = app(environ, lambda *started_with: started.append(started_with))
    body = b"".join(replies)
    if hasattr(replies, "close"):
        replies.close()
    return int(started[0][0][:3]), started[0][1], body


def seen(status: int, body: bytes) -> Seen:
    """Return what came of a request whose application answers with the headers that it saw."""
    if status == 200:
        return Seen(200, "", json.loads(body) if body else {})
    return Seen(status, json.loads(body)["reason"] if body else "", {})


def echo_headers(headers: Any) -> dict[str, str]:
    """Return the policy's headers among those of a framework's request."""
    return forwarded((str(name), str(value)) for name, value in headers)


async def echo_asgi(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application that answers with what it saw."""
    body = json.dumps(forwarded((name.decode(), value.decode("latin-1")) for name, value in scope["headers"])).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


def echo_wsgi(environ: Any, start_response: Any) -> list[bytes]:
    """A WSGI application that answers with what it saw."""
    start_response("200 OK", [("Content-Type", "application/json")])
    headers = [(key[5:], value) for key, value in environ.items() if key.startswith("HTTP_")]
    return [json.dumps(forwarded(headers)).encode()]


def of_asgi(policy: Policy) -> Ask:
    """The gate for ASGI."""
    app = asgi.Gate(echo_asgi, policy=policy)
    return lambda method, target, headers: _seen(run_asgi(app, scope_of(method, target, headers)))


def of_wsgi(policy: Policy) -> Ask:
    """The gate for WSGI."""
    app = wsgi.Gate(echo_wsgi, policy=policy)
    return lambda method, target, headers: _seen(run_wsgi(app, environ_of(method, target, headers)))


def flask_app(**options: Any) -> Flask:
    """A Flask application with the gate."""
    app = Flask(__name__)

    @app.before_request
    def echo() -> ResponseReturnValue:
        return echo_headers(request.headers)

    flask_gate.Gatepost(app, **options)
    return app


def of_flask(policy: Policy) -> Ask:
    """The gate for Flask."""
    app = flask_app(policy=policy)
    return lambda method, target, headers: _seen(run_wsgi(app, environ_of(method, target, headers)))


def fastapi_app(**options: Any) -> FastAPI:
    """A FastAPI application with the gate."""
    app = FastAPI()

    @app.api_route("/{path:path}", methods=METHODS)
    async def echo(request: Request) -> JSONResponse:
        return JSONResponse(echo_headers(request.headers.items()))

    fastapi_gate.Gatepost(app, **options)
    return app


def of_fastapi(policy: Policy) -> Ask:
    """The gate for FastAPI."""
    app = fastapi_app(policy=policy)
    return lambda method, target, headers: _seen(run_asgi(app, scope_of(method, target, headers)))


def of_django(policy: Policy) -> Ask:
    """The gate for Django under WSGI."""
    from tests.gates import django_site

    app = django_site.wsgi_application({"policy": policy})
    return lambda method, target, headers: _seen(run_wsgi(app, environ_of(method, target, headers)))


def of_django_asgi(policy: Policy) -> Ask:
    """The gate for Django under ASGI."""
    from tests.gates import django_site

    app = django_site.asgi_application({"policy": policy})
    return lambda method, target, headers: _seen(run_asgi(app, scope_of(method, target, headers)))


def _seen(answer: tuple[int, list[tuple[str, str]], bytes]) -> Seen:
    status, _, body = answer
    return seen(status, body)
