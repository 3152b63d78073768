"""The path of a request, read in the one way that no server on its way can read differently.

A path that two servers could understand in two ways is refused: one of them would let in what the other protects.
"""

import re
from typing import TypeAlias

from gatepost.errors import ConfigurationError

Segments: TypeAlias = tuple[str, ...]

MAX_LENGTH = 8192

# RFC 3986 §3.3, less `;`, which some servers cut off together with what follows it in the segment.
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,=:@%/-]*")
_ESCAPE = re.compile(r"%(?P<octet>[0-9A-Fa-f]{2})?")


class UnclearPath(ConfigurationError):
    """The path could be understood in more than one way; the message says which."""

    code = "unclear_path"


def segments(path: str) -> Segments:
    r"""Return the decoded segments of a path as it was sent, without its query.

    One trailing slash makes no difference, since servers answer both spellings.

    Raises:
        UnclearPath: For escapes of `/`, `\`, `;`, `%` or control characters, escapes that are not UTF-8, dot segments,
            empty segments, path parameters, and every character that a URL must not hold.
    """
    if len(path) > MAX_LENGTH:
        raise UnclearPath(f"the path is longer than {MAX_LENGTH} characters")
    if not _PATH.fullmatch(path):
        raise UnclearPath("the path holds a character that a URL path must not hold, or that servers treat differently")
    if "%" in path:
        path = _decoded(path)
    parts = path.split("/")[1:]
    if parts[-1] == "":
        parts.pop()
    if "" in parts:
        raise UnclearPath("the path has an empty segment")
    if "." in parts or ".." in parts:
        raise UnclearPath("the path has a dot segment")
    return tuple(parts)


def _decoded(path: str) -> str:
    octets = bytearray()
    position = 0
    for escape in _ESCAPE.finditer(path):
        octets += path[position : escape.start()].encode("ascii")
        position = escape.end()
        digits = escape["octet"]
        if digits is None:
            raise UnclearPath("the path has a percent sign without two hexadecimal digits")
        octet = int(digits, 16)
        if octet < 0x20 or octet == 0x7F or octet in b"/\\;%?#":
            raise UnclearPath(f"the path has an escaped character that servers treat differently: %{digits.upper()}")
        octets.append(octet)
    octets += path[position:].encode("ascii")
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        raise UnclearPath("the path has escapes that are not UTF-8") from None
    if not text.isascii():
        _check_letters(text)
    return text


def _check_letters(text: str) -> None:
    """Refuse characters that become a slash, a dot or the like where a server normalises text, as U+FF0F does."""
    from unicodedata import normalize

    normal = normalize("NFKC", text)
    if any(normal.count(character) != text.count(character) for character in "/\\;%.?#"):
        raise UnclearPath("the path has a letter that some servers take for a slash, a dot or another sign")
    if any("\x80" <= character <= "\x9f" or character in "\u2028\u2029" for character in text):
        raise UnclearPath("the path has a control character")


def folded(segment: str) -> str:
    """Return what all spellings of a segment have in common that some server takes for the same: capitals, accents."""
    if segment.isascii():
        return segment.lower()
    from unicodedata import normalize

    return normalize("NFKC", normalize("NFKC", segment).casefold())
