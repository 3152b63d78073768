"""HTTP/1.1 for a server that faces anybody: what is too large or too slow is cut off."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

MOST_HEAD = 64 * 1024
ARRIVAL_SECONDS = 30.0
_END_OF_HEAD = b"\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol on httptools, with bounds on the head of a request and on the time that one takes to come."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._in_head = True
        self._ended = False  # whether a request ended in what arrived last
        self._head_octets = 0
        self._arrival: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin with a connection, whose first request has to come soon."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """End with the connection."""
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrived, unless the head becomes too large."""
        left = MOST_HEAD - self._head_octets
        if self._in_head and len(data) > left and data.find(_END_OF_HEAD, 0, left) < 0:
            self.transport.write(_TOO_LARGE)
            self.transport.close()
            return
        self._ended = False
        super().data_received(data)
        if self._in_head and not self._ended:  # else these octets were a request's, but for the next one's beginning
            self._head_octets += len(data)

    def on_message_begin(self) -> None:
        """Note that a request begins to arrive."""
        self._in_head = True
        self._head_octets = 0
        self._expect()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Start on a request whose head is there."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that a request is there."""
        self._arrived()
        self._in_head = True
        self._ended = True
        self._head_octets = 0
        super().on_message_complete()

    def _expect(self) -> None:
        if self._arrival is None:
            self._arrival = self.loop.call_later(ARRIVAL_SECONDS, self._too_slow)

    def _arrived(self) -> None:
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None

    def _too_slow(self) -> None:
        self._arrival = None
        self.transport.close()
