"""What a route demands of a request."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, TypeVar

from gatepost.frozen import Frozen

Mode: TypeAlias = Literal["off", "allowed", "required"]
ClaimValue: TypeAlias = str | int | float | bool

Value = TypeVar("Value")

# Stands for a claim that is not there.
ABSENT = object()


class Requirement(Frozen):
    """What one route demands. An empty field demands nothing.

    Attributes:
        public: Whether anybody is let in, with any token or none.
        issuers: The names of the issuers whose tokens are good here.
        scopes: Scopes that the token has to carry, all of them.
        any_scope: Scopes of which it has to carry at least one.
        max_auth_age: Seconds since the user authenticated that are acceptable, or `None`.
        acr: Authentication contexts of which any will do.
        claims: For each claim, by its name or its path with dots, the values of which it must have one.
        dpop: Whether tokens bound by DPoP are refused, accepted or demanded.
        mtls: The same for tokens bound to a client certificate.
        forward: For each request header to the upstream, the claim whose value it gets.
    """

    __slots__ = (
        "acr",
        "any_scope",
        "claims",
        "dpop",
        "forward",
        "issuers",
        "max_auth_age",
        "mtls",
        "public",
        "scopes",
    )

    public: bool
    issuers: tuple[str, ...]
    scopes: tuple[str, ...]
    any_scope: tuple[str, ...]
    max_auth_age: float | None
    acr: tuple[str, ...]
    claims: tuple[tuple[str, tuple[ClaimValue, ...]], ...]
    dpop: Mode
    mtls: Mode
    forward: tuple[tuple[str, str], ...]

    def __init__(
        self,
        *,
        public: bool = False,
        issuers: Iterable[str] = (),
        scopes: Iterable[str] = (),
        any_scope: Iterable[str] = (),
        max_auth_age: float | None = None,
        acr: Iterable[str] = (),
        claims: Mapping[str, Iterable[ClaimValue]] | None = None,
        dpop: Mode = "allowed",
        mtls: Mode = "allowed",
        forward: Mapping[str, str] | None = None,
    ) -> None:
        self._set(
            public=public,
            issuers=_several(issuers),
            scopes=_several(scopes),
            any_scope=_several(any_scope),
            max_auth_age=max_auth_age,
            acr=_several(acr),
            claims=tuple((path, _several(values)) for path, values in (claims or {}).items()),
            dpop=dpop,
            mtls=mtls,
            forward=tuple((forward or {}).items()),
        )


def _several(values: Iterable[Value]) -> tuple[Value, ...]:
    """Return the values; one text is one value, and not its letters."""
    if isinstance(values, str):
        return (values,)  # type: ignore[return-value]  # a text is an iterable of texts
    return tuple(values)


def claim_at(claims: Mapping[str, object], path: str) -> object:
    """Return the claim of that name, or the one that a path with dots leads to, or `ABSENT`.

    A claim whose own name holds dots, such as `https://example.com/roles`, goes before a path.
    """
    if path in claims:
        return claims[path]
    value: object = claims
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return ABSENT
        value = value[name]
    return value


def has_one_of(value: object, wanted: tuple[ClaimValue, ...]) -> bool:
    """Tell whether `value`, or an element of it where it is an array, is one of `wanted`; `1` is not `True`."""
    values = value if isinstance(value, list) else [value]
    return any(type(each) is type(one) and each == one for each in values for one in wanted)
