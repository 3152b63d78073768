"""Edwards-curve signatures: Ed25519 and Ed448 (RFC 8037, RFC 9864), also under the older name EdDSA."""

from collections.abc import Mapping
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gatepost.errors import ConfigurationError
from gatepost.jose import octets as octets_of
from gatepost.jose.signature import Sign, Verify, plain_verifier

Public: TypeAlias = Ed25519PublicKey | Ed448PublicKey
Private: TypeAlias = Ed25519PrivateKey | Ed448PrivateKey

_P25519 = 2**255 - 19
_P448 = 2**448 - 2**224 - 1
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7  # y of a point of order 8 on Ed25519

# For each curve its prime, and the y coordinates, modulo it, of the points of small order.
_SMALL_ORDER = {
    "Ed25519": (_P25519, frozenset({0, 1, _P25519 - 1, _ORDER_8, _P25519 - _ORDER_8})),
    "Ed448": (_P448, frozenset({0, 1, _P448 - 1})),
}

_PUBLIC: Mapping[str, type[Public]] = {"Ed25519": Ed25519PublicKey, "Ed448": Ed448PublicKey}
_PRIVATE: Mapping[str, type[Private]] = {"Ed25519": Ed25519PrivateKey, "Ed448": Ed448PrivateKey}


def check(key: Public) -> Public:
    """Return `key`, if its point is of full order.

    Raises:
        ConfigurationError: For a point of small order, with which one signature fits every message (RFC 8032 §8.9).
    """
    octets = key.public_bytes_raw()
    prime, small = _SMALL_ORDER[algorithms(key)[0]]
    y = int.from_bytes(octets, "little") & ~(1 << 8 * len(octets) - 1)
    if y % prime in small:
        raise ConfigurationError("its point is of small order, so it signs nothing")
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
        return _PUBLIC[crv].from_public_bytes(octets_of.read(jwk, "x"))
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"its member x is not a key of {crv}") from None


def private_from_jwk(jwk: Mapping[str, object]) -> Private:
    """Return the private key of a JWK (RFC 8037 §2)."""
    crv = _crv(jwk)
    try:
        key = _PRIVATE[crv].from_private_bytes(octets_of.read(jwk, "d"))
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"its member d is not a private key of {crv}") from None
    if key.public_key() != from_jwk(jwk):
        raise ConfigurationError("its private member d does not fit its member x")
    return key


def members(key: Public) -> dict[str, str]:
    """Return the members that define the public key in a JWK."""
    return {"kty": "OKP", "crv": algorithms(key)[0], "x": octets_of.write(key.public_bytes_raw())}


def private_members(key: Private) -> dict[str, str]:
    """Return the member that a private JWK has on top."""
    return {"d": octets_of.write(key.private_bytes_raw())}


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
