"""ML-DSA signatures (FIPS 204): ML-DSA-44, ML-DSA-65, ML-DSA-87 with keys of type AKP (draft-ietf-cose-dilithium)."""

from collections.abc import Mapping
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import mldsa

from gatepost.errors import ConfigurationError
from gatepost.jose import octets
from gatepost.jose.signature import Sign, Verify, plain_verifier

Public: TypeAlias = mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey
Private: TypeAlias = mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey

_PUBLIC: Mapping[str, type[Public]] = {
    "ML-DSA-44": mldsa.MLDSA44PublicKey,
    "ML-DSA-65": mldsa.MLDSA65PublicKey,
    "ML-DSA-87": mldsa.MLDSA87PublicKey,
}
_PRIVATE: Mapping[str, type[Private]] = {
    "ML-DSA-44": mldsa.MLDSA44PrivateKey,
    "ML-DSA-65": mldsa.MLDSA65PrivateKey,
    "ML-DSA-87": mldsa.MLDSA87PrivateKey,
}

ALGORITHMS = tuple(_PUBLIC)


def check(key: Public) -> Public:
    """Return `key`; every key of these parameter sets will do."""
    return key


def algorithms(key: Public) -> tuple[str, ...]:
    """Return the one algorithm of the key's parameter set."""
    return tuple(name for name, kind in _PUBLIC.items() if isinstance(key, kind))


def generate(algorithm: str) -> Private:
    """Return a fresh key of the parameter set of `algorithm`."""
    return _PRIVATE[algorithm].generate()


def from_jwk(jwk: Mapping[str, object]) -> Public:
    """Return the public key of a JWK; `alg` names its parameter set and is required."""
    algorithm = _algorithm(jwk)
    try:
        return _PUBLIC[algorithm].from_public_bytes(octets.read(jwk, "pub"))
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"its member pub is not a key of {algorithm}") from None


def private_from_jwk(jwk: Mapping[str, object]) -> Private:
    """Return the private key of a JWK; `priv` is the seed of 32 octets."""
    algorithm = _algorithm(jwk)
    try:
        key = _PRIVATE[algorithm].from_seed_bytes(octets.read(jwk, "priv", length=32))
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"its member priv is not a seed of {algorithm}") from None
    if members(key.public_key())["pub"] != jwk.get("pub"):
        raise ConfigurationError("its private member priv does not fit its member pub")
    return key


def members(key: Public) -> dict[str, str]:
    """Return the members that define the public key in a JWK."""
    return {"kty": "AKP", "alg": algorithms(key)[0], "pub": octets.write(key.public_bytes_raw())}


def private_members(key: Private) -> dict[str, str]:
    """Return the member that a private JWK has on top."""
    return {"priv": octets.write(key.private_bytes_raw())}


def verifier(key: Public, _: str) -> Verify:
    """Return the check with `key`; the context string is empty."""
    return plain_verifier(key.verify)


def signer(key: Private, _: str) -> Sign:
    """Return the function that signs with `key`."""
    return key.sign


def _algorithm(jwk: Mapping[str, object]) -> str:
    algorithm = jwk.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _PUBLIC:
        raise ConfigurationError(f"its member alg is none of {', '.join(_PUBLIC)}")
    return algorithm
