"""A clock to turn: time that passes when a test says so."""

import time
from collections.abc import Callable
from threading import Lock


class TurnableClock:
    """A clock in seconds that can be turned forward and back, shared between an issuer and whoever verifies.

    `clock()` returns the time, so it can be given wherever a clock is asked for.
    """

    __slots__ = ("_ahead", "_lock", "_source")

    def __init__(self, source: Callable[[], float] | float = time.time) -> None:
        """Start a clock.

        Args:
            source: A clock that it goes with, or a time in seconds since 1970 at which it stands still until it is
                turned.
        """
        self._source = source if callable(source) else lambda start=float(source): start
        self._ahead = 0.0
        self._lock = Lock()

    def __call__(self) -> float:
        """Return the time, in seconds since 1970."""
        return self._source() + self._ahead

    def advance(self, seconds: float) -> None:
        """Turn the clock forward by `seconds`, or back where they are negative."""
        with self._lock:
            self._ahead += seconds

    def set(self, seconds: float) -> None:
        """Turn the clock to `seconds` since 1970; it goes on from there if its source goes."""
        with self._lock:
            self._ahead = seconds - self._source()

    def __repr__(self) -> str:
        """Show the time."""
        return f"TurnableClock({self()})"
