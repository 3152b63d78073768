"""How passwords are kept: Argon2id (RFC 9106), and hashes that came from elsewhere wrapped in it."""

import asyncio
import hashlib
import os
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from gatepost.identity.refusals import InvalidData, Violation

T = TypeVar("T")

# As OWASP's Password Storage Cheat Sheet recommends for Argon2id: 19 MiB are out of reach for cheap parallel hardware,
# and a burst of sign-ons does not take all of a server's memory. One lane, for a server has other sign-ons for its
# other cores. About 20 to 40 ms. Whoever signs on with an older hash gets one of these.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)

# What an imported hash may ask for: more would be a way to stop the server.
_MOST_MEMORY = 131_072  # KiB
_MOST_PASSES = 10
_MOST_LANES = 8

_DIGESTS = {"SHA": "sha1", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512"}
_IMPORTED = re.compile(r"\{([A-Z0-9_-]{3,32})\}(.*)", re.DOTALL)
_KEPT = re.compile(r"\{(S?SHA(?:256|384|512)?)\}([A-Za-z0-9+/=]*)(\$argon2.*)", re.DOTALL)
_SALT_MOST = 64


class Verified(NamedTuple):
    """What a password and a hash have to do with each other.

    Attributes:
        matches: Whether the hash is the password's.
        outdated: Whether the password should be hashed anew, now that it is at hand.
    """

    matches: bool
    outdated: bool = False


def hashed(cleartext: str) -> str:
    """Return the hash of a password. It takes its time: do not call it in a transaction or on an event loop."""
    return _HASHER.hash(_octets(cleartext))


def verified(kept: str, cleartext: str) -> Verified:
    """Tell whether a password is the one of a hash; it takes as long as `hashed`."""
    wrapped = _KEPT.fullmatch(kept)
    secret = _octets(cleartext)
    if wrapped is not None:
        algorithm, salt, kept = wrapped.groups()
        secret = _digest(algorithm, secret, b64decode(salt)).hex().encode()
    try:
        _HASHER.verify(kept, secret)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return Verified(False)
    return Verified(True, wrapped is not None or _HASHER.check_needs_rehash(kept))


def spend_time(cleartext: str) -> None:
    """Take as long as `verified` would, for whoever has no password, so that nobody learns who has one."""
    verified(_nobody(), cleartext)


def imported(value: str) -> str | None:
    """Return what is kept for a hash that was made elsewhere, or `None` when `value` is a password in clear.

    Taken are `{SHA}`, `{SHA256}`, `{SHA384}`, `{SHA512}` and, with a salt at its end, `{SSHA}`, `{SSHA256}`,
    `{SSHA384}` and `{SSHA512}` with base64 as in LDAP (RFC 2307), and `{ARGON2}` with Argon2's own text (`$argon2id$`).
    A fast hash is wrapped in Argon2id here and now; both go at the first sign-on.

    Raises:
        InvalidData: When it names a kind of hash, and cannot be taken. Bcrypt, scrypt and PBKDF2 are such kinds.
    """
    named = _IMPORTED.fullmatch(value)
    if named is None:
        return None
    kind, rest = named.groups()
    if kind == "ARGON2":
        return _bounded(rest)
    digest = _DIGESTS.get(kind.removeprefix("S") if kind.startswith("SSHA") else kind)
    if digest is None:
        # Anybody may choose a password in clear that looks like this: it is one unless it names what hashes are called.
        if kind not in {"BCRYPT", "SCRYPT", "PBKDF2", "CRYPT", "MD5", "SMD5", "SSHA1", "SHA1"} and "PBKDF2" not in kind:
            return None
        raise _refused(f"Hashes of the kind {kind} cannot be imported.")
    try:
        octets = b64decode(rest, validate=True)
    except (NotBase64, ValueError):
        raise _refused("The hash is not base64.") from None
    length = hashlib.new(digest, usedforsecurity=False).digest_size
    salt = octets[length:]
    if len(octets) < length or bool(salt) != kind.startswith("SSHA") or len(salt) > _SALT_MOST:
        raise _refused("The hash has the wrong length.")
    return f"{{{kind}}}{b64encode(salt).decode()}{_HASHER.hash(octets[:length].hex().encode())}"


async def hashing(work: Callable[[], T]) -> T:
    """Run work that hashes on one of the threads for it, as many as there are cores: more would only take memory."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), work)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="gatepost-passwords")


def _digest(kind: str, secret: bytes, salt: bytes) -> bytes:
    name = _DIGESTS[kind.removeprefix("S") if kind.startswith("SSHA") else kind]
    return hashlib.new(name, secret + salt, usedforsecurity=False).digest()


def _bounded(text: str) -> str:
    try:
        parameters = extract_parameters(text)
    except InvalidHashError:
        raise _refused("The hash is not one of Argon2.") from None
    if (
        parameters.memory_cost > _MOST_MEMORY
        or parameters.time_cost > _MOST_PASSES
        or parameters.parallelism > _MOST_LANES
    ):
        raise _refused("The hash asks for more memory or time than a sign-on may take.")
    return text


def _refused(message: str) -> InvalidData:
    return InvalidData(Violation("INVALID_VALUE", "value", message))


def _octets(cleartext: str) -> bytes:
    return cleartext.encode("utf-8", "surrogatepass")


_nobodys: list[str] = []


def _nobody() -> str:
    """Return the hash of a password that nobody has; made once, when it is first needed."""
    if not _nobodys:
        _nobodys.append(_HASHER.hash(hashlib.sha256(b"nobody").digest()))
    return _nobodys[0]
