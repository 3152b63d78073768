"""One fetch at a time: whoever needs the keys meanwhile waits for the same answer."""

import os
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeAlias

from gatepost.errors import KeysUnavailable
from gatepost.jose import KeySet
from gatepost.trust.fetch import FetchFailed
from gatepost.trust.key_source import Cause, KeyHealth, Snapshot
from gatepost.trust.lifetime import Lifetime
from gatepost.trust.origin import FetchedKeys, Origin

# Runs a fetch, somewhere else: it must not make the caller wait.
Runner: TypeAlias = Callable[[Callable[[], None]], None]


def in_a_thread(work: Callable[[], None]) -> None:
    """Run `work` in a thread of its own, which does not keep the process from ending."""
    threading.Thread(target=work, name="gatepost-keys", daemon=True).start()


class SingleFlight:
    """The innermost layer: holds the newest keys, and asks the origin for newer ones, once at a time."""

    def __init__(  # each is given once, by the one builder of the chain
        self,
        identifier: str,
        origin: Origin,
        lifetime: Lifetime,
        wait_limit: float,
        seed: Snapshot | None = None,
        runner: Runner = in_a_thread,
    ) -> None:
        """Hold `seed` until the first fetch.

        Args:
            identifier: The issuer, for messages.
            origin: Where the keys are read.
            lifetime: How long they live.
            wait_limit: Seconds after which waiting makes no sense.
            seed: Keys to begin with, or `None`.
            runner: Runs a fetch without making the caller wait.
        """
        self.wait_limit = wait_limit
        self.counters = dict.fromkeys(("fetches", "failures", "not_modified", "forced", "joined", "stale"), 0)
        self.last_error: str | None = None
        self._identifier = identifier
        self._origin = origin
        self._lifetime = lifetime
        self._runner = runner
        self._snapshot = seed
        self._fetched = None if seed is None else FetchedKeys(seed.key_set)
        self._flight: Future[Snapshot] | None = None
        self._lock = threading.Lock()
        _flights.add(self)

    @property
    def in_flight(self) -> bool:
        """Whether a fetch is on its way."""
        return self._flight is not None

    @property
    def failing(self) -> bool:
        """Whether the last fetch failed."""
        return self.last_error is not None

    def current(self, _now: float) -> Snapshot | None:
        """Return the newest keys, however old they are."""
        return self._snapshot

    def refresh(self, now: float, _cause: Cause) -> Future[Snapshot]:
        """Return the answer of the fetch that is on its way, or of a new one."""
        with self._lock:
            if self._flight is not None:
                self.counters["joined"] += 1
                return self._flight
            answer = self._flight = Future()
            self.counters["fetches"] += 1
        try:
            self._runner(lambda: self._fetch(now, answer))
        except RuntimeError as error:  # no thread can be started any more
            self._land(answer, None, KeysUnavailable(f"the keys of {self._identifier} cannot be fetched: {error}"))
        return answer

    def health(self, now: float) -> KeyHealth:
        """Return how the keys stand."""
        return KeyHealth(self._snapshot, now, self.last_error, self.counters)

    def forget_flight(self) -> None:
        """In the child of a fork: the thread that fetches is in the parent, and so may be the lock's owner."""
        self._lock = threading.Lock()
        self._flight = None

    def _fetch(self, now: float, answer: Future[Snapshot]) -> None:
        try:
            fetched = self._origin.fetch(now, self._fetched)
        except FetchFailed as error:
            self._land(answer, None, self._unavailable(str(error)))
        except Exception as error:  # noqa: BLE001  # the outer border of a thread: nobody may wait for ever
            self._land(answer, None, self._unavailable(f"{type(error).__name__} in {type(self._origin).__name__}"))
        else:
            self._land(answer, self._next(now, fetched), None)

    def _next(self, now: float, fetched: FetchedKeys) -> Snapshot:
        before = self._snapshot
        same = before is not None and before.key_set == fetched.key_set
        if same:
            self.counters["not_modified"] += 1
        self._fetched = fetched
        return Snapshot(
            _newer_report(before, fetched.key_set) if same and before is not None else fetched.key_set,
            (0 if before is None else before.generation) + (not same),
            fetched_at=now,
            refresh_at=self._lifetime.refresh_at(now, fetched.max_age),
            expires_at=self._lifetime.expires_at(now, fetched.max_age),
        )

    def _land(self, answer: Future[Snapshot], snapshot: Snapshot | None, error: KeysUnavailable | None) -> None:
        with self._lock:
            if self._flight is answer:
                self._flight = None
            if snapshot is not None:
                self._snapshot = snapshot
                self.last_error = None
            else:
                self.counters["failures"] += 1
                self.last_error = str(error)
        if snapshot is not None:
            answer.set_result(snapshot)
        else:
            answer.set_exception(error)

    def _unavailable(self, cause: str) -> KeysUnavailable:
        return KeysUnavailable(f"the keys of {self._identifier} cannot be had: {cause}")


def _newer_report(before: Snapshot, key_set: KeySet) -> KeySet:
    """Return the set with the newer list of what was passed over; the keys are the same."""
    return before.key_set if before.key_set.skipped == key_set.skipped else key_set


def _after_fork() -> None:
    for flight in list(_flights):
        flight.forget_flight()


_flights: "weakref.WeakSet[SingleFlight]" = weakref.WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
