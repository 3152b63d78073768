"""Keys that were given as they are, and never change."""

from typing import TYPE_CHECKING

from gatepost.jose import KeySet
from gatepost.trust.key_source import Cause, KeyHealth, Snapshot

if TYPE_CHECKING:
    from concurrent.futures import Future


class FixedKeys:
    """A `KeySet` as the keys of an issuer."""

    __slots__ = ("_snapshot",)

    wait_limit = 0.0

    def __init__(self, key_set: KeySet, now: float) -> None:
        never = float("inf")
        self._snapshot = Snapshot(key_set, 1, fetched_at=now, refresh_at=never, expires_at=never)

    def current(self, now: float) -> Snapshot:
        """Return the keys; they are always there."""
        return self._snapshot

    def refresh(self, now: float, cause: Cause) -> "Future[Snapshot]":
        """Return the same keys: there is nowhere to look for others."""
        from concurrent.futures import Future

        answer: Future[Snapshot] = Future()
        answer.set_result(self._snapshot)
        return answer

    def health(self, now: float) -> KeyHealth:
        """Return that all is well."""
        return KeyHealth(now - self._snapshot.fetched_at, None)
