"""Tokens with unknown keys cannot make us ask the issuer more than once in a while, whatever they come up with."""

from threading import Lock
from typing import TYPE_CHECKING

from gatepost.trust import after_fork
from gatepost.trust.key_source import Cause, Snapshot
from gatepost.trust.layer import Inner, Layer

if TYPE_CHECKING:
    from concurrent.futures import Future


class ForcedRefreshLimit(Layer):
    """At most one forced refresh in `cooldown` seconds, failed ones counted; between them the last answer holds.

    The last answer is that of the last fetch, whatever it was for: while the issuer fails, nobody knows whether the
    key exists.
    """

    def __init__(self, inner: Inner, cooldown: float) -> None:
        super().__init__(inner)
        self._cooldown = cooldown
        self._forced_at = float("-inf")
        self._lock = Lock()  # held to decide, and not while a fetch is under way
        after_fork.register(self)

    def refresh(self, now: float, cause: Cause) -> "Future[Snapshot]":
        """Return the answer of a fetch; for an unknown key that of the last one, unless it is long enough ago."""
        if cause is not Cause.UNKNOWN_KEY:
            return self._inner.refresh(now, cause)
        with self._lock:
            flight, last = self.flight, self.last_fetch
            if flight is not None:
                self.counters["joined"] += 1
                return flight
            # Not only from then on: whoever waited before asks with an older time.
            if last is not None and abs(now - self._forced_at) < self._cooldown:
                return last.again()
            self.counters["forced"] += 1
            self._forced_at = now
            return self._inner.refresh(now, cause)

    def forget_parent(self) -> None:
        """In the child of a fork: what the parent forced may never arrive here."""
        self._lock = Lock()
        self._forced_at = float("-inf")
