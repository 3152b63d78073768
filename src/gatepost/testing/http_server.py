"""A small HTTP/1.1 server on a loopback port: a thread for each connection, and nothing that outlives `stop`."""

import json
import selectors
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum
from http.server import BaseHTTPRequestHandler
from socketserver import BaseServer
from threading import Lock, Thread, current_thread
from typing import Any, NamedTuple, cast

from gatepost.errors import ConfigurationError

MAX_BODY = 65_536

_HOST = "127.0.0.1"
_SECONDS = 30.0  # a connection that says nothing for so long is closed
_NO_HEADERS: Mapping[str, str] = {}


class Request(NamedTuple):
    """A request.

    Attributes:
        method: Such as `GET`.
        path: The path, as it was sent.
        query: The query without its question mark.
        headers: The headers, by their names in lower case.
        body: The body.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Delivery(Enum):
    """How a body is sent."""

    WHOLE = "whole"
    UNANNOUNCED = "unannounced"
    """Without `Content-Length`: it ends with the connection."""
    CUT_OFF = "cut off"
    """Half of what was announced."""


class Answer(NamedTuple):
    """An answer.

    Attributes:
        status: The HTTP status.
        body: The body.
        headers: The headers, without those about the body's length.
        delivery: How it is sent.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = _NO_HEADERS
    delivery: Delivery = Delivery.WHOLE


def json_answer(status: int, body: Mapping[str, object], headers: Mapping[str, str] = _NO_HEADERS) -> Answer:
    """Return an answer with a JSON body."""
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})


class HttpServer:
    """Serves `respond` on a port that stays its own from `start` to `stop`, even while it refuses connections.

    Attributes:
        port: The port; 0 until the first `start` when any will do.
    """

    def __init__(
        self, respond: Callable[[Request], Answer], *, port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.port = port
        self._respond = respond
        self._tls = tls
        self._socket: socket.socket | None = None
        self._wake: socket.socket | None = None
        self._accepting: Thread | None = None
        self._lock = Lock()
        self._connections: dict[Thread, socket.socket] = {}

    @property
    def running(self) -> bool:
        """Whether it listens."""
        return self._accepting is not None

    def start(self, located: Callable[[int], None] = lambda port: None) -> None:
        """Listen; connections are accepted when this returns.

        Args:
            located: Called with the port, when it is known and before the first request can come.
        """
        if self._socket is None:
            self._socket = self._bound()
        located(self.port)
        self._socket.listen(128)
        self._socket.setblocking(False)
        reader, self._wake = socket.socketpair()
        self._accepting = Thread(target=self._accept, args=(self._socket, reader), name="gatepost-issuer", daemon=True)
        self._accepting.start()

    def refuse(self) -> None:
        """Refuse connections from now on, and end those that are open, until `start`.

        Raises:
            ConfigurationError: When it does not run.
        """
        if not self.running:
            raise ConfigurationError("nothing listens yet that could stop listening: start the issuer first")
        self.stop()
        # A port that is bound, without anyone listening, refuses connections and cannot be taken by another.
        self._socket = self._bound()

    def stop(self) -> None:
        """Stop listening, end every connection, and give the port back. It can be started again."""
        if self._accepting is not None and self._wake is not None:
            self._wake.send(b"\0")
            self._accepting.join()
            self._wake.close()
            self._accepting = self._wake = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        with self._lock:
            threads = list(self._connections)
            for connection in self._connections.values():
                _end(connection)
        for thread in threads:
            thread.join(_SECONDS)

    def _bound(self) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((_HOST, self.port))
        except OSError:
            bound.close()
            raise
        self.port = bound.getsockname()[1]
        return bound

    def _accept(self, listener: socket.socket, woken: socket.socket) -> None:
        with woken, selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while not any(key.fileobj is woken for key, _ in selector.select()):
                try:
                    connection, _ = listener.accept()
                except OSError:
                    continue  # it went away again
                thread = Thread(target=self._serve, args=(connection,), name="gatepost-issuer-connection", daemon=True)
                with self._lock:
                    self._connections[thread] = connection
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(_SECONDS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Handler(connection if self._tls is None else self._secured(connection, self._tls), self._respond)
        except OSError:
            pass  # the other side, or `stop`, ended it
        finally:
            with self._lock:
                connection = self._connections.pop(current_thread())
            connection.close()

    def _secured(self, connection: socket.socket, tls: ssl.SSLContext) -> ssl.SSLSocket:
        with self._lock:  # `stop` has to find the one or the other
            secured = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            self._connections[current_thread()] = secured
        secured.do_handshake()
        return secured


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "gatepost"
    sys_version = ""
    wbufsize = -1  # one segment for head and body

    def __init__(self, connection: socket.socket, respond: Callable[[Request], Answer]) -> None:
        self._respond = respond
        super().__init__(connection, _HOST, cast(BaseServer, None))  # it never asks for its server

    def _answer(self) -> None:
        refusal = self._refusal()
        if refusal is not None:
            self.close_connection = True  # what follows is a body that nobody reads
            self._send(refusal)
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        self._send(self._respond(Request(self.command, path, query, headers, body)))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def handle_expect_100(self) -> bool:
        """Let the client go on at once: what is written is buffered here."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def _refusal(self) -> Answer | None:
        """Return what to answer to a body that cannot be read."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            return json_answer(411, {"error": "length_required"})
        if not (length.isascii() and length.isdigit()):
            return json_answer(400, {"error": "bad_content_length"})
        if len(length) > 9 or int(length) > MAX_BODY:
            return json_answer(413, {"error": "too_large"})
        return None

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        body = answer.body
        if answer.delivery is Delivery.UNANNOUNCED:
            self.send_header("Connection", "close")
        elif answer.status != 304:
            self.send_header("Content-Length", str(len(body)))
        if answer.delivery is Delivery.CUT_OFF:
            self.close_connection = True
            body = body[: len(body) // 2]
        self.end_headers()
        if self.command != "HEAD" and answer.status != 304:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: what was asked is in the issuer's log of requests."""


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # it may have ended already
        # Not `connection.shutdown`, which for TLS would take the session away under the thread that is reading.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
