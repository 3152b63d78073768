"""One fetch at a time."""

import threading
import traceback
from collections.abc import Callable

import pytest

from gatepost.errors import KeysUnavailable
from gatepost.jose import KeySet
from gatepost.trust.key_source import Cause
from gatepost.trust.lifetime import Lifetime
from gatepost.trust.origin import FetchedKeys
from gatepost.trust.single_flight import SingleFlight, in_a_thread
from tests.trust.flights import (
    DOWN,
    ISSUER,
    LIFETIME,
    Deferred,
    FakeOrigin,
    at_once,
    fetched,
    keys,
    signing_key,
    single_flight,
    snapshot,
)

COUNTERS = {"fetches": 0, "failures": 0, "not_modified": 0, "forced": 0, "joined": 0, "stale": 0}


def test_nothing_is_fetched_and_nothing_at_hand_until_somebody_asks() -> None:
    origin = FakeOrigin(fetched("a"))
    flight = single_flight(origin)
    assert (flight.current(0), flight.flight, flight.last_fetch, origin.asked) == (None, None, None, [])
    assert flight.counters == COUNTERS


def test_what_was_fetched_is_at_hand_and_lives_as_long_as_the_server_says() -> None:
    flight = single_flight(FakeOrigin(fetched("a", max_age=100)))
    brought = flight.refresh(1000, Cause.COLD).result(0)
    assert brought == snapshot("a", at=1000, due=1075, until=1100)
    assert flight.current(5000) is brought, "how old keys may be is for others to judge"


def test_whoever_asks_while_a_fetch_is_on_its_way_gets_the_same_answer() -> None:
    origin, runner = FakeOrigin(fetched("a")), Deferred()
    flight = single_flight(origin, runner)
    answers = {id(flight.refresh(now, cause)) for now in (1000, 1001) for cause in Cause}
    assert len(answers) == 1
    answer = flight.flight
    assert answer is not None
    assert not answer.done()
    runner.land()
    assert answer.result(0) is flight.current(1001)
    assert flight.flight is None
    assert len(origin.asked) == 1
    assert flight.counters == COUNTERS | {"fetches": 1, "joined": 5}


def test_the_next_one_who_asks_starts_another() -> None:
    origin = FakeOrigin(fetched("a"), fetched("b"))
    flight = single_flight(origin)
    flight.refresh(1000, Cause.COLD)
    assert flight.refresh(1001, Cause.DUE).result(0).key_set == keys("b")
    assert [now for now, _ in origin.asked] == [1000, 1001]


def test_the_origin_is_told_what_it_brought_last() -> None:
    first = fetched("a", etag='"1"')
    origin = FakeOrigin(first, DOWN, fetched("b"))
    flight = single_flight(origin)
    for now in range(3):
        flight.refresh(now, Cause.DUE)
    assert [previous for _, previous in origin.asked] == [None, first, first]


def test_keys_to_begin_with_are_at_hand_and_have_no_version() -> None:
    origin = FakeOrigin(fetched("a"))
    flight = single_flight(origin, seed=snapshot("a"))
    assert flight.current(0) == snapshot("a")
    flight.refresh(0, Cause.DUE)
    assert origin.asked == [(0, FetchedKeys(keys("a")))]


# --- Generations ---


def test_the_generation_changes_with_the_keys_and_only_with_them() -> None:
    rsa = KeySet([*keys("a").keys, *signing_key("b").key_set().keys])
    sets = [fetched("a"), fetched("a", etag='"2"', max_age=99), fetched("a", "b"), FetchedKeys(rsa), fetched("b")]
    flight = single_flight(FakeOrigin(*sets))
    generations = [flight.refresh(now, Cause.DUE).result(0).generation for now in range(5)]
    assert generations == [1, 1, 2, 2, 3]
    assert flight.counters["not_modified"] == 2


def test_the_generation_goes_on_from_that_of_the_seed() -> None:
    assert single_flight(FakeOrigin(fetched("a")), seed=snapshot("a")).refresh(0, Cause.DUE).result(0).generation == 1
    assert single_flight(FakeOrigin(fetched("b")), seed=snapshot("a")).refresh(0, Cause.DUE).result(0).generation == 2


