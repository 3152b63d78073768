"""Certificates of signing keys: each signed by itself, for clients that look for one in the published keys."""

from base64 import b64encode
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha1

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from gatepost.jose import base64url
from gatepost.jose.key_set import KeySet
from gatepost.jose.verifying_key import VerifyingKey


def self_signed(private_pem: str, *, name: str, starts_at: int, expires_at: int) -> str:
    """Return the certificate of a key, signed by itself, as PEM; the times are in milliseconds since 1970."""
    private = load_pem_private_key(private_pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey):
        raise TypeError("only RSA and EC keys have certificates")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_time(starts_at))
        .not_valid_after(_time(expires_at))
        .sign(private, SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


@lru_cache(maxsize=256)
def published(pem: str) -> tuple[str, str]:
    """Return what a published key says of its certificate: `x5c`'s item and `x5t` (RFC 7517 §4.7, §4.8)."""
    der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
    return b64encode(der).decode(), base64url.encode(sha1(der, usedforsecurity=False).digest()).decode()


@lru_cache(maxsize=256)
def verifying(pem: str, algorithm: str, kid: str) -> VerifyingKey:
    """Return the key that a certificate is of, to verify with."""
    return KeySet.from_pem(pem, algorithm=algorithm, kid=kid).keys[0]


def ends(pem: str) -> int:
    """Return when a certificate ends, in milliseconds since 1970."""
    return int(x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc.timestamp()) * 1000


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds // 1000, UTC)
