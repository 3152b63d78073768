"""The gate for ASGI applications: FastAPI, Starlette, Litestar, Quart, Django, under uvicorn, Hypercorn or Daphne.

```python
from gatepost.gates.asgi import Gate

app = Gate(app, policy="gatepost.toml")
```
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias, Unpack

from gatepost.errors import ConfigurationError
from gatepost.gates.forwarding import forwarding
from gatepost.gates.gatekeeper import Gatekeeper, GateOptions
from gatepost.gates.refusal import Answer
from gatepost.policy.decision import Allow, Deny
from gatepost.policy.requirement import Requirement

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class Gate:
    """An ASGI application that lets requests through to another one as the policy says.

    The verified token is `scope["gatepost"]`, and `request.state.gatepost` in Starlette and FastAPI; on a public route
    it is `None`. A WebSocket is refused at its handshake.
    """

    def __init__(
        self,
        app: Application,
        *,
        on_refusal: Callable[[Deny], Application] | None = None,
        gatekeeper: Gatekeeper | None = None,
        **options: Unpack[GateOptions],
    ) -> None:
        """Put the gate before `app`.

        Args:
            app: The application.
            on_refusal: Returns what answers a refused HTTP request, such as a Starlette response, in place of a
                problem document.
            gatekeeper: The settings, where another gate has them already; then there are no `options`.
            **options: The settings; a verifier without a requirement demands a good token of every request.

        Raises:
            ConfigurationError: When the settings are wrong.
        """
        if gatekeeper is None and options.get("policy") is None:
            options.setdefault("requirement", Requirement())
        self._app = app
        self._on_refusal = on_refusal
        self._keeper = gatekeeper or Gatekeeper(options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it."""
        kind = scope["type"]
        if kind == "lifespan":
            await self._app(scope, receive, send)
            return
        if kind not in {"http", "websocket"}:
            raise ConfigurationError(f"the gate cannot judge a connection of the type {kind!r}, so it is refused")
        keeper = self._keeper
        incoming = keeper.surroundings.from_scope(scope)
        metadata = keeper.metadata(incoming.request.method, incoming.request.path) if kind == "http" else None
        if metadata is not None:
            await _answer(metadata, incoming.request.method, send)
            return
        if not keeper.guards:
            await self._app(scope, receive, send)
            return
        decision = await keeper.check_async(incoming)
        if isinstance(decision, Allow):
            await self._app(_admitted(scope, decision), receive, send)
        elif kind == "websocket":
            await _refuse_handshake(keeper.refusal(decision), scope, receive, send)
        elif self._on_refusal is not None:
            await self._on_refusal(decision)(scope, receive, send)
        else:
            await _answer(keeper.refusal(decision), incoming.request.method, send)


def _admitted(scope: Scope, decision: Allow) -> Scope:
    """Return the scope that the application sees."""
    token, headers = decision.identity, scope["headers"]
    if decision.headers:
        headers = forwarding(tuple(decision.headers)).headers(headers, decision.headers)
    return {**scope, "headers": headers, "gatepost": token, "state": {**scope.get("state", {}), "gatepost": token}}


async def _answer(answer: Answer, method: str, send: Send, kind: str = "http") -> None:
    await send({"type": f"{kind}.response.start", "status": answer.status, "headers": _headers(answer)})
    await send({"type": f"{kind}.response.body", "body": b"" if method == "HEAD" else answer.body})


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in answer.headers]
    return headers if answer.status == 204 else [*headers, (b"content-length", str(len(answer.body)).encode())]


async def _refuse_handshake(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a WebSocket before it is accepted, with the whole answer where the server can send one, or else 403."""
    if (await receive())["type"] != "websocket.connect":
        return  # the client has gone
    if "websocket.http.response" in (scope.get("extensions") or {}):
        await _answer(answer, "GET", send, "websocket.http")
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
