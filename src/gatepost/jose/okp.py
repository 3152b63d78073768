"""Edwards-curve signatures: Ed25519 and Ed448 (RFC 8037, RFC 9864), also under the older name EdDSA."""

from collections.abc import Mapping
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gatepost.errors import ConfigurationError
from gatepost.jose import octets
from gatepost.jose.signature import Sign, Verify, plain_verifier

Public: TypeAlias = Ed25519PublicKey | Ed448PublicKey
Private: TypeAlias = Ed25519PrivateKey | Ed448PrivateKey

ALGORITHMS = ("Ed25519", "Ed448")

_PUBLIC: Mapping[str, type[Public]] = {"Ed25519": Ed25519PublicKey, "Ed448": Ed448PublicKey}
_PRIVATE: Mapping[str, type[Private]] = {"Ed25519": Ed25519PrivateKey, "Ed448": Ed448PrivateKey}


def check(key: Public) -> Public:
    """Return `key`; every key of these curves will do."""
    return key


def algorithms(key: Public) -> tuple[str, ...]:
    """Return the one algorithm of the key's curve; it bears the curve's name."""
    return ("Ed25519",) if isinstance(key, Ed25519PublicKey) else ("Ed448",)


def generate(algorithm: str) -> Private:
    """Return a fresh key on the curve of `algorithm`."""
    return _PRIVATE[algorithm].generate()


def from_jwk(jwk: Mapping[str, object]) -> Public:
    """Return the public key of a JWK (RFC 8037 §2)."""
    crv = _crv(jwk)
    try:
        return _PUBLIC[crv].from_public_bytes(octets.read(jwk, "x"))
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"its member x is not a key of {crv}") from None


def private_from_jwk(jwk: Mapping[str, object]) -> Private:
    """Return the private key of a JWK (RFC 8037 §2)."""
    crv = _crv(jwk)
    try:
        key = _PRIVATE[crv].from_private_bytes(octets.read(jwk, "d"))
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"its member d is not a private key of {crv}") from None
    if key.public_key() != from_jwk(jwk):
        raise ConfigurationError("its private member d does not fit its member x")
    return key


def members(key: Public) -> dict[str, str]:
    """Return the members that define the public key in a JWK."""
    return {"kty": "OKP", "crv": algorithms(key)[0], "x": octets.write(key.public_bytes_raw())}


def private_members(key: Private) -> dict[str, str]:
    """Return the member that a private JWK has on top."""
    return {"d": octets.write(key.private_bytes_raw())}


def verifier(key: Public, _: str) -> Verify:
    """Return the check with `key`."""
    return plain_verifier(key.verify)


def signer(key: Private, _: str) -> Sign:
    """Return the function that signs with `key`."""
    return key.sign


def _crv(jwk: Mapping[str, object]) -> str:
    crv = jwk.get("crv")
    if not isinstance(crv, str) or crv not in _PUBLIC:
        raise ConfigurationError(f"its curve is none of {', '.join(_PUBLIC)}")
    return crv
