"""The Lambda Runtime API, as one function's process sees it (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).

A small HTTP/1.1 of its own, since it stands in the way of every call: `next` waits without a task, and the answer to a
result is written together with the next event when the client asked for both at once.
"""

import asyncio
import json
from typing import Protocol, cast

import httptools

from gatepost.apigateway.functions.failures import MAX_RESPONSE
from gatepost.apigateway.functions.peers import is_ours

_BASE = b"/2018-06-01/runtime/"
_NEXT = _BASE + b"invocation/next"
_INVOCATION = _BASE + b"invocation/"
_INIT_ERROR = _BASE + b"init/error"
_REASONS = {
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    413: "Request Entity Too Large",
}


def reply(status: int, body: bytes, headers: str = "Content-Type: application/json\r\n") -> bytes:
    """Return an HTTP response."""
    head = f"HTTP/1.1 {status} {_REASONS[status]}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode("latin-1") + body


def _error(status: int, kind: str, message: str) -> bytes:
    return reply(
        status, json.dumps({"errorMessage": message, "errorType": kind}, separators=(",", ":")).encode() + b"\n"
    )


ACCEPTED = reply(202, b'{"status":"OK"}\n')
INVALID_REQUEST_ID = _error(400, "InvalidRequestID", "Invalid request ID")
TOO_LARGE = _error(413, "RequestEntityTooLarge", f"Exceeded maximum allowed payload size ({MAX_RESPONSE} bytes).")
NOT_FOUND = reply(404, b"404 page not found\n", "Content-Type: text/plain; charset=utf-8\r\n")


def not_now(state: str, wanted: str) -> bytes:
    """Return the answer to what the runtime may not do in its present state."""
    message = f"State transition from {state} to {wanted} failed for runtime. Error: State transition is not allowed"
    return _error(403, "InvalidStateTransition", message)


class Runtime(Protocol):
    """What a function's process can do through the API; each returns the answer."""

    def next(self, connection: "RuntimeConnection", /) -> None:
        """Wait for an event; it is sent by `RuntimeConnection.send`."""

    def respond(self, request_id: str, body: bytes, size: int, /) -> bytes:
        """Hand in a result; `size` is larger than the body when it was too large to be kept."""

    def fail(self, request_id: str, body: bytes, kind: str, /) -> bytes:
        """Hand in an error; `kind` is `Lambda-Runtime-Function-Error-Type`, or an empty string."""

    def fail_to_start(self, body: bytes, kind: str, /) -> bytes:
        """Say that the function could not be initialised."""


class RuntimeConnection(asyncio.Protocol):
    """A connection of a function's process."""

    __slots__ = (
        "_body",
        "_kind",
        "_parser",
        "_posted",
        "_reading",
        "_runtime",
        "_size",
        "_transport",
        "_unsent",
        "_url",
    )

    def __init__(self, runtime: Runtime) -> None:
        """Serve `runtime`."""
        self._runtime = runtime
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._unsent: list[bytes] = []
        self._reading = False
        self._posted = False
        self._url = b""
        self._kind = ""
        self._body: list[bytes] = []
        self._size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept only this user's processes."""
        if not is_ours(transport):
            cast(asyncio.Transport, transport).abort()
            return
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the transport."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Read requests; several may come at once."""
        if self._transport is None:
            return
        self._reading = True
        self._posted = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()
            return
        self._reading = False
        # When the client asked for the next event along with its result, it waits for both answers.
        if self._unsent and not self._posted:
            self._flush()

    def send(self, event: bytes) -> bool:
        """Answer a waiting `next`; returns whether the connection is still there."""
        if self._transport is None:
            return False
        self._unsent.append(event)
        self._posted = False
        if not self._reading:
            self._flush()
        return True

    def close(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _flush(self) -> None:
        if self._transport is not None:
            self._transport.write(self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent))
        self._unsent = []

    # What httptools calls, in this order:

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._url = b""
        self._kind = ""
        self._body = []
        self._size = 0

    def on_url(self, url: bytes) -> None:
        """Take the path, which may come in parts."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take the one header that matters."""
        if name.lower() == b"lambda-runtime-function-error-type":
            self._kind = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, unless it is too large already."""
        self._size += len(body)
        if self._size <= MAX_RESPONSE:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Do what was asked for."""
        url = self._url
        if url == _NEXT:
            had_results = bool(self._unsent)
            self._posted = had_results
            self._runtime.next(self)
            return
        self._posted = False
        self._unsent.append(self._answer(url))

    def _answer(self, url: bytes) -> bytes:
        if self._parser.get_method() != b"POST":
            return NOT_FOUND
        body = b"".join(self._body)
        if url == _INIT_ERROR:
            return self._runtime.fail_to_start(body, self._kind)
        if url.startswith(_INVOCATION):
            request_id, _, what = url[len(_INVOCATION) :].decode("latin-1").partition("/")
            if what == "response":
                return self._runtime.respond(request_id, body, self._size)
            if what == "error":
                return self._runtime.fail(request_id, body, self._kind)
        return NOT_FOUND
