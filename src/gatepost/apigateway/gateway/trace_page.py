"""`/_gatepost/trace`: why each of the last requests was answered as it was, for whoever sits at this machine."""

import base64
import hashlib
import ipaddress
import json
from collections.abc import Awaitable
from importlib.resources import files
from urllib.parse import parse_qs

from gatepost.apigateway.exchange import Failure, Request, Response
from gatepost.apigateway.gateway.server import Answering
from gatepost.apigateway.gateway.trace import Trace

PAGE = "/_gatepost/trace"
DATA = "/_gatepost/trace.json"

_PREFIX = "/_gatepost/"
_NO_STORE = ("cache-control", "no-store")
_NOT_FOUND = Response(
    404, (("content-type", "text/plain; charset=utf-8"), _NO_STORE), b"the trace is at /_gatepost/trace\n"
)


class WithTracePage:
    """Answers for the trace's own addresses, and leaves everything else to the gateway.

    Attributes:
        gateway: What answers everything else; another one may take its place at any time.
    """

    def __init__(self, gateway: Answering, trace: Trace) -> None:
        """Stand before `gateway`."""
        self.gateway = gateway
        self._trace = trace

    def answer(self, request: Request, refusal: Failure | None = None, /) -> Awaitable[Response]:
        """Answer a request; never raises."""
        if request.path.startswith(_PREFIX) and refusal is None and _is_from_here(request):
            return self._own(request)
        return self.gateway.answer(request, refusal)

    async def _own(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return Response(405, (("allow", "GET, HEAD"), _NO_STORE))
        if request.path == PAGE:
            return _page()
        if request.path == DATA:
            return self._data(request.query)
        return _NOT_FOUND

    def _data(self, query: str) -> Response:
        after = parse_qs(query).get("after", ["0"])[-1]
        first = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
        found = [traced.document() for traced in self._trace if traced.number > first]
        body = json.dumps({"newest": self._trace.count, "requests": found}).encode()
        return Response(
            200, (("content-type", "application/json"), ("x-content-type-options", "nosniff"), _NO_STORE), body
        )


def _is_from_here(request: Request) -> bool:
    """Tell whether a request was sent on this machine, to this machine.

    A tunnel or a proxy on this machine hands on the requests of others, and a page of a stranger may give its own
    name this machine's address; neither names this machine as the host.
    """
    try:
        address = ipaddress.ip_address(request.source_ip.partition("%")[0])
    except ValueError:
        return False
    if not (getattr(address, "ipv4_mapped", None) or address).is_loopback:
        return False
    if request.header("x-forwarded-for") is not None or request.header("forwarded") is not None:
        return False
    host = request.header("host") or ""
    name = host[: host.rfind("]") + 1] if host.startswith("[") else host.partition(":")[0]
    return name.lower() in {"localhost", "127.0.0.1", "[::1]"}


def _page() -> Response:
    folder = files(__package__)
    style = folder.joinpath("trace_page.css").read_text("utf-8")
    script = folder.joinpath("trace_page.js").read_text("utf-8")
    page = folder.joinpath("trace_page.html").read_text("utf-8")
    body = page.replace("/* style */", style).replace("/* script */", script)
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        _NO_STORE,
    )
    return Response(200, headers, body.encode())


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
