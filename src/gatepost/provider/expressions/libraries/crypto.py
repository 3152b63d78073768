"""`#crypto`: hashes, in lower-case hexadecimal."""

import hashlib
import hmac
from typing import Final

from gatepost.provider.expressions.evaluation import Evaluation
from gatepost.provider.expressions.libraries.function import Library, of

CRYPTO: Final[Library] = {}

_ALGORITHMS: Final = {
    "MD5": "md5",
    "SHA1": "sha1",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "SHA512": "sha512",
}


def _hashed(algorithm: str, value: str) -> str:
    return hashlib.new(algorithm, value.encode(errors="replace"), usedforsecurity=False).hexdigest()


@of(CRYPTO, "hash(text algorithm, text input)")
def hashed(_: Evaluation, algorithm: str, value: str) -> str | None:
    """The hash by MD5, SHA-1, SHA-256, SHA-384 or SHA-512; null for another algorithm."""
    name = _ALGORITHMS.get(algorithm.upper().replace("-", ""))
    return None if name is None else _hashed(name, value)


@of(CRYPTO, "md5(text input)")
def md5(_: Evaluation, value: str) -> str:
    """The hash by MD5, for those who still ask for it."""
    return _hashed("md5", value)


@of(CRYPTO, "sha1(text input)")
def sha1(_: Evaluation, value: str) -> str:
    """The hash by SHA-1, for those who still ask for it."""
    return _hashed("sha1", value)


@of(CRYPTO, "sha256(text input)")
def sha256(_: Evaluation, value: str) -> str:
    """The hash by SHA-256."""
    return _hashed("sha256", value)


@of(CRYPTO, "sha384(text input)")
def sha384(_: Evaluation, value: str) -> str:
    """The hash by SHA-384."""
    return _hashed("sha384", value)


@of(CRYPTO, "sha512(text input)")
def sha512(_: Evaluation, value: str) -> str:
    """The hash by SHA-512."""
    return _hashed("sha512", value)


@of(CRYPTO, "hmacSha256(text key, text input)")
def hmac_sha256(_: Evaluation, key: str, value: str) -> str:
    """The HMAC by SHA-256."""
    return hmac.new(key.encode(errors="replace"), value.encode(errors="replace"), "sha256").hexdigest()