def test_a_key_that_returns_after_it_was_gone_makes_a_new_generation() -> None:
    flight = single_flight(FakeOrigin(fetched("a"), fetched("b"), fetched("a")))
    generations = [flight.refresh(now, Cause.DUE).result(0).generation for now in range(3)]
    assert generations == [1, 2, 3]


def test_the_same_keys_are_the_same_object_and_younger() -> None:
    flight = single_flight(FakeOrigin(fetched("a")))
    first = flight.refresh(1000, Cause.DUE).result(0)
    again = flight.refresh(1500, Cause.DUE).result(0)
    assert again.key_set is first.key_set
    assert (again.fetched_at, again.expires_at) == (1500, first.expires_at + 500)


def test_what_was_passed_over_is_reported_anew_though_the_keys_are_the_same() -> None:
    reported = FetchedKeys(keys("a", skipped=("key 2: it is weak",)))
    flight = single_flight(FakeOrigin(fetched("a"), reported))
    flight.refresh(0, Cause.DUE)
    assert flight.refresh(1, Cause.DUE).result(0).generation == 1
    assert flight.health(1).skipped == ("key 2: it is weak",)


# --- Failures ---


def test_a_failure_reaches_whoever_waits_and_leaves_the_keys_alone() -> None:
    runner = Deferred()
    flight = single_flight(FakeOrigin(DOWN), runner, seed=snapshot("a"))
    answers = [flight.refresh(1000, Cause.DUE) for _ in range(3)]
    runner.land()
    for answer in answers:
        with pytest.raises(KeysUnavailable, match=f"the keys of {ISSUER} cannot be had: the issuer is down"):
            answer.result(0)
    assert flight.current(1000) == snapshot("a")
    assert flight.health(1000).last_error == f"the keys of {ISSUER} cannot be had: the issuer is down"
    assert flight.counters == COUNTERS | {"fetches": 1, "failures": 1, "joined": 2}


def test_failures_in_a_row_are_counted_until_a_fetch_brings_keys() -> None:
    flight = single_flight(FakeOrigin(DOWN, DOWN, fetched("a"), DOWN))
    in_a_row = []
    for now in range(4):
        flight.refresh(now, Cause.DUE)
        assert flight.last_fetch is not None
        assert flight.last_fetch.asked_at == now
        in_a_row.append(flight.last_fetch.failures)
    assert in_a_row == [1, 2, 0, 1]


def test_a_fetch_that_brings_keys_ends_the_failing() -> None:
    flight = single_flight(FakeOrigin(DOWN, fetched("a")))
    flight.refresh(0, Cause.COLD)
    flight.refresh(1, Cause.COLD)
    assert flight.last_fetch is not None
    assert flight.last_fetch.failures == 0
    assert flight.health(1).last_error is None


def test_a_fetch_that_takes_longer_than_anybody_waits_has_failed_and_what_it_brings_later_counts_for_nothing() -> None:
    runner, time = Deferred(), [0.0]
    rings: list[tuple[float, Callable[[], None]]] = []

    def alarm(seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        rings.append((seconds, call))
        return lambda: None

    origin = FakeOrigin(fetched("b"), fetched("c"))
    flight = SingleFlight(ISSUER, origin, LIFETIME, 4.0, snapshot("a"), runner, alarm, lambda: time[0])
    answer = flight.refresh(1000, Cause.COLD)
    time[0] = 3.5
    (seconds, ring), *_ = rings
    ring()
    assert seconds < flight.wait_limit, "whoever waits hears of it"
    with pytest.raises(KeysUnavailable, match=r"no answer within 3\.5 seconds"):
        answer.result(0)
    assert flight.last_fetch is not None
    assert (flight.last_fetch.failures, flight.last_fetch.ended_at) == (1, 1003.5)
    assert flight.flight is None, "the next one may be started"
    flight.refresh(2000, Cause.COLD)
    before = flight.health(2000)
    runner.land()
    assert flight.health(2000) == before
    runner.land()
    assert flight.current(2000) == snapshot("c", at=2000, generation=2)


@pytest.mark.parametrize("error", [ValueError("canary"), RecursionError("canary"), MemoryError(), OSError("canary")])
def test_an_origin_that_breaks_down_is_a_failure_that_names_the_kind_of_error_only(error: Exception) -> None:
    flight = single_flight(FakeOrigin(error))
    with pytest.raises(KeysUnavailable) as caught:
        flight.refresh(0, Cause.COLD).result(0)
    assert str(caught.value).endswith(f"cannot be had: {type(error).__name__} in FakeOrigin")
    assert flight.flight is None


def test_an_origin_that_brings_something_else_than_keys_is_a_failure_too() -> None:
    flight = single_flight(FakeOrigin(None))  # type: ignore[arg-type]
    with pytest.raises(KeysUnavailable, match="AttributeError in FakeOrigin"):
        flight.refresh(0, Cause.COLD).result(0)
    assert flight.flight is None
    assert flight.current(0) is None


def test_a_thread_that_cannot_be_started_is_a_failure_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: Callable[[], None]) -> None:
        raise RuntimeError("can't start new thread")

    origin = FakeOrigin(fetched("a"))
    flight = single_flight(origin, no_more)
    with pytest.raises(KeysUnavailable, match="cannot be had: can't start new thread"):
        flight.refresh(0, Cause.COLD).result(0)
    assert origin.asked == []
    assert flight.flight is None


