"""Revocations for all machines that share one Redis."""

from collections.abc import Iterable
from hashlib import sha256
from math import ceil

from gatepost.verification.redis_connection import RedisConnection
from gatepost.verification.revocation import MARGIN, issued_before
from gatepost.verification.verified_token import VerifiedToken

# Of two revocations of one subject the later moment counts, and the longer life.
_REVOKE_SUBJECT = """
local known = redis.call('GET', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
local moment, life = ARGV[1], tonumber(ARGV[2])
if known and tonumber(known) > tonumber(moment) then moment = known end
if left > life then life = left end
redis.call('SET', KEYS[1], moment, 'PX', life)
"""


class RedisRevocationList:
    """Keeps revocations in Redis, each until what it revokes has expired."""

    __slots__ = ("_connection", "_prefix")

    def __init__(self, connection: RedisConnection, *, prefix: str = "gatepost:revoked:") -> None:
        """Take the connection, and what the names of the keys begin with."""
        self._connection = connection
        self._prefix = prefix

    def revoke_token(self, issuer: str, jti: str, *, exp: float, now: float) -> None:
        """Revoke one token until its `exp`; the arguments are those of `MemoryRevocationList.revoke_token`.

        Raises:
            KeysUnavailable: When Redis cannot be asked.
        """
        with self._connection.asking():
            self._connection.client.set(self._name("jti", issuer, jti), b"", px=_life(exp, now))

    async def revoke_token_async(self, issuer: str, jti: str, *, exp: float, now: float) -> None:
        """Do the same, without blocking the event loop."""
        with self._connection.asking():
            await self._connection.client_async.set(self._name("jti", issuer, jti), b"", px=_life(exp, now))

    def revoke_subject(self, issuer: str, subject: str, *, issued_before: float, until: float, now: float) -> None:
        """Revoke a subject's tokens; the arguments are those of `MemoryRevocationList.revoke_subject`.

        Raises:
            KeysUnavailable: When Redis cannot be asked.
        """
        name = self._name("sub", issuer, subject)
        with self._connection.asking():
            self._connection.client.eval(_REVOKE_SUBJECT, 1, name, repr(issued_before), str(_life(until, now)))

    async def revoke_subject_async(
        self, issuer: str, subject: str, *, issued_before: float, until: float, now: float
    ) -> None:
        """Do the same, without blocking the event loop."""
        name = self._name("sub", issuer, subject)
        with self._connection.asking():
            client = self._connection.client_async
            await client.eval(_REVOKE_SUBJECT, 1, name, repr(issued_before), str(_life(until, now)))

    def is_revoked(self, token: VerifiedToken, _now: float) -> bool:
        """Tell whether `token` was revoked, in one round trip.

        Raises:
            KeysUnavailable: When Redis cannot be asked.
        """
        names = self._names(token)
        if not names:
            return False
        with self._connection.asking():
            return _revoked(token, self._connection.client.mget(names))

    async def is_revoked_async(self, token: VerifiedToken, _now: float) -> bool:
        """Tell the same, without blocking the event loop."""
        names = self._names(token)
        if not names:
            return False
        with self._connection.asking():
            return _revoked(token, await self._connection.client_async.mget(names))

    def _names(self, token: VerifiedToken) -> list[str]:
        of_token = {"jti": token.jti, "sub": token.subject}
        return [self._name(kind, token.issuer, text) for kind, text in of_token.items() if text is not None]

    def _name(self, kind: str, issuer: str, text: str) -> str:
        """Return the name of a key: of one length, and without a word of what it stands for."""
        whole = f"{len(issuer)}:{issuer}{text}".encode("utf-8", "surrogatepass")
        return f"{self._prefix}{kind}:{sha256(whole).hexdigest()}"


def _revoked(token: VerifiedToken, found: Iterable[bytes | str | None]) -> bool:
    # A revoked token has an empty value; a subject's value is the moment before which its tokens were issued.
    return any(value is not None and (not value or issued_before(token, float(value))) for value in found)


def _life(until: float, now: float) -> int:
    return max(1, ceil((until + MARGIN - now) * 1000))
