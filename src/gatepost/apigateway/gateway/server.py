"""The server of one API: its socket, its connections, and how both end."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Protocol

from gatepost.apigateway.exchange import Failure, Request, Response
from gatepost.apigateway.gateway.http_connection import Connection

_BACKLOG = 1024
_SWEEP_SECONDS = 1.0


class Answering(Protocol):
    """What answers requests."""

    def answer(self, request: Request, refusal: Failure | None = None, /) -> Awaitable[Response]:
        """Answer a request; never raises.

        Args:
            request: The request.
            refusal: Why the server read no more of it, or `None` when it is complete.
        """


class Server:
    """Serves one API on a socket.

    Attributes:
        answering: What answers; another one may take its place at any time.
        connections: Those that are open.
        date: The value of the `date` header now.
        draining: Whether connections close after the next response.
        clock: Returns the time in seconds since 1970.
    """

    def __init__(self, answering: Answering, *, clock: Callable[[], float] = time.time) -> None:
        """Make a server, which does not listen yet."""
        self.answering = answering
        self.connections: set[Connection] = set()
        self.date = formatdate(clock(), usegmt=True)
        self.draining = False
        self.clock = clock
        self._unfinished: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._sweep: asyncio.TimerHandle | None = None

    def opened(self, connection: Connection, /) -> None:
        """Take note of a connection."""
        self.connections.add(connection)

    def closed(self, connection: Connection, unfinished: asyncio.Task[None] | None, /) -> None:
        """Take note of its end, and of what goes on although its client has gone."""
        self.connections.discard(connection)
        if unfinished is not None:
            self._unfinished.add(unfinished)
            unfinished.add_done_callback(self._finished)
        self._look_whether_quiet()

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._unfinished.discard(task)
        self._look_whether_quiet()

    def _look_whether_quiet(self) -> None:
        if self.draining and not self.connections and not self._unfinished:
            self._quiet.set()

    def answer(self, request: Request, refusal: Failure | None, /) -> Awaitable[Response]:
        """Answer a request with what answers now."""
        return self.answering.answer(request, refusal)

    async def start(self, listener: socket.socket) -> None:
        """Begin to serve on a listening socket, which then belongs to the server."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self, loop), sock=listener, backlog=_BACKLOG)
        self._sweep = loop.call_later(_SWEEP_SECONDS, self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._sweep = loop.call_later(_SWEEP_SECONDS, self._tick, loop)
        self.date = formatdate(self.clock(), usegmt=True)
        self.sweep(loop.time())

    def sweep(self, now: float) -> None:
        """Act on the connections whose deadline has come, as the loop's clock shows it."""
        for connection in [each for each in self.connections if each.deadline <= now]:
            connection.expire()

    async def close(self, seconds: float = 5.0) -> None:
        """Stop to listen, let what is on its way be answered for so many seconds, and end."""
        if self._server is None:
            return
        self._server.close()
        self.draining = True
        for connection in tuple(self.connections):
            connection.drain()
        self._look_whether_quiet()
        try:
            await asyncio.wait_for(self._quiet.wait(), seconds)
        except TimeoutError:
            for connection in tuple(self.connections):
                connection.abort()
            for task in tuple(self._unfinished):
                task.cancel()
        if self._sweep is not None:
            self._sweep.cancel()
        self._server = None


def listen(host: str, port: int) -> socket.socket:
    """Return a listening TCP socket.

    Raises:
        OSError: When it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    listener.setblocking(False)
    return listener
