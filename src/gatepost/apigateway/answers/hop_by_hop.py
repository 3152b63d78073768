"""Headers that belong to one connection, and are not handed on (RFC 9110 §7.6.1)."""

from collections.abc import Iterable

_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)


def end_to_end(
    headers: Iterable[tuple[str, str]], *, without: frozenset[str] = frozenset(), keep: frozenset[str] = frozenset()
) -> tuple[tuple[str, str], ...]:
    """Return the headers that go on, without those that `Connection` names.

    Args:
        headers: Names and values.
        without: Further names that do not, in lower case.
        keep: Names that do, though they belong to the connection: what a REST API hands on under another name.
    """
    headers = tuple(headers)
    named = {
        option.strip().lower() for name, value in headers if name.lower() == "connection" for option in value.split(",")
    }
    dropped = (_HOP_BY_HOP | named | without) - keep
    return tuple(header for header in headers if header[0].lower() not in dropped)
