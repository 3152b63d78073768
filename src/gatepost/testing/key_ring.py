"""The keys of a local issuer: the one that signs, and the ones that are published."""

import base64
import json
from collections.abc import Callable
from hashlib import sha1, sha256
from threading import Lock, Thread
from typing import Generic, TypeVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from gatepost.jose import SigningKey
from gatepost.testing import certificate
from gatepost.testing.shapes.shape import Claims, Shape

Value = TypeVar("Value")


class Later(Generic[Value]):
    """A value that a thread of its own works out, so that nobody waits for it before it is needed."""

    def __init__(self, work: Callable[[], Value]) -> None:
        self._values: list[Value] = []
        self._thread = Thread(target=lambda: self._values.append(work()), name="gatepost-key", daemon=True)
        self._thread.start()

    def get(self) -> Value:
        """Return the value, waiting for it if need be."""
        self._thread.join()
        return self._values[0]


class Published:
    """A signing key with its certificate.

    Attributes:
        key: The key.
        certificate: The members `x5c`, `x5t` and `x5t#S256`, or none of them.
    """

    __slots__ = ("certificate", "key")

    def __init__(self, key: SigningKey, certificate: Claims) -> None:
        self.key = key
        self.certificate = certificate


class KeyRing:
    """The keys of one issuer; safe to rotate while it serves."""

    def __init__(self, shape: type[Shape], algorithm: str) -> None:
        """Start to make the first key.

        Args:
            shape: The vendor's shape, which knows how its keys are published.
            algorithm: What the keys are for.
        """
        self._shape = shape
        self._algorithm = algorithm
        self._lock = Lock()
        self._first = Later(self._make)
        self._encryption = Later(_encryption_jwk) if shape.publishes_encryption_key else None
        self._published: list[Published] = []

    def current(self) -> Published:
        """Return the key that signs."""
        return self.published()[0]

    def published(self) -> list[Published]:
        """Return the keys that are published, the one that signs first."""
        first = self._first.get()
        with self._lock:
            if not self._published:
                self._published = [first]
            return list(self._published)

    def rotate(self, *, keep_old: bool) -> Published:
        """Sign with a fresh key from now on.

        Args:
            keep_old: Whether the keys so far stay published; otherwise they are gone at once.
        """
        old = self.published() if keep_old else []
        self._first.get()
        fresh = self._make()
        with self._lock:
            self._published = [fresh, *old]
        return fresh

    def jwks(self, shape: Shape) -> bytes:
        """Return the JWK set document."""
        entries: list[Claims] = []
        for published in self.published():
            entries += shape.jwks_entries(published.key.to_jwk() | published.certificate)
        if self._encryption is not None:
            entries.append(self._encryption.get())
        return json.dumps({"keys": entries}).encode()

    def _make(self) -> Published:
        key = SigningKey.generate(self._algorithm, kid=self._shape.new_kid(self._algorithm))
        return Published(key, _certificate_members(key) if self._shape.publishes_certificates else {})


def _certificate_members(key: SigningKey) -> Claims:
    private = load_pem_private_key(key.to_private_pem().encode(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(private, certificate.PrivateKey):
        return {}  # ML-DSA: no vendor has such certificates yet
    made = certificate.self_signed(private, "Gatepost local issuer")
    der = made.public_bytes(Encoding.DER)
    return {
        "x5c": [base64.b64encode(der).decode()],  # RFC 7517 §4.7: base64, not base64url
        "x5t": _base64url(sha1(der, usedforsecurity=False).digest()),
        "x5t#S256": _base64url(made.fingerprint(hashes.SHA256())),
    }


def _encryption_jwk() -> Claims:
    jwk = SigningKey.generate("RS256").to_jwk()
    return {**jwk, "kid": _base64url(sha256(jwk["n"].encode()).digest()), "use": "enc", "alg": "RSA-OAEP"}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
