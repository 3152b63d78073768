"""JWKs and sets of them, as an issuer would publish them."""

from typing import Any

from gatepost.jose import KeySet, SigningKey
from tests.jose.keys_at_hand import signing_key


def jwk_of(algorithm: str, **changes: object) -> dict[str, Any]:
    """Return a public JWK, in which a change to `None` leaves the member out."""
    jwk = {**signing_key(algorithm).to_jwk(), **changes}
    return {name: value for name, value in jwk.items() if value is not None}


def another(algorithm: str, **changes: object) -> dict[str, Any]:
    """Return the JWK of another key than `jwk_of` does."""
    return {**SigningKey.generate(algorithm).to_jwk(), **changes}


def key_set(*jwks: object) -> KeySet:
    return KeySet.from_jwks({"keys": list(jwks)})
