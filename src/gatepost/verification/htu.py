"""The URL of a DPoP proof, in the one spelling in which two of them can be compared (RFC 9449 §4.3, RFC 3986 §6.2)."""

import re
from string import ascii_letters, digits

MAX_LENGTH = 8192

# An absolute http or https URL without user information (RFC 3986 §3); its query and fragment do not count.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._~!$&'()*+,;=-]+)(?::(?P<port>[0-9]{0,5}))?"
    r"(?P<path>/(?:[a-z0-9._~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*)?"
    r"(?:[?#][!-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_ESCAPE = re.compile("%(..)")
_UNRESERVED = frozenset(ascii_letters + digits + "-._~")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalised(url: str) -> str | None:
    """Return `url` without query and fragment, in normal form, or `None` when it is not an absolute http(s) URL.

    Scheme and host are put in lower case, the scheme's own port is left out, escapes are written in capitals or
    undone where they need not be, and dot segments are removed. A trailing slash counts.
    """
    if len(url) > MAX_LENGTH:
        return None
    found = _URL.fullmatch(url)
    if found is None:
        return None
    scheme, host = found["scheme"].lower(), found["host"].lower()
    port = int(found["port"] or _DEFAULT_PORTS[scheme])
    authority = host if port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"
    return f"{scheme}://{authority}{_without_dots(_ESCAPE.sub(_unescaped, found['path'] or '/'))}"


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _without_dots(path: str) -> str:
    """Remove dot segments (RFC 3986 §5.2.4)."""
    segments = path.split("/")[1:]
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
