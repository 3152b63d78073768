"""A server on a loopback port that sends exactly the octets that a test wants, at the pace that it wants."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self


class Talk:
    """A request that came, and the connection to answer it on.

    Attributes:
        head: The request's head.
    """

    def __init__(self, head: bytes, connection: socket.socket, over: Event) -> None:
        self.head = head
        self._connection = connection
        self._over = over

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def drip(self, piece: bytes, pause: float = 0.01) -> None:
        """Send `piece` again and again, until the client has had enough."""
        while not self._over.wait(pause):
            self.send(piece)

    def say_nothing(self) -> None:
        """Keep the client waiting until it has had enough."""
        self._connection.recv(1)


class RawServer:
    """Hands each request to `answer`, one connection after the other.

    Attributes:
        port: The port.
        connections: How many connections came.
        heads: The heads of the requests.
    """

    def __init__(self, answer: Callable[[Talk], None] | bytes, tls: ssl.SSLContext | None = None) -> None:
        self.connections = 0
        self.heads: list[bytes] = []
        self._answer = answer
        self._tls = tls
        self._over = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"{'http' if self._tls is None else 'https'}://127.0.0.1:{self.port}/jwks"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with connection, suppress(OSError):
            if self._tls is not None:
                with self._tls.wrap_socket(connection, server_side=True) as secured:
                    self._converse(secured)
            else:
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        while head := self._head(connection):
            self.heads.append(head)
            if isinstance(self._answer, bytes):
                connection.sendall(self._answer)
            else:
                self._answer(Talk(head, connection, self._over))

    @staticmethod
    def _head(connection: socket.socket) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = connection.recv(4096)
            if not piece:
                return b""
            head += piece
        return head


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return an answer with its length announced."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
