"""Shared secrets: HS256, HS384, HS512 (RFC 7518 §3.2)."""

from collections.abc import Iterator
from hashlib import sha256
from hmac import compare_digest, digest

from gatepost.errors import ConfigurationError, Reason, TokenRejected
from gatepost.jose.signature import Sign, Verify
from gatepost.jose.verifying_key import VerifyingKey

_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
_SIZES = {"HS256": 32, "HS384": 48, "HS512": 64}


def check(secret: bytes, algorithm: str) -> bytes:
    """Return `secret`, if it is as long as the hash of `algorithm` (RFC 7518 §3.2).

    Raises:
        ConfigurationError: When it is shorter or is not bytes, or the algorithm is not an HMAC.
    """
    if algorithm not in _SIZES:
        raise ConfigurationError(f"a shared secret is for {', '.join(_SIZES)}, and comes before the algorithm")
    if not isinstance(secret, bytes):
        raise ConfigurationError("a shared secret is bytes; encode the text first, or decode its base64")
    if len(secret) < _SIZES[algorithm]:
        raise ConfigurationError(f"{algorithm} needs a secret of at least {_SIZES[algorithm]} bytes, not {len(secret)}")
    return secret


def size(algorithm: str) -> int:
    """Return the number of bytes that a secret for `algorithm` has at least."""
    return _SIZES[algorithm]


def verifier(secret: bytes, algorithm: str) -> Verify:
    """Return the check of `algorithm` with `secret`, in constant time."""
    name = _HASHES[algorithm]

    def verify(signature: bytes, signing_input: bytes) -> None:
        if not compare_digest(digest(secret, signing_input, name), signature):
            raise TokenRejected(Reason.BAD_SIGNATURE)

    return verify


def signer(secret: bytes, algorithm: str) -> Sign:
    """Return the function that signs with `secret` by `algorithm`."""
    name = _HASHES[algorithm]
    return lambda signing_input: digest(secret, signing_input, name)


def bind(secret: bytes, algorithm: str | None, kid: str | None) -> Iterator[VerifyingKey]:
    """Yield one key object for each algorithm that `secret` serves: the one named, or all that it is long enough for.

    Raises:
        ConfigurationError: When it is too short, or the algorithm is not an HMAC.
    """
    check(secret, "HS256" if algorithm is None else algorithm)
    # Keys are compared by their members, and a comparison must never show a secret.
    members = {"digest": sha256(secret).hexdigest()}
    for name in [name for name, size in _SIZES.items() if len(secret) >= size] if algorithm is None else [algorithm]:
        yield VerifyingKey(name, kid, verifier(secret, name), members, None)
