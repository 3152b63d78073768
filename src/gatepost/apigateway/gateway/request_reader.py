"""The requests of one connection as they arrive: their heads, their bodies, and how much of both is taken."""

from typing import Protocol

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from gatepost.apigateway.exchange import Failure, Response
from gatepost.apigateway.gateway.http_request import Head, Header, Malformed, read_head

# The API refuses more than 10,240 octets of headers in its own words; beyond this nobody reads on to find out.
MAX_HEAD = 64 * 1024
MAX_BODY = 10 * 1024 * 1024
# With the framing of chunks, what is said beside them, and trailers.
_MAX_OCTETS = 8 * MAX_BODY

BAD_REQUEST = Response(400, (("content-type", "application/json"),), b'{"message":"Bad Request"}')
_EXPECTATION_FAILED = Response(417, (("content-type", "application/json"),), b'{"message":"Expectation Failed"}')


class Taker(Protocol):
    """What gets the requests."""

    def began(self) -> None:
        """A request begins."""

    def headed(self) -> None:
        """Its head has been read, and its body is taken."""

    def take(self, head: Head, body: bytes, stays: bool, /) -> None:
        """It is complete; `stays` tells whether another one may follow."""

    def refuse(self, head: Head, refusal: Failure, /) -> None:
        """It is too large, and nothing more of it is read."""

    def end_with(self, response: Response, /) -> None:
        """It is none; this is the answer, and nothing more is read."""


class RequestReader:
    """Reads the requests of a connection.

    Attributes:
        deaf: Whether nothing that comes from now on is read.
        arriving: Whether a request has begun and is not complete.
        head: The head of the request that is arriving, once it was read.
        owes_continue: Whether the client holds the body back until it is asked for.
    """

    def __init__(self, taker: Taker) -> None:
        """Hand requests to `taker`."""
        self.deaf = False
        self.arriving = False
        self.head: Head | None = None
        self.owes_continue = False
        self._taker = taker
        self._parser = HttpRequestParser(self)
        self._target = ""
        self._headers: list[Header] = []
        self._octets = 0
        self._body: list[bytes] = []
        self._body_octets = 0

    def feed(self, data: bytes) -> None:
        """Take what arrived."""
        if self.deaf:
            return
        self._octets += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            pass  # the request was complete, and is answered as the plain one that it also is
        except HttpParserError:
            self._end_with(BAD_REQUEST)
            return
        self._measure()

    def _measure(self) -> None:
        """See that a request that is still arriving is not too much of one."""
        if self.deaf:
            return
        if not self.arriving:
            self._octets = 0
        elif self.head is None and self._octets > MAX_HEAD:
            self._refuse(Failure("HEADERS_TOO_LARGE"))
        elif self._octets > _MAX_OCTETS:
            self._refuse(Failure("REQUEST_TOO_LARGE"))

    # ── httptools ────────────────────────────────────────────────────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        """Begin with a request."""
        if self.deaf:
            return
        self._target = ""
        self._headers = []
        self.head = None
        self._body = []
        self._body_octets = 0
        self.arriving = True
        self._taker.began()

    def on_url(self, url: bytes) -> None:
        """Take the target, or a part of it."""
        self._target += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if self.head is None:  # what comes after a chunked body is left out
            self._headers.append((name.decode("latin-1"), value.decode("latin-1").rstrip(" \t")))

    def on_headers_complete(self) -> None:
        """Look at the head, before anything of the body is taken."""
        if self.deaf:
            return
        parser = self._parser
        try:
            self.head = head = read_head(
                parser.get_method().decode("ascii"), self._target, self._headers, parser.get_http_version()
            )
        except Malformed:
            self._end_with(BAD_REQUEST)
            return
        if head.expectation == "other":
            self._end_with(_EXPECTATION_FAILED)
        elif head.length > MAX_BODY:
            self._refuse(Failure("REQUEST_TOO_LARGE"))
        else:
            self.owes_continue = bool(head.expectation)
            self._taker.headed()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if self.deaf:
            return
        self._body_octets += len(body)
        if self._body_octets > MAX_BODY:
            self._refuse(Failure("REQUEST_TOO_LARGE"))
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Hand on a complete request."""
        head, body, parser = self.head, self._body, self._parser
        if self.deaf or head is None:
            return
        stays = parser.should_keep_alive() and not parser.should_upgrade() and head.version != "1.0"
        self.head = None
        self.arriving = False
        self.owes_continue = False
        self._octets = 0
        if not stays:
            self.deaf = True
        self._taker.take(head, b"".join(body) if body else b"", stays)

    # ── ends ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _refuse(self, refusal: Failure) -> None:
        """Let the API answer in its own words, of which it has not seen everything."""
        self.deaf = True
        path, _, query = self._target.partition("?")
        self._taker.refuse(self.head or Head("GET", path or "/", query, tuple(self._headers), "1.1", 0, ""), refusal)

    def _end_with(self, response: Response) -> None:
        if not self.deaf:
            self.deaf = True
            self._taker.end_with(response)
