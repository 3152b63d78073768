"""One fetch at a time: whoever needs the keys meanwhile waits for the same answer."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from gatepost.errors import KeysUnavailable
from gatepost.jose import KeySet
from gatepost.trust import after_fork
from gatepost.trust.alarm import Alarm, never
from gatepost.trust.fetch import FetchFailed
from gatepost.trust.key_source import Cause, KeyHealth, Snapshot
from gatepost.trust.last_fetch import LastFetch
from gatepost.trust.lifetime import Lifetime
from gatepost.trust.origin import FetchedKeys, Origin

if TYPE_CHECKING:
    from concurrent.futures import Future

# Runs a fetch, somewhere else: it must not make the caller wait.
Runner: TypeAlias = Callable[[Callable[[], None]], None]

# Takes what a fetch brought, and what is needed to ask whether it still is the same.
Landing: TypeAlias = Callable[[Snapshot | KeysUnavailable, FetchedKeys | None], None]

# Seconds that the answer has to reach whoever waits for it, once it is there.
_MARGIN = 0.5


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
        alarm: Alarm = never,
        stopwatch: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """Hold `seed` until the first fetch.

        Args:
            identifier: The issuer, for messages.
            origin: Where the keys are read.
            lifetime: How long they live.
            wait_limit: Seconds after which waiting makes no sense.
            seed: Keys to begin with, or `None`.
            runner: Runs a fetch without making the caller wait.
            alarm: Rings when a fetch takes longer than anybody waits: it has failed then, whatever it does later.
            stopwatch: Tells how long a fetch takes, in seconds.
        """
        self.wait_limit = wait_limit
        self.counters = dict.fromkeys(("fetches", "failures", "not_modified", "forced", "joined", "stale"), 0)
        self.flight: Future[Snapshot] | None = None
        self.last_fetch: LastFetch | None = None
        self._identifier = identifier
        self._origin = origin
        self._lifetime = lifetime
        self._runner = runner
        self._alarm = alarm
        self._stopwatch = stopwatch
        self._snapshot = seed
        self._fetched = None if seed is None else FetchedKeys(seed.key_set)
        self._lock = threading.Lock()
        after_fork.register(self)

    def newest(self) -> Snapshot | None:
        """Return the newest keys, however old they are."""
        return self._snapshot

    def current(self, _now: float) -> Snapshot | None:
        """Return the newest keys, however old they are."""
        return self._snapshot

    def refresh(self, now: float, _cause: Cause) -> "Future[Snapshot]":
        """Return the answer of the fetch that is on its way, or of a new one."""
        from concurrent.futures import Future

        with self._lock:
            if self.flight is not None:
                self.counters["joined"] += 1
                return self.flight
            answer = self.flight = Future()
            self.counters["fetches"] += 1
        began = self._stopwatch()

        def land(outcome: Snapshot | KeysUnavailable, fetched: FetchedKeys | None = None) -> None:
            took = max(0.0, self._stopwatch() - began)
            self._land(answer, outcome, fetched, lambda failures: LastFetch(now, outcome, failures, took))

        try:
            hush = self._alarm(self.wait_limit - _MARGIN, lambda: land(self._too_slow()))
            self._runner(lambda: self._fetch(now, land, hush))
        except RuntimeError as error:  # no thread can be started any more
            land(self._unavailable(str(error)))
        return answer

    def health(self, now: float) -> KeyHealth:
        """Return how the keys stand."""
        last = self.last_fetch
        note = None if self._fetched is None else self._fetched.note
        last_error = str(last.outcome) if last is not None and last.failures else note
        return KeyHealth(self._snapshot, now, last_error, self.counters)

    def forget_parent(self) -> None:
        """In the child of a fork: the thread that fetches is in the parent, and so may be the lock's owner."""
        self._lock = threading.Lock()
        self.flight = None

    def _fetch(self, now: float, land: Landing, hush: Callable[[], None]) -> None:
        try:
            fetched = self._origin.fetch(now, self._fetched)
            land(self._next(now, fetched), fetched)
        except FetchFailed as error:
            land(self._unavailable(str(error)), None)
        except Exception as error:  # noqa: BLE001  # the outer border of a thread: nobody may wait for ever
            land(self._unavailable(f"{type(error).__name__} in {type(self._origin).__name__}"), None)
        finally:
            hush()

    def _next(self, now: float, fetched: FetchedKeys) -> Snapshot:
        before = self._snapshot
        same = before is not None and before.key_set == fetched.key_set
        return Snapshot(
            _newer_report(before, fetched.key_set) if same and before is not None else fetched.key_set,
            (0 if before is None else before.generation) + (not same),
            fetched_at=now,
            refresh_at=self._lifetime.refresh_at(now, fetched.max_age),
            expires_at=self._lifetime.expires_at(now, fetched.max_age),
        )

    def _land(
        self,
        answer: "Future[Snapshot]",
        outcome: Snapshot | KeysUnavailable,
        fetched: FetchedKeys | None,
        last_fetch: Callable[[int], LastFetch],
    ) -> None:
        with self._lock:
            if self.flight is not answer:
                return  # it was given up, and there may be a newer answer already
            if isinstance(outcome, Snapshot):
                before, self._snapshot, self._fetched = self._snapshot, outcome, fetched
                self.counters["not_modified"] += before is not None and before.generation == outcome.generation
                failures = 0
            else:
                self.counters["failures"] += 1
                failures = 1 if self.last_fetch is None else self.last_fetch.failures + 1
            self.last_fetch = last_fetch(failures)
            self.flight = None  # last: whoever sees no flight has to see what it brought
        if isinstance(outcome, Snapshot):
            answer.set_result(outcome)
        else:
            answer.set_exception(outcome)

    def _too_slow(self) -> KeysUnavailable:
        return self._unavailable(f"no answer within {self.wait_limit - _MARGIN:g} seconds; is its name resolved?")

    def _unavailable(self, cause: str) -> KeysUnavailable:
        return KeysUnavailable(f"the keys of {self._identifier} cannot be had: {cause}")


def _newer_report(before: Snapshot, key_set: KeySet) -> KeySet:
    """Return the set with the newer list of what was passed over; the keys are the same."""
    return before.key_set if before.key_set.skipped == key_set.skipped else key_set