def test_a_failure_tells_nothing_of_what_led_to_it() -> None:
    error = single_flight(FakeOrigin(ValueError("canary"))).refresh(0, Cause.COLD).exception(0)
    assert error is not None
    assert "canary" not in "".join(traceback.format_exception(error))


# --- Threads ---


def test_a_fetch_runs_in_a_thread_that_does_not_keep_the_process_from_ending() -> None:
    threads: list[threading.Thread] = []

    class Origin(FakeOrigin):
        def fetch(self, now: float, previous: FetchedKeys | None) -> FetchedKeys:
            threads.append(threading.current_thread())
            return super().fetch(now, previous)

    flight = SingleFlight(ISSUER, Origin(fetched("a")), Lifetime(min_age=1, max_age=2, default_age=1), 4.0)
    assert flight.refresh(0, Cause.COLD).result(10).key_set == keys("a")
    (thread,) = threads
    assert thread is not threading.current_thread()
    assert thread.daemon
    assert thread.name == "gatepost-keys"


def test_the_one_who_asks_does_not_wait_for_the_fetch() -> None:
    go_on = threading.Event()

    class Slow(FakeOrigin):
        def fetch(self, now: float, previous: FetchedKeys | None) -> FetchedKeys:
            assert go_on.wait(10)
            return super().fetch(now, previous)

    flight = single_flight(Slow(fetched("a")), in_a_thread)
    answer = flight.refresh(0, Cause.COLD)
    assert not answer.done()
    assert flight.current(0) is None
    go_on.set()
    assert answer.result(10).key_set == keys("a")


def test_threads_that_ask_at_once_get_one_fetch() -> None:
    origin, runner = FakeOrigin(fetched("a")), Deferred()
    flight = single_flight(origin, runner)
    start = threading.Barrier(8)
    answers: list[object] = []

    def ask() -> None:
        start.wait(10)
        answers.append(flight.refresh(0, Cause.COLD))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len({id(answer) for answer in answers}) == 1
    assert len(runner.held) == 1


# --- After a fork ---


def test_a_child_process_forgets_the_fetch_that_only_its_parent_has_and_keeps_the_keys() -> None:
    origin, runner = FakeOrigin(fetched("b")), Deferred()
    flight = single_flight(origin, runner, seed=snapshot("a"))
    lost = flight.refresh(1000, Cause.DUE)
    flight._lock.acquire()  # as another thread of the parent may have it
    flight.forget_parent()
    assert flight.current(1000) == snapshot("a")
    assert flight.flight is None
    answer = flight.refresh(1001, Cause.DUE)
    assert answer is not lost
    runner.held.pop(0)
    runner.land()
    assert answer.result(0).key_set == keys("b")
    assert not lost.done()


def test_whoever_sees_that_no_fetch_is_on_its_way_sees_what_it_brought() -> None:
    seen = []

    class Watched(SingleFlight):
        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if name == "flight" and value is None and hasattr(self, "last_fetch"):
                seen.append((self.last_fetch, self.current(0)))

    flight = Watched(ISSUER, FakeOrigin(fetched("a"), DOWN), LIFETIME, 4.0, runner=at_once)
    flight.refresh(1000, Cause.COLD)
    flight.refresh(2000, Cause.COLD)
    assert [current for _, current in seen] == [snapshot("a", at=1000)] * 2
    assert [last is not None and last.asked_at for last, _ in seen] == [1000, 2000]
