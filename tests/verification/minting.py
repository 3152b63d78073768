"""Tokens of one issuer for one API and one client, at one moment."""

from collections.abc import Mapping
from typing import Any

from gatepost import Issuer, KeySet, Verifier
from gatepost.jose import SigningKey, sign_compact
from tests.jose.keys_at_hand import signing_key

NOW = 1_800_000_000
ISSUER = "https://issuer.example"
AUDIENCE = "https://api.example.com"
CLIENT = "client-1"

ABSENT = object()  # a change to this leaves the claim out

ISSUERS_KEY = signing_key("ES256")


def access_claims(**changes: object) -> dict[str, object]:
    """Return the claims of a good access token (RFC 9068 §2.2)."""
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "alice",
        "client_id": CLIENT,
        "scope": "read write",
        "jti": "token-1",
        "iat": NOW - 60,
        "exp": NOW + 600,
    }
    return changed(claims, changes)


def id_claims(**changes: object) -> dict[str, object]:
    """Return the claims of a good ID token (OpenID Connect Core §2)."""
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "alice",
        "nonce": "nonce-1",
        "auth_time": NOW - 70,
        "iat": NOW - 60,
        "exp": NOW + 600,
    }
    return changed(claims, changes)


def changed(claims: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in {**claims, **changes}.items() if value is not ABSENT}


def mint(claims: bytes | Mapping[str, object], key: SigningKey = ISSUERS_KEY, **header: object) -> str:
    """Return a token that the issuer signed, by `key`."""
    return sign_compact(claims, key, header=header)


def api_issuer(keys: Any = None, **options: Any) -> Issuer:
    """Return the issuer as the API trusts it."""
    return Issuer(ISSUER, **{"audience": AUDIENCE, "keys": keys or ISSUERS_KEY.key_set(), **options})


def api(keys: Any = None, *, clock: Any = lambda: NOW, token_cache: int | None = 1024, **options: Any) -> Verifier:
    """Return the verifier of an API that takes the issuer's access tokens."""
    return Verifier(api_issuer(keys, **options), token_cache=token_cache, clock=clock)


def client(keys: KeySet | None = None, **options: Any) -> Verifier:
    """Return the verifier of a client that takes the issuer's ID tokens."""
    return api(keys, **{"audience": CLIENT, "token_type": "id", **options})
