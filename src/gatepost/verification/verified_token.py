"""A token that was found good: what it says, read-only."""

from collections.abc import Iterable, Mapping
from typing import Any

from gatepost.jose.strict_json import JsonObject, sealed

# Of one token; what is noted about more subjects than these begins anew.
_NOTES_KEPT = 8


class VerifiedToken:
    """What a good token says.

    Everything in it is read-only, down to nested values, since the same object may answer for the same token again.
    """

    __slots__ = ("_claims", "_header", "_issuer", "_notes", "_sealed")

    def __init__(self, issuer: str, header: JsonObject, claims: dict[str, Any]) -> None:
        self._issuer = issuer
        self._header = header
        self._claims = claims
        self._sealed: JsonObject | None = None
        self._notes: dict[int, tuple[object, object]] | None = None

    def __repr__(self) -> str:
        """Show who issued it for whom, and no claim else."""
        return f"VerifiedToken(issuer={self._issuer!r}, subject={self.subject!r})"

    @property
    def claims(self) -> dict[str, Any]:
        """All claims, as a `dict` that refuses to be changed; `dict(token.claims)` makes a copy that can be."""
        if self._sealed is None:
            self._sealed = sealed(self._claims)
        return self._sealed

    @property
    def unsealed(self) -> Mapping[str, Any]:
        """All claims, to be read at once and handed to nobody: sealing them takes longer than reading one."""
        return self._claims

    @property
    def header(self) -> dict[str, Any]:
        """All header parameters, read-only as well."""
        return self._header

    @property
    def issuer(self) -> str:
        """The identifier of the trusted issuer."""
        return self._issuer

    @property
    def subject(self) -> str | None:
        """`sub`: who the token speaks of; absent in some client-credentials tokens."""
        return self._claims.get("sub")

    @property
    def audience(self) -> tuple[str, ...]:
        """`aud` as a tuple, empty when it is missing."""
        return _texts(self._claims.get("aud", ()))

    @property
    def client_id(self) -> str | None:
        """The client that the token was issued to: `client_id`, or the vendors' `cid`, `azp`, `appid`."""
        for name in ("client_id", "cid", "azp", "appid"):
            value = self._claims.get(name)
            if isinstance(value, str):
                return value
        return None

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes of `scope` and `scp`, each a string with spaces between them or an array."""
        return frozenset((*_words(self._claims.get("scope", "")), *_words(self._claims.get("scp", ""))))

    @property
    def expires_at(self) -> float:
        """`exp`, in seconds since 1970."""
        return self._claims["exp"]  # type: ignore[no-any-return]

    @property
    def issued_at(self) -> float | None:
        """`iat`, in seconds since 1970."""
        return self._claims.get("iat")

    @property
    def jti(self) -> str | None:
        """`jti`: the token's own name."""
        return self._claims.get("jti")

    @property
    def auth_time(self) -> float | None:
        """`auth_time`: when the user authenticated, in seconds since 1970."""
        return self._claims.get("auth_time")

    @property
    def acr(self) -> str | None:
        """`acr`: the authentication context."""
        return self._claims.get("acr")

    @property
    def amr(self) -> tuple[str, ...]:
        """`amr`: the authentication methods."""
        return tuple(self._claims.get("amr", ()))

    def take_notes(self) -> None:
        """Begin to take notes: for a token that will answer again. Others forget every note at once."""
        self._notes = {}

    @property
    def takes_notes(self) -> bool:
        """Whether notes are kept."""
        return self._notes is not None

    def note(self, subject: object, conclusion: object) -> None:
        """Note a conclusion about `subject` that follows from what this token says, and from nothing that changes.

        A note lasts as long as the token itself is remembered, and says nothing of its time, its key or its revocation.
        """
        if self._notes is not None:
            if len(self._notes) >= _NOTES_KEPT:
                self._notes.clear()
            self._notes[id(subject)] = subject, conclusion

    def noted(self, subject: object) -> object:
        """Return the conclusion that was noted about this very `subject`, or `None`."""
        note = None if self._notes is None else self._notes.get(id(subject))
        return None if note is None else note[1]


def _texts(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _words(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(value.split()) if isinstance(value, str) else tuple(value)
