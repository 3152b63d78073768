"""Keys that were given as they are, and never change."""

from typing import TYPE_CHECKING

from gatepost.jose import KeySet
from gatepost.trust.key_source import Cause, KeyHealth, Snapshot

if TYPE_CHECKING:
    from concurrent.futures import Future

_NEVER = float("inf")


class FixedKeys:
    """A `KeySet` as the keys of an issuer."""

    __slots__ = ("_snapshot",)

    wait_limit = 0.0

    def __init__(self, key_set: KeySet, now: float) -> None:
        self._snapshot = Snapshot(key_set, 1, fetched_at=now, refresh_at=_NEVER, expires_at=_NEVER)

    def current(self, _now: float) -> Snapshot:
        """Return the keys; they are always there."""
        return self._snapshot

    def refresh(self, _now: float, _cause: Cause) -> "Future[Snapshot]":
        """Return the same keys: there is nowhere to look for others."""
        from gatepost.trust.answers import given

        return given(self._snapshot)

    def health(self, now: float) -> KeyHealth:
        """Return that all is well."""
        return KeyHealth(self._snapshot, now, None, {})
