"""When the issuer is down, the keys that it had serve on for a stated while; then nothing can be said any more."""

from typing import TYPE_CHECKING

from gatepost.trust.key_source import Cause, Snapshot
from gatepost.trust.layer import Inner, Layer

if TYPE_CHECKING:
    from concurrent.futures import Future


class OutageTolerance(Layer):
    """Gives out expired keys only while the issuer fails, and no longer than `window` seconds.

    Expired keys of an issuer that has not been asked since are not given out: it may have removed one of them.
    """

    def __init__(self, inner: Inner, window: float) -> None:
        super().__init__(inner)
        self._window = window

    def current(self, now: float) -> Snapshot | None:
        """Return keys that have not expired, or stale ones during an outage."""
        snapshot = self._inner.current(now)
        if snapshot is None or now < snapshot.expires_at:
            return snapshot
        if not (self._fails_since(snapshot) and self._serves_on(snapshot, now)):
            return None
        self.counters["stale"] += 1
        return snapshot

    def refresh(self, now: float, cause: Cause) -> "Future[Snapshot]":
        """Return the answer of a fetch; for want of keys, stale ones when it fails."""
        from gatepost.trust.answers import or_else

        answer = self._inner.refresh(now, cause)
        if cause is Cause.COLD:
            snapshot = self._inner.current(now)
            if snapshot is not None and self._serves_on(snapshot, now):
                return or_else(answer, snapshot)
        return answer

    def _fails_since(self, snapshot: Snapshot) -> bool:
        """Tell whether the issuer was asked in vain since these keys expired; an older failure proves nothing now."""
        last = self.last_fetch
        return last is not None and last.failures > 0 and last.ended_at >= snapshot.expires_at

    def _serves_on(self, snapshot: Snapshot, now: float) -> bool:
        return now < snapshot.expires_at + self._window
