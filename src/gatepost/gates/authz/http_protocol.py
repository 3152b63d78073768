"""HTTP/1.1 for a server that faces proxies: their questions take a short way, and what is too large or slow is cut off.

Everything works through the ASGI application too. The short way exists because a proxy asks about every request: for a
token that is remembered, ASGI's own steps would take longer than the decision.
"""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from gatepost.gates.authz.answer import Answer, octets
from gatepost.gates.authz.application import Application
from gatepost.gates.authz.asgi import Headers
from gatepost.gates.authz.deciding import Decided
from gatepost.gates.authz.known_questions import KnownQuestions
from gatepost.gates.authz.question import Endpoint, endpoint_of, octets_to

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
        self._outbox = self._application.outbox(self.loop)
        self._event = asyncio.Event()  # nobody waits for it
        self._answered_at_once = _Question(self._event, keep_alive=True)
        self._answered_at_once.response_complete = True
        self._known: KnownQuestions | None = None
        self._learnt: tuple[Endpoint, bytes, Decided] | None = None
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
        self._known = self._application.known_to(self._peer)
        self._arrival = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """End with the connection."""
        self._arrived()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrived, and see that the rest comes in time and is not too much."""
        known = None if self._arriving or self._application.draining or self._busy() else self._known
        answer = None if known is None else known.answer(data)
        self._unlearn()
        if answer is not None:
            self._outbox.put(self.transport, answer)
            self._begin_to_idle()
        else:
            super().data_received(data)
        if not self._arriving:
            if self._arrival is not None:
                self._arrived()
            if known is not None and self._learnt is not None:
                known.learn(data, *self._learnt)
            return
        if self.transport.is_closing():
            return
        self._head_octets = 0 if self._head_ended else self._head_octets + len(data)
        if self._head_octets > MAX_HEAD:
            self._refuse(431)
        elif self._arrival is None:
            self._arrival = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def _unlearn(self) -> None:
        """Forget what the last question was found to mean: it says nothing about the octets that come now."""
        self._learnt = None

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP."""
        self._outbox.empty()
        super().send_400_response(msg)

    def pause_writing(self) -> None:
        """Read nothing more from a peer that does not take its answers."""
        super().pause_writing()
        self.flow.pause_reading()

    def resume_writing(self) -> None:
        """Go on with a peer that takes its answers again."""
        super().resume_writing()
        if not self._busy() and not self.transport.is_closing():
            self.flow.resume_reading()

    def shutdown(self) -> None:
        """End when the server does: at once, or after the answer that is on its way."""
        self._outbox.empty()
        super().shutdown()

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
        if self.transport.is_closing():
            return
        url, headers = self.url, self.headers
        endpoint = endpoint_of(url)
        if endpoint is None or self._busy() or self.parser.should_upgrade():
            self._outbox.empty()
            super().on_message_begin()
            self.url = url
            self.headers.extend(headers)
            super().on_headers_complete()
            return
        method: bytes = self.parser.get_method()
        decided = self._application.asking.decide_at_hand(endpoint, self._peer, method.decode("ascii"), url, headers)
        if decided is not None:
            self.cycle = self._answered_at_once  # type: ignore[assignment]
            stays = self._stays() and not self._application.draining
            with_body = method not in _BODILESS
            self._send(octets_to(endpoint, decided.decision, with_body=with_body, stays=stays), stays=stays)
            self._begin_to_idle()
            self._learnt = (endpoint, method, decided) if stays else None
            return
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
            self._close()

    def _refuse(self, status: int) -> None:
        empty = Answer(status, [(b"content-length", b"0")], b"")
        self._send(octets(empty, with_body=False, stays=False), stays=False)

    def _send(self, answer: bytes, *, stays: bool) -> None:
        self._outbox.put(self.transport, answer)
        if not stays:
            self._close()

    def _close(self) -> None:
        self._outbox.empty()
        self.transport.close()

    async def _answer(
        self, question: _Question, endpoint: Endpoint, method: bytes, target: bytes, headers: Headers
    ) -> None:
        answer = await self._application.asking.answer(endpoint, self._peer, method.decode("ascii"), target, headers)
        question.response_complete = True
        if self.transport.is_closing():
            return
        stays = question.keep_alive and not self._application.draining
        self._send(octets(answer, with_body=method not in _BODILESS, stays=stays), stays=stays)
        self.on_response_complete()

    def on_response_complete(self) -> None:
        """Go on to what is in the pipeline; without anything, the connection is idle from now on."""
        if self.pipeline:
            self._outbox.empty()
            super().on_response_complete()
            return
        self._begin_to_idle()

    def _begin_to_idle(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if not self.flow.write_paused:
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
            self._close()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(rest, self.timeout_keep_alive_handler)
