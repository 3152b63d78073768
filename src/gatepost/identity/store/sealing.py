"""Secrets at rest: sealed with AES-256-GCM under a key that is kept apart from the database."""

import os
import secrets
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gatepost.errors import ConfigurationError, TokenRejected
from gatepost.jose import base64url

KEY_OCTETS = 32
_NONCE_OCTETS = 12
_ID_LENGTH = 8


class SealingKey:
    """Seals with its first key, and opens with any of its keys, so that one can follow another."""

    __slots__ = ("_ciphers", "_current")

    def __init__(self, keys: Iterable[bytes]) -> None:
        """Take the keys of 32 octets each, the current one first.

        Raises:
            ConfigurationError: When there is none, or one is of another length.
        """
        taken = tuple(keys)
        if not taken or any(len(key) != KEY_OCTETS for key in taken):
            raise ConfigurationError("a sealing key is 32 octets, written in base64url (43 characters)")
        self._ciphers = {_id_of(key): AESGCM(key) for key in taken}
        self._current = _id_of(taken[0])

    def seal(self, secret: bytes, purpose: str) -> str:
        """Return `secret` sealed; it opens for the same purpose alone, such as `application-secret:ID`."""
        nonce = os.urandom(_NONCE_OCTETS)
        sealed = self._ciphers[self._current].encrypt(nonce, secret, purpose.encode())
        return f"{self._current}.{base64url.encode(nonce + sealed).decode()}"

    def open(self, sealed: str, purpose: str) -> bytes:
        """Return what was sealed.

        Raises:
            ConfigurationError: When it was sealed with a key that is not here, or is not what was sealed.
        """
        key_id, _, rest = sealed.partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise ConfigurationError(
                "a secret in the database was sealed with another key; give the one it was made with"
            )
        try:
            octets = base64url.decode(rest.encode())
            return cipher.decrypt(octets[:_NONCE_OCTETS], octets[_NONCE_OCTETS:], purpose.encode())
        except (InvalidTag, TokenRejected, ValueError):
            raise ConfigurationError("a secret in the database is damaged") from None

    @classmethod
    def parse(cls, text: str) -> "SealingKey":
        """Return the key that `text` holds: one key a line, the current one first, in base64url.

        Raises:
            ConfigurationError: When it holds no key.
        """
        try:
            return cls(base64url.decode(line.strip().encode()) for line in text.splitlines() if line.strip())
        except (TokenRejected, ValueError):
            raise ConfigurationError("a sealing key is 32 octets, written in base64url (43 characters)") from None

    @classmethod
    def of_file(cls, path: Path) -> tuple["SealingKey", bool]:
        """Return the key that stands in `path`, which is made when it is not there, and whether it was made.

        Raises:
            ConfigurationError: When the file cannot be read or written, or others than its owner may read it.
        """
        made = False
        try:
            if not path.exists():
                made = _make(path)
            if path.stat().st_mode & 0o077:
                raise ConfigurationError(f"{path}: others may read this key; run: chmod 600 {path}")
            return cls.parse(path.read_text()), made
        except OSError as error:
            raise ConfigurationError(f"{path}: {error.strerror}") from None


def _make(path: Path) -> bool:
    """Write a new key to `path`, whole or not at all; tell whether it was this process that did."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(base64url.encode(secrets.token_bytes(KEY_OCTETS)).decode() + "\n")
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _id_of(key: bytes) -> str:
    return sha256(b"gatepost sealing key" + key).hexdigest()[:_ID_LENGTH]
