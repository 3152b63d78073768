"""What a gate for proxies is tried in: an issuer, an upstream that notes what reaches it, and the real server."""

import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from gatepost.testing import LocalIssuer
from tests.end_to_end.real_parts.loopback_port import free_port, listening
from tests.end_to_end.real_parts.server_process import server_process

EXAMPLES = Path(__file__).parents[3] / "examples"
AUDIENCE = "https://api.example.com"

Headers = Sequence[tuple[str, str]]


class Reached(NamedTuple):
    """A request that reached the upstream."""

    method: str
    target: str
    headers: Headers

    def values(self, name: str) -> list[str]:
        """Return the values of a header, whatever the spelling, with `_` for `-` too, as a WSGI server reads it."""
        wanted = name.lower().replace("_", "-")
        return [value for each, value in self.headers if each.lower().replace("_", "-") == wanted]


class Got(NamedTuple):
    """An answer that came back; status 0 stands for none."""

    status: int
    headers: Headers
    body: bytes

    def value(self, name: str) -> str:
        """Return the values of a header, joined."""
        return ", ".join(value for each, value in self.headers if each.lower() == name.lower())


class World(NamedTuple):
    """A proxy with all that is around it.

    Attributes:
        issuer: The trusted issuer.
        policy: The path of the policy's file.
        port: Where the proxy listens.
        authz: Where the gate listens.
        reached: What reached the upstream, in order.
    """

    issuer: LocalIssuer
    policy: Path
    port: int
    authz: int
    reached: list[Reached]

    def token(self, **claims: object) -> str:
        """Return a good token with these claims."""
        return self.issuer.mint(**({"sub": "alice", "scope": "read"} | claims))


@contextmanager
def upstream() -> Iterator[tuple[int, list[Reached]]]:
    """Run a server that answers 200 to everything; the value is its port and what reached it."""
    reached: list[Reached] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def __getattr__(self, name: str) -> object:
            if name.startswith("do_"):
                return self._serve
            raise AttributeError(name)

        def _serve(self) -> None:
            reached.append(Reached(self.command, self.path, list(self.headers.items())))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port, reached
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def authz(policy: Path, *options: str, folder: Path) -> Iterator[int]:
    """Run `gatepost authz` on a free port for the length of a `with` block; the value is the port."""
    port = free_port()
    command = [sys.executable, "-m", "gatepost", "authz", "--policy", str(policy), "--port", str(port), *options]
    folder.mkdir(exist_ok=True)
    with server_process(command, ready=lambda: listening(port), folder=folder):
        yield port


@contextmanager
def around(example: str, *options: str, folder: Path, policy_text: str | None = None) -> Iterator[World]:
    """Run all that is around the proxy of an example, with this policy or, without one, the example's own."""
    with ExitStack() as stack:
        issuer = stack.enter_context(LocalIssuer("generic", audience=AUDIENCE))
        policy = folder / "gatepost.toml"
        own = (EXAMPLES / example / "gatepost.toml").read_text()
        policy.write_text(policy_text or own.replace("http://127.0.0.1:9100", issuer.identifier))
        port, reached = stack.enter_context(upstream())
        gate = stack.enter_context(authz(policy, *options, folder=folder / "authz"))
        yield World(issuer, policy, port, gate, reached)


def placed(text: str, *, proxy: int, authz: int, application: int, grpc: int = 0) -> str:
    """Return an example's configuration on other ports than those that stand in it."""
    for old, new in ((8080, proxy), (9091, authz), (9000, application), (9092, grpc)):
        text = text.replace(f":{old}", f":{new}").replace(f"port_value: {old}", f"port_value: {new}")
    return text


def ask(port: int, method: str, target: str, headers: Headers = ()) -> Got:
    """Send one request, its target as it is, and return the answer."""
    lines = [f"{method} {target} HTTP/1.1", "Host: app.example", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    return send(port, "\r\n".join((*lines, "", "")).encode("latin-1"))


def send(port: int, octets: bytes, *, patience: float = 20) -> Got:
    """Send these octets, and return the answer; none may come as long as a server waits for more of them."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        response = HTTPResponse(connection, method=octets.partition(b" ")[0].decode("latin-1"))
        try:
            connection.sendall(octets)
            response.begin()
            return Got(response.status, response.getheaders(), response.read())
        except (ConnectionError, TimeoutError, HTTPException):
            return Got(0, (), b"")
        finally:
            response.close()
