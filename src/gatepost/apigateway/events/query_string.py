"""The query string of a request, as each format of an event shows it."""

from collections.abc import Mapping
from urllib.parse import unquote_plus


def pairs(query: str, *, semicolons: bool = False) -> list[tuple[str, str]]:
    """Return the decoded names and values of a query string, in order.

    Args:
        query: The query string as it was sent.
        semicolons: Whether a semicolon separates, too: REST APIs do so ("Amazon API Gateway important notes").
    """
    if not query:
        return []
    if semicolons:
        query = query.replace(";", "&")
    coded = "%" in query or "+" in query
    found = []
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            if coded:
                name, value = unquote_plus(name, errors="replace"), unquote_plus(value, errors="replace")
            found.append((name, value))
    return found


def joined(query: str) -> dict[str, str]:
    """Return each name with its values joined by commas (format 2.0)."""
    result: dict[str, str] = {}
    for name, value in pairs(query):
        result[name] = f"{result[name]},{value}" if name in result else value
    return result


def listed(query: str, *, semicolons: bool = False) -> dict[str, list[str]]:
    """Return each name with its values (format 1.0)."""
    result: dict[str, list[str]] = {}
    for name, value in pairs(query, semicolons=semicolons):
        result.setdefault(name, []).append(value)
    return result


def last(values: Mapping[str, list[str]]) -> dict[str, str]:
    """Return each name with its last value."""
    return {name: each[-1] for name, each in values.items()}


def first(values: Mapping[str, list[str]]) -> dict[str, str]:
    """Return each name with its first value."""
    return {name: each[0] for name, each in values.items()}
