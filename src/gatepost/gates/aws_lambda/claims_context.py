"""The claims of a token as the context of an authorizer's answer: flat, and no larger than API Gateway takes."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool

# `claims` is reserved, and API Gateway adds the other two by itself.
_RESERVED = frozenset({"claims", "principalId", "integrationLatency"})

# What functions ask for most goes in first, should there not be room for all.
_FIRST = ("sub", "client_id", "scope", "scp", "iss", "aud", "exp", "iat", "jti", "auth_time", "acr")

OMITTED = "gatepost_omitted"
"""The name under which the context lists the claims that there was no room for."""

# Octets kept for that list.
_RESERVE = 160


def claims_context(
    claims: Mapping[str, object], *, room: int, only: Collection[str] | None = None
) -> dict[str, Scalar]:
    """Return the claims as texts, numbers and booleans.

    A nested claim gets the path to it as its name, with dots: `realm_access.roles`. An array becomes one text with
    spaces between, or its JSON text where an element is no text, or has a space in it. `null` is left out.

    Args:
        claims: The claims.
        room: How many octets their JSON text may have.
        only: The claims to hand on, by the name of their first level, or `None` for all.
    """
    names = [*(name for name in _FIRST if name in claims), *(name for name in claims if name not in _FIRST)]
    found: dict[str, Scalar] = {}
    omitted: list[str] = []
    left = room - _RESERVE
    for name in names:
        if only is not None and name not in only:
            continue
        for path, value in _flat(name, claims[name]):
            size = len(json.dumps({path: value})) + 1
            if path in _RESERVED or path in found or path == OMITTED:
                continue
            if size > left:
                omitted.append(path)
                continue
            found[path] = value
            left -= size
    if omitted:
        text = " ".join(omitted)
        while text and len(json.dumps({OMITTED: text})) > _RESERVE + max(left, 0):
            text = text.rpartition(" ")[0]
        found[OMITTED] = text or "*"
    return found


def _flat(path: str, value: object) -> Iterator[tuple[str, Scalar]]:
    if isinstance(value, str | bool | int | float):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}", inner)
    elif isinstance(value, list | tuple):
        yield path, _joined(value)


def _joined(values: "list[object] | tuple[object, ...]") -> str:
    texts = [each for each in values if isinstance(each, str) and each and len(each.split()) == 1]
    return " ".join(texts) if len(texts) == len(values) else json.dumps(values)
