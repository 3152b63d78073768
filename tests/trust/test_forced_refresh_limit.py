"""At most one forced refresh in 30 seconds, whatever the tokens."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from gatepost.errors import KeysUnavailable
from gatepost.trust.forced_refresh_limit import ForcedRefreshLimit
from gatepost.trust.key_source import Cause, Snapshot
from gatepost.trust.origin import FetchedKeys
from tests.trust.flights import DOWN, Deferred, FakeOrigin, at_once, fetched, keys, single_flight, snapshot


def limit(origin: FakeOrigin, runner: Callable[[Callable[[], None]], None] = at_once) -> ForcedRefreshLimit:
    return ForcedRefreshLimit(single_flight(origin, runner, seed=snapshot("a")), cooldown=30)


def forced(layer: ForcedRefreshLimit, now: float) -> Future[Snapshot]:
    return layer.refresh(now, Cause.UNKNOWN_KEY)


def test_unknown_keys_lead_to_one_fetch_in_30_seconds() -> None:
    origin = FakeOrigin(fetched("a"))
    layer = limit(origin)
    for tenth in range(1000):
        forced(layer, tenth / 10)
    assert [now for now, _ in origin.asked] == [0, 30, 60, 90]
    assert layer.counters["forced"] == layer.counters["fetches"] == 4


def test_failed_ones_are_counted_and_the_failure_holds() -> None:
    origin = FakeOrigin(DOWN)
    layer = limit(origin)
    for now in (0, 1, 29.9):
        with pytest.raises(KeysUnavailable, match="the issuer is down"):
            forced(layer, now).result(0)
    assert len(origin.asked) == 1
    forced(layer, 30)
    assert len(origin.asked) == 2


def test_between_them_the_keys_of_the_last_one_are_the_answer() -> None:
    layer = limit(FakeOrigin(fetched("b"), fetched("c")))
    assert forced(layer, 0).result(0).key_set == keys("b")
    assert forced(layer, 29.9).result(0).key_set == keys("b")
    assert forced(layer, 30).result(0).key_set == keys("c")


@pytest.mark.parametrize("cause", [Cause.COLD, Cause.DUE])
def test_a_fetch_for_another_reason_is_not_limited_and_does_not_count(cause: Cause) -> None:
    origin = FakeOrigin(fetched("a"))
    layer = limit(origin)
    forced(layer, 0)
    layer.refresh(1, cause)
    layer.refresh(2, cause)
    forced(layer, 3)
    assert [now for now, _ in origin.asked] == [0, 1, 2]
    assert layer.counters["forced"] == 1


def test_keys_that_were_fetched_since_for_another_reason_are_a_newer_answer() -> None:
    layer = limit(FakeOrigin(DOWN, fetched("b")))
    forced(layer, 0)
    layer.refresh(5, Cause.DUE)
    assert forced(layer, 6).result(0).key_set == keys("b")


def test_a_failure_since_for_another_reason_is_a_newer_answer_nobody_knows_now() -> None:
    origin = FakeOrigin(fetched("b"), DOWN)
    layer = limit(origin)
    forced(layer, 0)
    layer.refresh(5, Cause.DUE)
    with pytest.raises(KeysUnavailable):
        forced(layer, 6).result(0)
    assert len(origin.asked) == 2


def test_a_fetch_that_is_on_its_way_is_joined_at_any_time_and_is_not_forced() -> None:
    runner = Deferred()
    layer = limit(FakeOrigin(fetched("b")), runner)
    due = layer.refresh(0, Cause.DUE)
    assert forced(layer, 0) is due
    runner.land()
    assert layer.counters["forced"] == 0
    assert layer.counters["joined"] == 1
    own = forced(layer, 1)
    assert own is not due
    assert forced(layer, 2) is own
    assert layer.counters["forced"] == 1


def test_a_clock_that_was_set_back_does_not_prolong_the_pause() -> None:
    origin = FakeOrigin(fetched("a"))
    layer = limit(origin)
    for now in (1000, 500, 501, 530):
        forced(layer, now)
    assert [now for now, _ in origin.asked] == [1000, 500, 530]


def test_somebody_who_waited_and_asks_with_an_older_time_does_not_break_the_pause() -> None:
    origin = FakeOrigin(fetched("a"))
    layer = limit(origin)
    for now in (1000, 999.9, 996, 971):
        forced(layer, now)
    assert [now for now, _ in origin.asked] == [1000]


def test_threads_that_come_at_once_force_one_fetch_even_when_it_lands_in_between() -> None:
    origin = FakeOrigin(fetched("a"))
    layer = limit(origin)
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait(10)
        for now in range(25):
            forced(layer, now).result(10)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(origin.asked) == layer.counters["forced"] == 1


def test_a_fetch_that_lands_while_it_is_joined_does_not_start_another() -> None:
    """What was on its way when the question came is the answer, whatever happens in between."""
    origin, runner = FakeOrigin(fetched("b")), Deferred()

    class Landing(ForcedRefreshLimit):
        @property
        def flight(self) -> Future[Snapshot] | None:
            on_its_way = super().flight
            runner.land()
            return on_its_way

    layer = Landing(single_flight(origin, runner, seed=snapshot("a")), cooldown=30)
    layer.refresh(0, Cause.DUE)
    assert forced(layer, 0).result(0).key_set == keys("b")
    assert len(origin.asked) == 1


def test_a_child_process_may_force_what_its_parent_never_told_it() -> None:
    origin, runner = FakeOrigin(fetched("b")), Deferred()
    inner = single_flight(origin, runner, seed=snapshot("a"))
    layer = ForcedRefreshLimit(inner, cooldown=30)
    lost = forced(layer, 0)
    layer._lock.acquire()  # as another thread of the parent may have it
    inner.forget_parent()
    layer.forget_parent()
    runner.held.clear()
    answer = forced(layer, 1)
    assert answer is not lost
    runner.land()
    assert answer.result(0).key_set == keys("b")


def test_the_origin_is_asked_while_no_lock_is_held_when_it_runs_elsewhere() -> None:
    asked, go_on = threading.Event(), threading.Event()

    class Slow(FakeOrigin):
        def fetch(self, now: float, previous: FetchedKeys | None) -> FetchedKeys:
            asked.set()
            assert go_on.wait(10)
            return super().fetch(now, previous)

    from gatepost.trust.single_flight import in_a_thread

    layer = limit(Slow(fetched("b")), in_a_thread)
    answer = forced(layer, 0)
    assert asked.wait(10)
    assert forced(layer, 0) is answer
    assert not layer._lock.locked()
    go_on.set()
    assert answer.result(10).key_set == keys("b")
