"""Keys are fetched anew before they expire, and nobody waits for it."""

import pytest

from gatepost.trust.key_source import Cause
from gatepost.trust.refresh_ahead import RefreshAhead
from tests.trust.flights import DOWN, Deferred, FakeOrigin, fetched, keys, single_flight, snapshot

OLD = snapshot("a", at=1000, due=1300, until=1400)


def test_keys_that_are_not_due_are_given_out_and_nothing_happens() -> None:
    origin = FakeOrigin(fetched("b"))
    layer = RefreshAhead(single_flight(origin, seed=OLD))
    for now in (1000, 1200, 1299.9):
        assert layer.current(now) is OLD
    assert origin.asked == []


@pytest.mark.parametrize("now", [1300, 1399, 1400, 5000])
def test_due_keys_are_given_out_at_once_while_newer_ones_are_fetched(now: float) -> None:
    origin, runner = FakeOrigin(fetched("b")), Deferred()
    layer = RefreshAhead(single_flight(origin, runner, seed=OLD))
    assert layer.current(now) is OLD
    assert len(runner.held) == 1
    runner.land()
    snapshot = layer.current(now)
    assert snapshot is not None
    assert (snapshot.key_set, snapshot.fetched_at) == (keys("b"), now)
    assert runner.held == []


def test_a_fetch_that_is_on_its_way_is_not_asked_for_again() -> None:
    runner = Deferred()
    layer = RefreshAhead(single_flight(FakeOrigin(fetched("b")), runner, seed=OLD))
    for now in (1300, 1301, 1302):
        assert layer.current(now) is OLD
    assert len(runner.held) == 1
    assert layer.counters["joined"] == 0, "nobody waits for it, so nobody has joined"


def test_newer_keys_that_are_there_at_once_are_the_answer() -> None:
    layer = RefreshAhead(single_flight(FakeOrigin(fetched("b")), seed=OLD))
    snapshot = layer.current(1300)
    assert snapshot is not None
    assert snapshot.key_set == keys("b")


def test_keys_serve_on_when_the_fetch_fails() -> None:
    layer = RefreshAhead(single_flight(FakeOrigin(DOWN), seed=OLD))
    assert layer.current(1300) is OLD
    assert layer.health(1300).last_error is not None


def test_a_clock_that_was_set_back_makes_the_keys_due() -> None:
    origin, runner = FakeOrigin(fetched("b")), Deferred()
    layer = RefreshAhead(single_flight(origin, runner, seed=OLD))
    assert layer.current(900) is OLD
    runner.land()
    snapshot = layer.current(900)
    assert snapshot is not None
    assert snapshot.fetched_at == 900


def test_somebody_who_waited_for_the_keys_and_asks_with_an_older_time_does_not_make_them_due() -> None:
    origin = FakeOrigin(fetched("b"))
    layer = RefreshAhead(single_flight(origin, seed=OLD))
    for now in (999.9, 996):
        assert layer.current(now) is OLD
    assert origin.asked == []


def test_where_there_are_no_keys_nothing_is_done_ahead() -> None:
    origin = FakeOrigin(fetched("a"))
    layer = RefreshAhead(single_flight(origin))
    assert layer.current(1000) is None
    assert origin.asked == []
    assert layer.refresh(1000, Cause.COLD).result(0).key_set == keys("a")
