"""What the layers around the fetch have in common: each hands on what it does not change."""

from typing import TYPE_CHECKING, Protocol

from gatepost.trust.key_source import Cause, KeyHealth, Snapshot

if TYPE_CHECKING:
    from concurrent.futures import Future

    from gatepost.trust.last_fetch import LastFetch


class Inner(Protocol):
    """What a layer wraps: the fetch itself, or another layer around it."""

    wait_limit: float
    counters: dict[str, int]

    @property
    def flight(self) -> "Future[Snapshot] | None":
        """The answer of the fetch that is on its way, or `None`."""

    @property
    def last_fetch(self) -> "LastFetch | None":
        """The last fetch that has ended, or `None`."""

    def newest(self) -> Snapshot | None:
        """Return the newest keys, however old they are."""

    def current(self, now: float, /) -> Snapshot | None:
        """Return the keys that may be used now."""

    def refresh(self, now: float, cause: Cause, /) -> "Future[Snapshot]":
        """Return the answer of a fetch that is started or joined."""

    def health(self, now: float, /) -> KeyHealth:
        """Return how the keys stand."""


class Layer:
    """A layer that changes nothing yet."""

    def __init__(self, inner: Inner) -> None:
        self._inner = inner
        self.wait_limit = inner.wait_limit
        self.counters = inner.counters
        self.newest = inner.newest

    @property
    def flight(self) -> "Future[Snapshot] | None":
        """The answer of the fetch that is on its way, or `None`."""
        return self._inner.flight

    @property
    def last_fetch(self) -> "LastFetch | None":
        """The last fetch that has ended, or `None`."""
        return self._inner.last_fetch

    def current(self, now: float) -> Snapshot | None:
        """Return the keys that may be used now."""
        return self._inner.current(now)

    def refresh(self, now: float, cause: Cause) -> "Future[Snapshot]":
        """Return the answer of a fetch that is started or joined."""
        return self._inner.refresh(now, cause)

    def health(self, now: float) -> KeyHealth:
        """Return how the keys stand."""
        return self._inner.health(now)
