"""HTTP/1.1 on one connection: small, quick, and strict about what two servers might read differently."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol, cast

from gatepost.apigateway.exchange import Failure, Request, Response
from gatepost.apigateway.gateway.http_request import Head
from gatepost.apigateway.gateway.http_response import CONTINUE, octets
from gatepost.apigateway.gateway.request_reader import BAD_REQUEST, RequestReader

HEAD_SECONDS = 10.0
BODY_SECONDS = 60.0
IDLE_SECONDS = 75.0
# How long a client may take to make room for more of a response, or to notice that the connection ends.
WRITE_SECONDS = 30.0
LINGER_SECONDS = 2.0

_NEVER = float("inf")
_QUEUED_REQUESTS = 16
_QUEUED_OCTETS = 1024 * 1024

_TIMED_OUT = Response(408, (("content-type", "application/json"),), b'{"message":"Request Timeout"}')


class Serving(Protocol):
    """What connections belong to.

    Attributes:
        date: The value of the `date` header now.
        draining: Whether the server is about to end, so that connections close after the next response.
        clock: Returns the time in seconds since 1970.
    """

    date: str
    draining: bool
    clock: Callable[[], float]

    def opened(self, connection: "Connection", /) -> None:
        """Take note of a connection."""

    def closed(self, connection: "Connection", unfinished: asyncio.Task[None] | None, /) -> None:
        """Take note of its end, and of what goes on although its client has gone."""

    def answer(self, request: Request, refusal: Failure | None, /) -> Awaitable[Response]:
        """Answer a request; with `refusal`, one of which not everything was read."""


class _Waiting(NamedTuple):
    """A request in the pipeline, or what is answered in place of one."""

    request: Request | None
    response: Response = BAD_REQUEST
    refusal: Failure | None = None
    stays: bool = False


class Connection(asyncio.Protocol):
    """One connection.

    Attributes:
        deadline: When the loop's clock shows this, `expire` has to be called.
    """

    def __init__(self, serving: Serving, loop: asyncio.AbstractEventLoop) -> None:
        """Serve a connection of `serving`."""
        self.deadline = loop.time() + HEAD_SECONDS
        self._serving = serving
        self._loop = loop
        self._reader = RequestReader(self)
        self._transport: asyncio.Transport
        self._peer = ""
        self._waiting: deque[_Waiting] = deque()
        self._waiting_octets = 0
        self._task: asyncio.Task[None] | None = None
        self._reading = True
        self._writable = True

    # ── asyncio ──────────────────────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._peer = peer[0] if isinstance(peer, tuple) else ""
        self._serving.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; what is being answered goes on, as it does on AWS."""
        self._reader.deaf = True
        self._waiting.clear()
        self._serving.closed(self, self._task)

    def data_received(self, data: bytes) -> None:
        """Take what arrived."""
        self._reader.feed(data)

    def eof_received(self) -> bool:
        """Note that nothing more comes; what is on its way is still answered."""
        self._reader.deaf = True
        return self._busy

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        self._writable = False
        self.deadline = self._loop.time() + WRITE_SECONDS

    def resume_writing(self) -> None:
        """Go on."""
        self._writable = True
        self._rest()
        self._go_on()

    # ── what the reader has to say (`Taker`) ─────────────────────────────────────────────────────────────────────

    def began(self) -> None:
        """Give the client time to send the head of a request."""
        if not self._busy:
            self.deadline = self._loop.time() + HEAD_SECONDS

    def headed(self) -> None:
        """Give the client time to send the body of a request, and ask for it if it waits for that."""
        if not self._busy:
            self._continue()
            self.deadline = self._loop.time() + BODY_SECONDS

    def take(self, head: Head, body: bytes, stays: bool) -> None:
        """Put a complete request into the pipeline."""
        self._enqueue(_Waiting(self._request(head, body), stays=stays))

    def refuse(self, head: Head, refusal: Failure) -> None:
        """Put a request of which not everything is read into the pipeline, as the last one."""
        self._enqueue(_Waiting(self._request(head, b""), refusal=refusal))

    def end_with(self, response: Response) -> None:
        """Put an answer into the pipeline, as the last one."""
        self._reader.deaf = True
        self._enqueue(_Waiting(None, response))

    # ── the pipeline ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _busy(self) -> bool:
        return self._task is not None or bool(self._waiting)

    def _request(self, head: Head, body: bytes) -> Request:
        return Request(
            head.method,
            head.path,
            head.query,
            head.headers,
            body,
            self._peer,
            f"HTTP/{head.version}",
            self._serving.clock(),
        )

    def _enqueue(self, waiting: _Waiting) -> None:
        self._waiting.append(waiting)
        if waiting.request is not None:
            self._waiting_octets += len(waiting.request.body)
        self._go_on()
        full = len(self._waiting) >= _QUEUED_REQUESTS or self._waiting_octets > _QUEUED_OCTETS
        if full and self._reading and not self._reader.deaf:
            self._reading = False
            self._transport.pause_reading()

    def _go_on(self) -> None:
        """Answer what is next in the pipeline, unless something is being answered."""
        if self._task is not None or not self._writable or self._transport.is_closing():
            return
        if not self._waiting:
            if self._reader.deaf:
                self._finish()
                return
            if not self._reading:
                self._reading = True
                self._transport.resume_reading()
            self._rest()
            self._continue()
            return
        self.deadline = _NEVER
        self._task = self._loop.create_task(self._answer(self._waiting.popleft()))

    async def _answer(self, waiting: _Waiting) -> None:
        request, response = waiting.request, waiting.response
        if request is not None:
            self._waiting_octets -= len(request.body)
            response = await self._serving.answer(request, waiting.refusal)
        self._task = None
        if self._transport.is_closing():
            return
        is_last = not self._waiting and (self._reader.deaf or self._serving.draining)
        stays = waiting.stays and not is_last
        head_only = request is not None and request.method == "HEAD"
        self._transport.write(octets(response, date=self._serving.date, head_only=head_only, stays=stays))
        if stays:
            self._go_on()
        else:
            self._finish()

    def _rest(self) -> None:
        """Say how long may pass until something comes."""
        if self._busy:
            self.deadline = _NEVER
            return
        seconds = IDLE_SECONDS
        if self._reader.arriving:
            seconds = HEAD_SECONDS if self._reader.head is None else BODY_SECONDS
        self.deadline = self._loop.time() + seconds

    def _continue(self) -> None:
        """Ask for the body that the client holds back, once it is this request's turn."""
        if self._reader.owes_continue and not self._busy:
            self._reader.owes_continue = False
            self._transport.write(CONTINUE)

    # ── ends ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _finish(self) -> None:
        """End the connection: the client gets time to read the response before what it still sends is not taken."""
        self._reader.deaf = True
        self._waiting.clear()
        if self._reader.arriving and self._transport.can_write_eof():
            self._transport.write_eof()
            self.deadline = self._loop.time() + LINGER_SECONDS
        else:
            self._transport.close()

    def expire(self) -> None:
        """Do what follows when the deadline has come."""
        if self._transport.is_closing() or not self._writable or self._reader.deaf or not self._reader.arriving:
            self._transport.abort()
        else:
            self.end_with(_TIMED_OUT)

    def drain(self) -> None:
        """Close the connection when nothing is on its way."""
        if not self._busy and not self._reader.arriving:
            self._transport.close()

    def abort(self) -> None:
        """Close the connection at once."""
        self._transport.abort()
