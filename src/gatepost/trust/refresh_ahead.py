"""Keys are fetched anew before they expire, in the background, while those at hand serve on."""

from gatepost.trust.key_source import Cause, Snapshot
from gatepost.trust.layer import Layer


class RefreshAhead(Layer):
    """Starts a refresh as soon as the keys are due, and makes nobody wait for it."""

    def current(self, now: float) -> Snapshot | None:
        """Return the keys at hand, after having seen to it that newer ones come."""
        snapshot = self._inner.current(now)
        # A clock that was set back makes the keys' age unknown: then they are due as well.
        if snapshot is not None and not snapshot.fetched_at <= now < snapshot.refresh_at:
            self._inner.refresh(now, Cause.DUE)
            return self._inner.current(now)  # a refresh that is done at once has brought newer ones
        return snapshot
