"""An event as the octets that a function gets."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode


def encoded(event: Mapping[str, Any]) -> bytes:
    """Return an event as JSON.

    A context may hold half a surrogate pair, which a JSON text can write as an escape and UTF-8 cannot, and a number
    of more than 64 bits: both go the slower way.
    """
    try:
        return _encode(event)
    except (UnicodeEncodeError, OverflowError):
        return json.dumps(event).encode("ascii")
