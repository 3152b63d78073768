"""Response headers that a REST API does not let an integration set, and hands on under another name.

API Gateway developer guide, "Amazon API Gateway important notes for REST APIs"; the rest as seen on live APIs.
"""

from collections.abc import Iterable

_REMAPPED = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "server",
        "www-authenticate",
        "x-amzn-requestid",
        "x-forwarded-for",
    }
)


def remapped(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return an integration's headers as a REST API hands them on: `x-amzn-Remapped-Date` and the like."""
    return tuple((f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name, value) for name, value in headers)
