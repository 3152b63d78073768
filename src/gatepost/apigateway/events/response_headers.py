"""The headers of a function's response, as they go back to the client."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gatepost.apigateway.events.bad_answer import BadAnswer

Headers = list[tuple[str, str]]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(r"[\x00\r\n]")

# The gateway writes these itself: they belong to the connection and to the message that it sends.
_CONNECTION = frozenset(
    {"connection", "content-length", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)
# "Amazon API Gateway important notes", the table of headers, in its column for Lambda; the length and the request id,
# which the table does not name so, were observed.
_REMAPPED = frozenset(
    {"authorization", "connection", "content-length", "content-md5", "date", "max-forwards", "server", "user-agent"}
    | {"www-authenticate", "x-amzn-requestid"}
)
_DROPPED = frozenset(
    {"expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via"}
    | {"keep-alive", "proxy-connection"}
)


def sent_by_http_api(headers: Headers) -> Headers:
    """Return the headers that an HTTP API passes on."""
    return [header for header in headers if header[0].lower() not in _CONNECTION]


def sent_by_rest_api(headers: Headers) -> Headers:
    """Return the headers that a REST API passes on, some of them as `x-amzn-Remapped-NAME`."""
    found = []
    for name, value in headers:
        lower = name.lower()
        if lower in _REMAPPED:
            found.append((f"x-amzn-Remapped-{name}", value))
        elif lower not in _DROPPED:
            found.append((name, value))
    return found


def merged(headers: Mapping[str, Any], multi_value: Mapping[str, Any], *, strict: bool) -> Headers:
    """Return `headers` and `multiValueHeaders` as one list; of a name in both, the latter's values.

    Args:
        headers: Names with a value each.
        multi_value: Names with a list of values each.
        strict: Whether a value has to be a text or a boolean, as REST APIs want it.

    Raises:
        BadAnswer: When one is no header.
    """
    found: Headers = []
    for name, value in headers.items():
        found.append((_name(name), text(value, strict=strict)))
    if not multi_value:
        return found
    several: Headers = []
    for name, values in multi_value.items():
        if not isinstance(values, list):
            raise BadAnswer("a member of multiValueHeaders is no list")
        several += [(_name(name), text(value, strict=strict)) for value in values]
    taken = {name.lower() for name, _ in several}
    return [header for header in found if header[0].lower() not in taken] + several


def has(headers: Iterable[tuple[str, str]], wanted: str) -> bool:
    """Tell whether a header is there; `wanted` is in lower case."""
    return any(name.lower() == wanted for name, _ in headers)


def text(value: object, *, strict: bool) -> str:
    """Return the value of a header, whose octets are the characters of the text.

    Raises:
        BadAnswer: When it is none.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        if strict or not isinstance(value, int | float):
            raise BadAnswer("the value of a header is no text")
        return str(value)
    if _BAD_VALUE.search(value):
        raise BadAnswer("the value of a header has a line break or a NUL")
    return value if value.isascii() else value.encode("utf-8", "replace").decode("latin-1")


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadAnswer("the name of a header has a character that no name has")
    return name
