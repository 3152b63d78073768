"""JWK thumbprints (RFC 7638)."""

from collections.abc import Mapping
from hashlib import sha256
from json import dumps

from gatepost.errors import ConfigurationError
from gatepost.jose import base64url

# The required members of each key type; EC and oct: RFC 7638 §3.2, OKP: RFC 8037 §2, AKP: draft-ietf-cose-dilithium.
_REQUIRED = {
    "RSA": ("e", "kty", "n"),
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "oct": ("k", "kty"),
    "AKP": ("alg", "kty", "pub"),
}


def thumbprint(jwk: Mapping[str, object]) -> str:
    """Return the SHA-256 thumbprint of a JWK, as base64url text of 43 characters.

    Raises:
        ConfigurationError: When its type is unknown, or a required member is missing or not a string.
    """
    kty = jwk.get("kty")
    required = _REQUIRED.get(kty) if isinstance(kty, str) else None
    if required is None:
        raise ConfigurationError(f"the member kty is none of {', '.join(_REQUIRED)}")
    members = {name: jwk.get(name) for name in required}
    for name, value in members.items():
        if not isinstance(value, str):
            raise ConfigurationError(f"the member {name} is missing or not a string")
    canonical = dumps(members, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return base64url.encode(sha256(canonical.encode("utf-8", "surrogatepass")).digest()).decode()
