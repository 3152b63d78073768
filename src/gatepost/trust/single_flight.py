"""One fetch at a time: whoever needs the keys meanwhile waits for the same answer."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeAlias

from gatepost.errors import KeysUnavailable
from gatepost.jose import KeySet
from gatepost.trust import after_fork
from gatepost.trust.fetch import FetchFailed
from gatepost.trust.key_source import Cause, KeyHealth, Snapshot
from gatepost.trust.last_fetch import LastFetch
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
        self.flight: Future[Snapshot] | None = None
        self.last_fetch: LastFetch | None = None
        self._identifier = identifier
        self._origin = origin
        self._lifetime = lifetime
        self._runner = runner
        self._snapshot = seed
        self._fetched = None if seed is None else FetchedKeys(seed.key_set)
        self._asked_at = 0.0
        self._lock = threading.Lock()
        after_fork.register(self)

    def failing(self, now: float) -> bool:
        """Tell whether the last fetch failed, or the one that is on its way takes longer than it may."""
        if self.flight is not None and now > self._asked_at + self.wait_limit:
            return True
        return self.last_fetch is not None and self.last_fetch.failures > 0

    def current(self, _now: float) -> Snapshot | None:
        """Return the newest keys, however old they are."""
        return self._snapshot

    def refresh(self, now: float, _cause: Cause) -> Future[Snapshot]:
        """Return the answer of the fetch that is on its way, or of a new one."""
        with self._lock:
            if self.flight is not None:
                self.counters["joined"] += 1
                return self.flight
            self._asked_at = now
            answer = self.flight = Future()
            self.counters["fetches"] += 1
        try:
            self._runner(lambda: self._fetch(now, answer))
        except RuntimeError as error:  # no thread can be started any more
            self._land(now, answer, self._unavailable(str(error)))
        return answer

    def health(self, now: float) -> KeyHealth:
        """Return how the keys stand."""
        last = self.last_fetch
        last_error = str(last.outcome) if last is not None and last.failures else None
        return KeyHealth(self._snapshot, now, last_error, self.counters)

    def forget_parent(self) -> None:
        """In the child of a fork: the thread that fetches is in the parent, and so may be the lock's owner."""
        self._lock = threading.Lock()
        self.flight = None

    def _fetch(self, now: float, answer: Future[Snapshot]) -> None:
        outcome: Snapshot | KeysUnavailable
        try:
            outcome = self._next(now, self._origin.fetch(now, self._fetched))
        except FetchFailed as error:
            outcome = self._unavailable(str(error))
        except Exception as error:  # noqa: BLE001  # the outer border of a thread: nobody may wait for ever
            outcome = self._unavailable(f"{type(error).__name__} in {type(self._origin).__name__}")
        self._land(now, answer, outcome)

    def _next(self, now: float, fetched: FetchedKeys) -> Snapshot:
        before = self._snapshot
        same = before is not None and before.key_set == fetched.key_set
        snapshot = Snapshot(
            _newer_report(before, fetched.key_set) if same and before is not None else fetched.key_set,
            (0 if before is None else before.generation) + (not same),
            fetched_at=now,
            refresh_at=self._lifetime.refresh_at(now, fetched.max_age),
            expires_at=self._lifetime.expires_at(now, fetched.max_age),
        )
        self.counters["not_modified"] += same
        self._fetched = fetched
        return snapshot

    def _land(self, now: float, answer: Future[Snapshot], outcome: Snapshot | KeysUnavailable) -> None:
        with self._lock:
            self.flight = None
            if isinstance(outcome, Snapshot):
                self._snapshot = outcome
                failures = 0
            else:
                self.counters["failures"] += 1
                failures = 1 if self.last_fetch is None else self.last_fetch.failures + 1
            self.last_fetch = LastFetch(now, outcome, failures)
        if isinstance(outcome, Snapshot):
            answer.set_result(outcome)
        else:
            answer.set_exception(outcome)

    def _unavailable(self, cause: str) -> KeysUnavailable:
        return KeysUnavailable(f"the keys of {self._identifier} cannot be had: {cause}")


def _newer_report(before: Snapshot, key_set: KeySet) -> KeySet:
    """Return the set with the newer list of what was passed over; the keys are the same."""
    return before.key_set if before.key_set.skipped == key_set.skipped else key_set
