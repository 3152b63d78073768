"""Fetching a document: the interface, what comes back, and how it fails."""

from typing import Protocol

from gatepost.errors import GatepostError
from gatepost.frozen import Frozen

_LONGEST_TAG = 256


class Response(Frozen):
    """What a server answered.

    Attributes:
        status: The HTTP status.
        body: The octets of the body; empty unless the status is 200.
        etag: The value of `ETag`, or `None`.
        max_age: Seconds that the answer may be kept by `Cache-Control` and `Age`, 0 when it must not, or `None` when
            the server does not say.
    """

    __slots__ = ("body", "etag", "max_age", "status")

    status: int
    body: bytes
    etag: str | None
    max_age: float | None

    def __init__(
        self, status: int, body: bytes = b"", *, etag: str | None = None, max_age: float | None = None
    ) -> None:
        self._set(status=status, body=body, etag=etag, max_age=max_age)


class FetchFailed(GatepostError):
    """A document could not be fetched, or is not what it should be; the message says where and why.

    Attributes:
        status: The HTTP status that the server answered, or `None` when it did not get that far.
    """

    code = "fetch_failed"

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Fetcher(Protocol):
    """What fetches documents: once, within its limits, following nothing."""

    def fetch(self, url: str, *, etag: str | None = None) -> Response:
        """Return what `url` answers, with status 200, or 304 when it is still the document that `etag` names.

        Raises:
            FetchFailed: For everything else, such as another status, a redirect, a time or size limit.
        """


def max_age(cache_control: str | None, age: str | None) -> float | None:
    """Return the seconds that an answer may be kept still (RFC 9111 §4.2.1, §5.2.2).

    Args:
        cache_control: The value of `Cache-Control`, or `None`.
        age: The value of `Age`, or `None`.
    """
    directives = {}
    for directive in (cache_control or "").split(","):
        name, _, value = directive.strip().lower().partition("=")
        directives[name] = value.strip('"')
    if "no-store" in directives or "no-cache" in directives:
        return 0
    seconds = directives.get("max-age", "")
    if not _is_number(seconds):
        return None
    passed = int(age) if age is not None and _is_number(age.strip()) else 0
    return float(max(0, int(seconds) - passed))


def entity_tag(etag: str | None) -> str | None:
    """Return the value of `ETag` (RFC 9110 §8.8.3) if it is one that can be sent back, and `None` otherwise."""
    if etag is None or not 0 < len(etag) <= _LONGEST_TAG or not all("!" <= character <= "~" for character in etag):
        return None
    return etag


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10
