"""Tokens that are refused before their time: single ones, and all that a subject had until then."""

import threading
from typing import Protocol

from gatepost.errors import Reason, TokenRejected
from gatepost.verification.verified_token import VerifiedToken

# A token is good until `exp` and the leeway of its issuer, by the clock of whoever looks: remembered that much longer.
MARGIN = 600.0


class RevocationList(Protocol):
    """Knows which tokens were revoked."""

    def is_revoked(self, token: VerifiedToken, now: float) -> bool:
        """Tell whether `token` was revoked.

        Args:
            token: The verified token.
            now: The time in seconds since 1970.

        Raises:
            KeysUnavailable: When nothing can be said: answer 503.
        """

    async def is_revoked_async(self, token: VerifiedToken, now: float) -> bool:
        """Tell what `is_revoked` tells, without blocking the event loop."""


def refuse_revoked(token: VerifiedToken, revocations: RevocationList, now: float) -> None:
    """Raise `TokenRejected(revoked)` when `token` was revoked."""
    if revocations.is_revoked(token, now):
        raise TokenRejected(Reason.REVOKED)


async def refuse_revoked_async(token: VerifiedToken, revocations: RevocationList, now: float) -> None:
    """Do what `refuse_revoked` does, without blocking the event loop."""
    if await revocations.is_revoked_async(token, now):
        raise TokenRejected(Reason.REVOKED)


def issued_before(token: VerifiedToken, moment: float) -> bool:
    """Tell whether `token` was issued before `moment`, or does not say when."""
    return token.issued_at is None or token.issued_at < moment


class MemoryRevocationList:
    """The revocations that this one process was told of."""

    __slots__ = ("_lock", "_subjects", "_tokens")

    def __init__(self) -> None:
        self._tokens: dict[tuple[str, str], float] = {}
        self._subjects: dict[tuple[str, str], tuple[float, float]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return the number of revocations that are remembered."""
        return len(self._tokens) + len(self._subjects)

    def revoke_token(self, issuer: str, jti: str, *, exp: float, now: float) -> None:
        """Revoke one token.

        Args:
            issuer: The identifier of its issuer.
            jti: Its `jti`.
            exp: Its `exp`, after which the revocation can be forgotten.
            now: The time in seconds since 1970.
        """
        with self._lock:
            self._forget(now)
            self._tokens[issuer, jti] = max(exp + MARGIN, self._tokens.get((issuer, jti), 0))

    def revoke_subject(self, issuer: str, subject: str, *, issued_before: float, until: float, now: float) -> None:
        """Revoke all tokens of a subject that were issued before a time, and those that do not say when.

        Args:
            issuer: The identifier of their issuer.
            subject: Their `sub`.
            issued_before: The time before which they were issued, such as `now`.
            until: When the last of them has expired, after which the revocation can be forgotten.
            now: The time in seconds since 1970.
        """
        with self._lock:
            self._forget(now)
            before, end = self._subjects.get((issuer, subject), (issued_before, 0.0))
            self._subjects[issuer, subject] = (max(before, issued_before), max(end, until + MARGIN))

    def is_revoked(self, token: VerifiedToken, now: float) -> bool:
        """Tell whether `token` was revoked."""
        issuer, jti, subject = token.issuer, token.jti, token.subject
        if jti is not None and now < self._tokens.get((issuer, jti), now):
            return True
        if subject is None:
            return False
        before, end = self._subjects.get((issuer, subject), (0.0, now))
        return now < end and issued_before(token, before)

    async def is_revoked_async(self, token: VerifiedToken, now: float) -> bool:
        """Tell the same; nothing here waits."""
        return self.is_revoked(token, now)

    def _forget(self, now: float) -> None:
        """Forget what has expired."""
        for key in [key for key, end in self._tokens.items() if end <= now]:
            del self._tokens[key]
        for key in [key for key, (_, end) in self._subjects.items() if end <= now]:
            del self._subjects[key]
