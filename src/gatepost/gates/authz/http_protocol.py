"""HTTP/1.1 for a server that faces proxies: their questions take a short way, and what is too large or slow is cut off.

Everything works through the ASGI application too. The short way exists because a proxy asks about every request: for a
token that is remembered, ASGI's own steps would take longer than the decision.
"""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from gatepost.gates.authz.answer import Answer
from gatepost.gates.authz.application import Application
from gatepost.gates.authz.asgi import Headers
from gatepost.gates.authz.question import Endpoint, endpoint_of

# More than proxies take from clients by default (nginx 32 KiB, Envoy 60 KiB), with the headers that they add.
MAX_HEAD = 128 * 1024
ARRIVAL_SECONDS = 10.0

_BODILESS = frozenset({b"HEAD"})


class _Question:
    """A question on the short way: to the protocol, a request whose response is not complete yet."""

    __slots__ = ("body", "disconnected", "keep_alive", "message_event", "more_body", "response_complete")

    def __init__(self, event: asyncio.Event, *, keep_alive: bool) -> None:
        self.keep_alive = keep_alive
        self.response_complete = False
        self.disconnected = False
        self.more_body = True
        self.body = bytearray()
        self.message_event = event


class ProxyFacingHttp(HttpToolsProtocol):
    """uvicorn's protocol on httptools, with that short way, and bounds on the size and the time of a request."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        if not isinstance(config.loaded_app, Application):
            raise TypeError(f"this protocol serves an Application, not {type(config.loaded_app).__name__}")
        self._application = config.loaded_app
        self._event = asyncio.Event()  # nobody waits for it
        self._peer: str | None = None
        self._arriving = False
        self._head_ended = False
        self._head_octets = 0
        self._arrival: asyncio.TimerHandle | None = None
        self._idle_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin with a connection, whose first request has to come soon."""
        super().connection_made(transport)
        self._peer = None if self.client is None else self.client[0]
        self._arrival = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """End with the connection."""
        self._arrived()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrived, and see that the rest comes in time and is not too much."""
        super().data_received(data)
        if not self._arriving:
            if self._arrival is not None:
                self._arrived()
            return
        if self.transport.is_closing():
            return
        self._head_octets = 0 if self._head_ended else self._head_octets + len(data)
        if self._head_octets > MAX_HEAD:
            self._refuse(431)
        elif self._arrival is None:
            self._arrival = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def on_message_begin(self) -> None:
        """Note that a request begins to arrive."""
        self.url = b""
        self.headers = []
        self._arriving = True
        self._head_ended = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Start on a request whose head is there."""
        self._head_ended = True
        url, headers = self.url, self.headers
        endpoint = endpoint_of(url)
        if endpoint is None or self._busy() or self.parser.should_upgrade():
            super().on_message_begin()
            self.url = url
            self.headers.extend(headers)
            super().on_headers_complete()
            return
        method: bytes = self.parser.get_method()
        question = _Question(self._event, keep_alive=self._stays())
        self.cycle = question  # type: ignore[assignment]
        task = self.loop.create_task(self._answer(question, endpoint, method, url, headers))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def on_message_complete(self) -> None:
        """Note that a request is there to its end."""
        super().on_message_complete()
        self._arriving = False

    def _unsupported_upgrade_warning(self) -> None:
        """Answer an upgrade as the plain request that it also is; the parser takes nothing more after it."""
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def _busy(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _stays(self) -> bool:
        return self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"

    def _arrived(self) -> None:
        self._head_octets = 0
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None

    def _too_slow(self) -> None:
        self._arrival = None
        if self._arriving and not self._head_ended:
            self._refuse(408)
        else:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()

    async def _answer(
        self, question: _Question, endpoint: Endpoint, method: bytes, target: bytes, headers: Headers
    ) -> None:
        answer = await self._application.asking.answer(endpoint, self._peer, method.decode("ascii"), target, headers)
        question.response_complete = True
        if self.transport.is_closing():
            return
        stays = question.keep_alive and not self._application.draining
        self.transport.write(_octets(answer, with_body=method not in _BODILESS, stays=stays))
        if not stays:
            self.transport.close()
        self.on_response_complete()

    def on_response_complete(self) -> None:
        """Go on to what is in the pipeline; without anything, the connection is idle from now on."""
        if self.pipeline:
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _unset_keepalive_if_required(self) -> None:
        """Leave the one timer of this connection as it is: it looks itself since when the connection is idle."""

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that was idle all the time; look again later at one that was not."""
        busy = self._arriving or self._busy()
        rest = self.timeout_keep_alive if busy else self._idle_since + self.timeout_keep_alive - self.loop.time()
        if rest <= 0:
            self.transport.close()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(rest, self.timeout_keep_alive_handler)


def _octets(answer: Answer, *, with_body: bool, stays: bool) -> bytes:
    parts = [STATUS_LINE[answer.status]]
    for name, value in answer.headers:
        parts += (name, b": ", value, b"\r\n")
    if not stays:
        parts.append(b"connection: close\r\n")
    parts.append(b"\r\n")
    if with_body:
        parts.append(answer.body)
    return b"".join(parts)
