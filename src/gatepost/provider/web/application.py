"""The provider as an ASGI application: reads a request, finds its handler, and answers, whatever happens."""

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias
from uuid import uuid4

from gatepost.provider.web.request import BadRequest, Request
from gatepost.provider.web.response import Response
from gatepost.provider.web.router import Router

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
# Answers where no handler could: the request, the status, and one sentence about it.
Failing: TypeAlias = Callable[[Request, int, str], Response]
# Looks at every response before it goes: adds the headers that hold for its part of the provider.
Finishing: TypeAlias = Callable[[Request, Response], Response]

MOST_OCTETS = 1_048_576

_logger = logging.getLogger("gatepost.provider")


class Application:
    """Serves routes over ASGI.

    Attributes:
        router: The routes.
    """

    def __init__(
        self,
        router: Router,
        *,
        failing: Failing,
        finishing: Finishing,
        starting: Iterable[Callable[[], Awaitable[None]]] = (),
        ending: Iterable[Callable[[], Awaitable[None]]] = (),
    ) -> None:
        """Take the routes, what answers for them, and what begins and ends with the server."""
        self.router = router
        self._failing = failing
        self._finishing = finishing
        self._starting = tuple(starting)
        self._ending = tuple(ending)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end with the server."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def answer(self, request: Request) -> Response:
        """Return the response to a request; never raises."""
        try:
            return self._finishing(request, await self._handled(request))
        except BadRequest as error:
            return self._finishing(request, self._failing(request, 400, str(error)))
        except Exception:
            _logger.exception("request %s failed", request.correlation_id)
            return self._finishing(request, self._failing(request, 500, "the request could not be completed"))

    async def _handled(self, request: Request) -> Response:
        found = self.router.find(request.path)
        if found is None:
            return self._failing(request, 404, "there is nothing at this path")
        handler = found.handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            if request.method == "OPTIONS":
                return Response(204, (("allow", ", ".join(found.methods)),))
            allowed = ", ".join(found.methods)
            return self._failing(request, 405, f"allowed here: {allowed}").adding(("allow", allowed))
        request.parameters = found.parameters
        return await handler(request)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        request = Request(
            scope["method"],
            raw.partition(b"?")[0].decode("latin-1"),
            query_string=scope["query_string"].decode("latin-1"),
            headers=_headers(scope["headers"]),
            client=scope["client"][0] if scope.get("client") else "",
            correlation_id=str(uuid4()),
        )
        body = await _body(receive)
        if body is None:
            response = self._finishing(request, self._failing(request, 413, "the body is too large"))
        else:
            request.body = body
            response = await self.answer(request)
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else response.body})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        for start in self._starting:
            await start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for end in self._ending:
            await end()
        await send({"type": "lifespan.shutdown.complete"})


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for octets, value in raw:
        name, text = octets.decode("latin-1").lower(), value.decode("latin-1")
        if name in found:
            found[name] += f"{'; ' if name == 'cookie' else ','}{text}"
        else:
            found[name] = text
    return found


async def _body(receive: Receive) -> bytes | None:
    """Return the body, or `None` when it is too large."""
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return b""  # the client has gone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > MOST_OCTETS:
            return None
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)
