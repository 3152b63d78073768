"""Keys are fetched anew before they expire, in the background, while those at hand serve on."""

from gatepost.trust.key_source import Cause, Snapshot
from gatepost.trust.layer import Layer


class RefreshAhead(Layer):
    """Starts a refresh as soon as the keys are due, and makes nobody wait for it.

    It is the outermost layer, so that a token whose keys are fresh passes no other.
    """

    def current(self, now: float) -> Snapshot | None:
        """Return the keys at hand, after having seen to it that newer ones come."""
        snapshot = self.newest()
        if snapshot is None:
            return None
        # A clock that was set back makes the keys' age unknown: then they are due as well. It was not set back when
        # somebody asks who has waited for these keys, and so has an older time.
        if snapshot.fetched_at - self.wait_limit <= now < snapshot.refresh_at:
            return snapshot
        if self.flight is None:
            self._inner.refresh(now, Cause.DUE)
        return self._inner.current(now)  # a refresh that is done at once has brought newer ones
