"""Tokens to a test's liking: a vendor's claims, with any of them changed or left out."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Final

from gatepost.errors import ConfigurationError
from gatepost.jose import SigningKey, sign_compact
from gatepost.testing.key_ring import KeyRing
from gatepost.testing.shapes.shape import Kind, Shape


class Omitted(Enum):
    """The type of `OMIT`."""

    OMIT = "omit"


OMIT: Final = Omitted.OMIT
"""The value of a claim or header parameter that is to be left out. `None` is a value: JSON's `null`."""

_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


def changed(members: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Return `members` with `changes` made: set to their values, or left out where the value is `OMIT`."""
    return {name: value for name, value in {**members, **changes}.items() if value is not OMIT}


class Mint:
    """Makes an issuer's tokens."""

    def __init__(self, shape: Shape, keys: KeyRing, clock: Callable[[], float]) -> None:
        self._shape = shape
        self._keys = keys
        self._clock = clock

    def mint(
        self,
        claims: Mapping[str, object],
        header: Mapping[str, object],
        *,
        kind: Kind | None = None,
        scopes: Sequence[str] | None = None,
        key: SigningKey | None = None,
        access_token: str | None = None,
    ) -> str:
        """Return a token; see `LocalIssuer.mint_with`."""
        shape, published = self._shape, self._keys.current()
        chosen = shape.kinds[0] if kind is None else kind
        if chosen not in shape.kinds:
            raise ConfigurationError(f"the vendor issues JWTs only of the kind {', '.join(shape.kinds)}, not {kind!r}")
        said = shape.claims(chosen, int(self._clock()), shape.site.scopes if scopes is None else scopes)
        if chosen == "id":
            said["at_hash"] = at_hash(access_token or secrets.token_urlsafe(), shape.site.algorithm)
        parameters = changed(shape.header(chosen, published.certificate), header)
        if header.get("kid") is OMIT:
            parameters["kid"] = None  # the signer's way to leave it out
        return sign_compact(changed(said, claims), key or published.key, header=parameters)

    def mint_for_client(self, scopes: Sequence[str]) -> str:
        """Return what the token endpoint gives: a client's token, or the vendor's only kind."""
        kinds = self._shape.kinds
        kind: Kind = "client_credentials" if "client_credentials" in kinds else kinds[0]
        return self.mint({}, {}, kind=kind, scopes=scopes)


def at_hash(access_token: str, algorithm: str) -> str:
    """Return `at_hash` for an access token (OpenID Connect Core §3.1.3.6).

    Args:
        access_token: The access token.
        algorithm: What the ID token is signed with; its hash is taken. Ed25519 goes with SHA-512, Ed448 with
            SHAKE256 of 114 octets; ML-DSA names no hash, and SHA-256 is taken.
    """
    octets = access_token.encode()
    if algorithm == "Ed448":
        digest = hashlib.shake_256(octets).digest(114)
    elif algorithm == "Ed25519":
        digest = hashlib.sha512(octets).digest()
    else:
        digest = _HASHES.get(algorithm[-3:], hashlib.sha256)(octets).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
