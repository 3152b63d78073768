"""The place on this machine that a browser comes back to (RFC 8252 §7.3)."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from queue import Empty, Queue
from socketserver import BaseServer, TCPServer, ThreadingMixIn
from urllib.parse import parse_qsl, urlsplit

from gatepost.cli.failure import Failure
from gatepost.trust.location import is_loopback

_PAGE = (
    b"<!doctype html><html lang=en><meta charset=utf-8><title>Signed on</title>"
    b"<p>This is done. You can close this window, and go back to the terminal."
)
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Redirect:
    """What comes back to a redirect URI."""

    def __init__(self, path: str, state: str) -> None:
        self.path = path
        self.state = state
        self._came: Queue[Mapping[str, str]] = Queue()

    def take(self, fields: Mapping[str, str]) -> bool:
        """Take what came; what does not answer this request is not taken, and waiting goes on."""
        if fields.get("state") != self.state:
            return False
        self._came.put(fields)
        return True

    def wait(self, seconds: float) -> Mapping[str, str]:
        """Return what came.

        Raises:
            Failure: When nothing came in time.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                return self._came.get(timeout=min(left, 0.5))  # so that Ctrl-C is heard everywhere
            except Empty:
                continue
        raise Failure(f"nobody came back within {seconds:.0f} s; sign on at the URL above, or give more --timeout")


class _Server(ThreadingMixIn, TCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], redirect: Redirect) -> None:
        self.redirect = redirect
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 10

    def __init__(self, request: socket.socket, address: tuple[str, int], server: BaseServer) -> None:
        super().__init__(request, address, server)

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)  # noqa: S101 - it is made there alone
        redirect, parts = self.server.redirect, urlsplit(self.path)
        taken = parts.path == redirect.path and redirect.take(dict(parse_qsl(parts.query)))
        body = _PAGE if taken else b""
        self.send_response(200 if taken else 404)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: a code stands in the path."""


@contextmanager
def redirected(uri: str, state: str) -> Iterator[Redirect]:
    """Listen at a redirect URI for the length of a `with` block.

    Raises:
        Failure: When it is not on this machine, or its port cannot be used.
    """
    parts = urlsplit(uri)
    host, port = parts.hostname or "", parts.port or 80
    if parts.scheme != "http" or not is_loopback(host):
        raise Failure(
            f"{uri} is not on this machine, so nothing can listen there; "
            "end with --pending FILE, and bring the code with --code"
        )
    redirect = Redirect(parts.path or "/", state)
    with ExitStack() as stack:
        for server in _listening(host, port, redirect):
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield redirect


def _listening(host: str, port: int, redirect: Redirect) -> list[_Server]:
    """Return what listens: for a name, on both loopback addresses where there are both."""
    addresses = [host] if host[:1].isdigit() or ":" in host else ["127.0.0.1", "::1"]
    try:
        servers = [_Server((addresses[0], port), redirect)]
    except OSError as error:
        raise Failure(f"port {port} of the redirect URI cannot be used: {error.strerror}") from None
    for address in addresses[1:]:
        try:
            servers.append(_Server((address, port), redirect))
        except OSError:
            continue  # there is no IPv6 here, or somebody has it
    return servers
