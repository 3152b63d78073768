"""The path of a request below its stage, as each kind of API reads it.

An HTTP API decodes the whole path before it looks for a route, and its functions get it decoded; a REST API looks at
the segments as they were sent. What AWS does with a path that could be read in two ways is documented nowhere, so that
this reading leaves no second one: a segment and its percent-encoding are the same, empty segments do not count (and
neither does a slash at the end), and a path with a dot segment has no route.
"""

import re
from urllib.parse import quote, unquote

_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SEGMENT = re.compile(r"[^/]+")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
# What stands for itself in a segment: `pchar` of RFC 3986 §3.3, without percent-encodings.
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@")
_ALIEN = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]")
_SLASH = "%2F"


def decoded_by_http_api(path: str) -> str | None:
    """Return the path as an HTTP API hands it on, or `None` where AWS answers 400.

    It is decoded twice, and cut at a question mark that the first time brings to light: observed on AWS, where
    `/a%3Fb` arrives as `/a`, `/a%252Fb` as `/a/b`, and `/a%25b` is refused.
    """
    if "%" not in path:
        return path
    if _NO_ESCAPE.search(path):
        return None
    once = unquote(path, errors="replace").partition("?")[0]
    return None if _NO_ESCAPE.search(once) else unquote(once, errors="replace")


def segments(path: str) -> list[str]:
    """Return the segments of a path that are not empty."""
    return [part for part in path.split("/") if part]


def has_dot_segment(path: str) -> bool:
    """Tell whether a decoded path has a segment `.` or `..`, which some function or server would resolve."""
    return "/." in path and any(part in {".", ".."} for part in path.split("/"))


def rest_of(path: str, position: int) -> str:
    """Return the path from its segment number `position` on, without slashes at its end."""
    if "//" not in path:
        return path.split("/", position + 1)[position + 1].rstrip("/")
    starts = [found.start() for found in _SEGMENT.finditer(path)]
    return path[starts[position] :].rstrip("/")


def canonical(path: str) -> str:
    """Return a path of a REST API with one spelling for all that mean the same route (RFC 3986 §6.2.2.2).

    It begins with a slash; characters that need no percent-encoding have none, all others have it in capitals, and no
    segment is empty.
    """
    if "%" in path:
        path = _ESCAPE.sub(_plain, path)
    if _ALIEN.search(path):
        path = _ALIEN.sub(lambda found: quote(found[0], safe="", encoding="latin-1"), path)
    return "/" + "/".join(segments(path))


def with_slashes(path: str) -> str | None:
    """Return a canonical path as whatever decodes it reads it, if that has more segments; `None` if it has not."""
    return canonical(path.replace(_SLASH, "/")) if _SLASH in path else None


def _plain(escape: re.Match[str]) -> str:
    character = chr(int(escape[0][1:], 16))
    return character if character in _PLAIN else escape[0].upper()
