"""Which DPoP proofs were used already (RFC 9449 §11.1)."""

import heapq
import threading
from typing import Protocol

from gatepost.errors import ConfigurationError, KeysUnavailable


class ReplayStore(Protocol):
    """Remembers proofs for as long as they would be accepted."""

    def first_use(self, key: str, until: float, now: float) -> bool:
        """Tell whether `key` comes for the first time, and remember it.

        Of several callers at one moment, only one is told so.

        Args:
            key: `Proof.replay_key`.
            until: Until when to remember it, in seconds since 1970.
            now: The time in seconds since 1970.

        Raises:
            KeysUnavailable: When nothing can be said: answer 503.
        """

    async def first_use_async(self, key: str, until: float, now: float) -> bool:
        """Tell what `first_use` tells, without blocking the event loop."""


class MemoryReplayStore:
    """Remembers the proofs that this one process has seen.

    It is bounded, and forgets only what has expired: when it is full, proofs are refused with 503 rather than one
    forgotten that could then be used again.
    """

    __slots__ = ("_by_end", "_keys", "_lock", "_size")

    def __init__(self, size: int = 100_000) -> None:
        """Make an empty store.

        Args:
            size: The number of proofs that it holds at most; one takes some 250 octets.

        Raises:
            ConfigurationError: When it is not a whole number above 0.
        """
        if type(size) is not int or size < 1:
            raise ConfigurationError(f"the size of a replay store is a whole number above 0, not {size!r}")
        self._size = size
        self._keys: set[str] = set()
        self._by_end: list[tuple[float, str]] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return the number of proofs that are remembered."""
        return len(self._keys)

    def first_use(self, key: str, until: float, now: float) -> bool:
        """Tell whether `key` comes for the first time, and remember it."""
        with self._lock:
            while self._by_end and self._by_end[0][0] < now:
                self._keys.discard(heapq.heappop(self._by_end)[1])
            if key in self._keys:
                return False
            if len(self._keys) >= self._size:
                raise KeysUnavailable(f"the {self._size} proofs that can be remembered are all in use", retry_after=5)
            self._keys.add(key)
            heapq.heappush(self._by_end, (until, key))
            return True

    async def first_use_async(self, key: str, until: float, now: float) -> bool:
        """Tell the same; nothing here waits."""
        return self.first_use(key, until, now)
