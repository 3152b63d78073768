"""Envoy's header `X-Forwarded-Client-Cert`: elements between commas, of pairs between semicolons.

Source: Envoy documentation, "HTTP header manipulation", x-forwarded-client-cert.
"""

import re

# A value with a comma, a semicolon or an equals sign in it stands in quotes, where a backslash escapes the next one.
_PAIR = re.compile(r'\s*+([A-Za-z]+)=(?:"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<bare>[^",;]*+))\s*+(?P<end>[,;]|$)')
_ONCE = frozenset({"hash", "cert"})


def last_element(value: str) -> dict[str, str]:
    """Return the pairs of the last element, with their keys in lower case: that of the nearest proxy.

    Raises:
        ValueError: When the header is not of its form, or the element says twice what it may say once.
    """
    pairs: dict[str, str] = {}
    position, end = 0, ","
    while end:
        if end == ",":
            pairs = {}
        found = _PAIR.match(value, position)
        if found is None:
            raise ValueError
        key = found[1].lower()
        if key in _ONCE and key in pairs:
            raise ValueError
        quoted = found["quoted"]
        pairs[key] = found["bare"].strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        position, end = found.end(), found["end"]
    return pairs
