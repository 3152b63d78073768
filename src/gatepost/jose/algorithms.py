"""The signature algorithms, by the type of key that each belongs to (RFC 7518 §3.1, RFC 9864, ML-DSA).

`none` does not exist here, and neither does any algorithm that is not in this list.
"""

from collections.abc import Iterable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

from gatepost.errors import ConfigurationError
from gatepost.jose.signature import Sign, Verify

# The value is the key type (`kty`). One key never serves two types, and one key object never two algorithms.
KEY_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "RS256": "RSA",
        "RS384": "RSA",
        "RS512": "RSA",
        "PS256": "RSA",
        "PS384": "RSA",
        "PS512": "RSA",
        "ES256": "EC",
        "ES384": "EC",
        "ES512": "EC",
        "Ed25519": "OKP",
        "Ed448": "OKP",
        "ML-DSA-44": "AKP",
        "ML-DSA-65": "AKP",
        "ML-DSA-87": "AKP",
        "HS256": "oct",
        "HS384": "oct",
        "HS512": "oct",
    }
)

SYMMETRIC = frozenset({"HS256", "HS384", "HS512"})
ASYMMETRIC = frozenset(KEY_TYPES) - SYMMETRIC

# RFC 8037 called both curves' signatures EdDSA; RFC 9864 gave each its own name. Tokens come with either.
EDDSA = frozenset({"Ed25519", "Ed448"})

_MODULES = {
    "RSA": "gatepost.jose.rsa",
    "EC": "gatepost.jose.ec",
    "OKP": "gatepost.jose.okp",
    "AKP": "gatepost.jose.akp",
}

# The beginnings of the names that the key classes of `cryptography` have.
_CLASSES = {"RSA": "RSA", "EC": "EC", "EllipticCurve": "EC", "Ed25519": "OKP", "Ed448": "OKP", "MLDSA": "AKP"}

# A key object of `cryptography`, of the class that belongs to the key type at hand.
PublicKey: TypeAlias = Any
PrivateKey: TypeAlias = Any


class KeyType(Protocol):
    """What the module of an asymmetric key type offers."""

    def check(self, key: PublicKey, /) -> PublicKey:
        """Return `key`, or raise `ConfigurationError` when it is too weak to trust."""

    def algorithms(self, key: PublicKey, /) -> tuple[str, ...]:
        """Return the algorithms that `key` can be bound to."""

    def generate(self, algorithm: str, /) -> PrivateKey:
        """Return a fresh private key for `algorithm`."""

    def from_jwk(self, jwk: Mapping[str, object], /) -> PublicKey:
        """Return the public key of a JWK, or raise `ConfigurationError`."""

    def private_from_jwk(self, jwk: Mapping[str, object], /) -> PrivateKey:
        """Return the private key of a JWK, or raise `ConfigurationError`."""

    def members(self, key: PublicKey, /) -> dict[str, str]:
        """Return the members that define a public key in a JWK."""

    def private_members(self, key: PrivateKey, /) -> dict[str, str]:
        """Return the members that a private JWK has on top."""

    def verifier(self, key: PublicKey, algorithm: str, /) -> Verify:
        """Return the check of `algorithm` with the public `key`."""

    def signer(self, key: PrivateKey, algorithm: str, /) -> Sign:
        """Return the function that signs with the private `key`."""


def key_type(kty: str) -> KeyType | None:
    """Return the module of an asymmetric key type, imported on first use, or `None` for a type that is not known."""
    module = _MODULES.get(kty)
    return None if module is None else import_module(module)


def key_type_for(algorithm: str) -> KeyType:
    """Return the module of the key type that `algorithm`, an asymmetric one, belongs to."""
    return import_module(_MODULES[KEY_TYPES[algorithm]])


def key_type_of(key: PublicKey | PrivateKey) -> KeyType:
    """Return the module for a key object of `cryptography`.

    Raises:
        ConfigurationError: For a key of a type that signs no tokens.
    """
    name = type(key).__name__
    for beginning, kty in _CLASSES.items():
        if name.startswith(beginning):
            return import_module(_MODULES[kty])
    raise ConfigurationError(f"a key of type {name} signs no tokens")


def allowed(chosen: Iterable[str]) -> frozenset[str]:
    """Return the algorithms named, with `EdDSA` spelled out.

    Raises:
        ConfigurationError: For a name that is not in the list, with the names that are.
    """
    if isinstance(chosen, str):
        raise ConfigurationError(f"algorithms is a tuple of names: ({chosen!r},)")
    chosen = frozenset(chosen)
    unknown = chosen - KEY_TYPES.keys() - {"EdDSA"}
    if unknown:
        raise ConfigurationError(f"unknown algorithm {min(unknown)!r}; known are {', '.join(KEY_TYPES)}, EdDSA")
    return chosen - {"EdDSA"} | EDDSA if "EdDSA" in chosen else chosen


def of_type(kty: str) -> frozenset[str]:
    """Return the algorithms that belong to the key type `kty`."""
    return frozenset(name for name, its_type in KEY_TYPES.items() if its_type == kty)


def names(algorithm: str) -> tuple[str, ...]:
    """Return the values of `alg` in a header that mean `algorithm`."""
    return (algorithm, "EdDSA") if algorithm in EDDSA else (algorithm,)


def spellings(accepted: frozenset[str]) -> frozenset[str]:
    """Return the values of `alg` in a header that may stand for one of the algorithms `accepted`."""
    return accepted | {"EdDSA"} if accepted & EDDSA else accepted
