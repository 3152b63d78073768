"""Tokens with unknown keys cannot make us ask the issuer more than once in a while, whatever they come up with."""

from concurrent.futures import Future

from gatepost.trust.answers import given
from gatepost.trust.key_source import Cause, Snapshot
from gatepost.trust.layer import Inner, Layer


class ForcedRefreshLimit(Layer):
    """At most one forced refresh in `cooldown` seconds, failed ones counted; between them the last answer holds."""

    def __init__(self, inner: Inner, cooldown: float) -> None:
        super().__init__(inner)
        self._cooldown = cooldown
        self._forced_at = float("-inf")
        self._last: Future[Snapshot] | None = None

    def refresh(self, now: float, cause: Cause) -> Future[Snapshot]:
        """Return the answer of a fetch; for an unknown key that of the last one, unless it is long enough ago."""
        if cause is not Cause.UNKNOWN_KEY or self.in_flight:
            return self._inner.refresh(now, cause)
        if self._last is not None and self._forced_at <= now < self._forced_at + self._cooldown:
            newest = self._inner.current(now)
            # A fetch since, for another reason, is a newer answer than that of the last forced one.
            return self._last if newest is None or newest.fetched_at < self._forced_at else given(newest)
        self.counters["forced"] += 1
        self._forced_at = now
        self._last = self._inner.refresh(now, cause)
        return self._last
