"""The head of a request as it arrives: what is taken, and what is refused before anybody else sees it."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

# How a body comes after the head.
Expectation: TypeAlias = Literal["", "100-continue", "other"]
Header: TypeAlias = tuple[str, str]

_VERSIONS = frozenset({"1.0", "1.1"})


class Malformed(Exception):
    """A request that no two servers would read in the same way, or that is none."""


class Head(NamedTuple):
    """The head of a request.

    Attributes:
        method: The method.
        path: The path as it was sent.
        query: The query string as it was sent, without the question mark.
        headers: Names as they were sent, and values.
        version: `1.0` or `1.1`.
        length: What `content-length` announces, or 0.
        expectation: What the client waits for before it sends the body.
    """

    method: str
    path: str
    query: str
    headers: tuple[Header, ...]
    version: str
    length: int
    expectation: Expectation


def read_head(method: str, target: str, headers: Sequence[Header], version: str) -> Head:
    """Return the head of a request.

    The parser has refused by then what is wrong in a single line, and a `content-length` beside another one or beside
    `transfer-encoding`.

    Raises:
        Malformed: When it is ambiguous or not for a gateway.
    """
    if version not in _VERSIONS:
        raise Malformed("HTTP/1.1 and HTTP/1.0 are served")
    hosts = 0
    length = 0
    expectation: Expectation = ""
    for name, value in headers:
        size = len(name)
        if size == 4 and name.lower() == "host":
            hosts += 1
        elif size == 6 and name.lower() == "expect":
            expectation = "100-continue" if value.lower() == "100-continue" else "other"
        elif size == 14 and name.lower() == "content-length":
            length = int(value)
        elif size == 17 and name.lower() == "transfer-encoding" and (value.lower() != "chunked" or version == "1.0"):
            # RFC 9112 §6.1: what cannot be decoded, and what HTTP/1.0 does not know, is an attack or a mistake.
            raise Malformed("transfer-encoding is chunked, in HTTP/1.1")
    if hosts > 1 or (not hosts and version == "1.1"):
        raise Malformed("RFC 9112 §3.2: one host header")
    path, _, query = _origin_form(target).partition("?")
    return Head(method, path, query, tuple(headers), version, length, expectation if version == "1.1" else "")


def _origin_form(target: str) -> str:
    """Return the target as a path with its query string; a client may name the host in it too (RFC 9112 §3.2.2)."""
    if not target.startswith("/"):
        scheme, found, rest = target.partition("://")
        if not found or scheme.lower() not in {"http", "https"}:
            raise Malformed("the target of a request is a path")
        end = min((place for place in map(rest.find, "/?#") if place >= 0), default=len(rest))
        target = rest[end:]
        if not target.startswith("/"):
            target = f"/{target}"
    if "#" in target:
        raise Malformed("RFC 9112 §3.2: a target has no fragment")
    return target
