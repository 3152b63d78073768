"""Connections on which a whole answer has to be there in time, however slowly it drips.

A socket's timeout, and so urllib3's, begins anew with every piece that arrives: a server that sends one octet a second
would keep a fetch on its way for days.
"""

import io
import time
from http.client import HTTPResponse
from socket import socket
from ssl import SSLContext
from typing import TYPE_CHECKING

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def pool_manager(context: SSLContext) -> PoolManager:
    """Return a pool of such connections."""
    pool = PoolManager(num_pools=4, maxsize=2, ssl_context=context)
    pool.pool_classes_by_scheme = {"http": _TimedPool, "https": _TimedTlsPool}
    return pool


class _TimedReader(io.RawIOBase):
    """Reads from a connection until a point in time."""

    def __init__(self, connection: socket, pieces: io.RawIOBase, deadline: float) -> None:
        self._connection = connection
        self._pieces = pieces
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._pieces.readinto(buffer)

    def close(self) -> None:
        self._pieces.close()
        super().close()


class _TimedResponse(HTTPResponse):
    """An answer, head and body, for which the connection's timeout is the limit of both together."""

    def __init__(self, sock: socket, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
        super().__init__(sock, debuglevel, method, url)
        left = sock.gettimeout()
        deadline = float("inf") if left is None else time.monotonic() + left
        self.fp = io.BufferedReader(_TimedReader(sock, self.fp.detach(), deadline))


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedTlsConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTlsConnection
