"""Keys and tokens of the property tests, made once for all examples."""

from functools import cache
from hmac import digest

from gatepost.jose import KeySet, SigningKey, base64url, sign_compact

ALGORITHMS = ("RS256", "PS256", "ES256", "Ed25519", "HS256", "ML-DSA-44")
ASYMMETRIC = tuple(algorithm for algorithm in ALGORITHMS if algorithm != "HS256")
SECRET = bytes(range(32))


@cache
def signing_key(algorithm: str) -> SigningKey:
    return SigningKey.from_secret(SECRET, "HS256") if algorithm == "HS256" else SigningKey.generate(algorithm)


@cache
def key_set(algorithm: str) -> KeySet:
    return KeySet.from_secret(SECRET) if algorithm == "HS256" else signing_key(algorithm).key_set()


@cache
def every_key() -> KeySet:
    return KeySet(key for algorithm in ASYMMETRIC for key in key_set(algorithm).keys)


@cache
def valid_token(algorithm: str) -> bytes:
    return sign_compact(b'{"iss":"https://issuer.example","sub":"alice"}', signing_key(algorithm)).encode()


def public_jwk(algorithm: str) -> dict[str, object]:
    return dict(signing_key(algorithm).to_jwk())


def segment(data: bytes) -> bytes:
    return base64url.encode(data)


def signed_with_the_secret(header: bytes, payload: bytes) -> bytes:
    """Return a token whose signature is right, whatever its header says."""
    signing_input = segment(header) + b"." + segment(payload)
    return signing_input + b"." + segment(digest(SECRET, signing_input, "sha256"))
