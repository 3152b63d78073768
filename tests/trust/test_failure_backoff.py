"""An issuer that does not answer is left in peace, for longer after each failure."""

import pytest

from gatepost.errors import KeysUnavailable
from gatepost.trust.failure_backoff import DELAYS, FailureBackoff
from gatepost.trust.key_source import Cause
from tests.trust.flights import DOWN, Deferred, FakeOrigin, fetched, keys, single_flight


def backoff(origin: FakeOrigin, runner: Deferred | None = None) -> FailureBackoff:
    return FailureBackoff(single_flight(origin) if runner is None else single_flight(origin, runner))


def fetches_at(layer: FailureBackoff, origin: FakeOrigin, *times: float) -> list[float]:
    """Return at which of `times` a refresh led to a fetch."""
    before = len(origin.asked)
    for now in times:
        layer.refresh(now, Cause.DUE)
    return [now for now, _ in origin.asked[before:]]


def test_the_pauses_after_failures_in_a_row_are_1_2_4_8_16_and_then_30_seconds() -> None:
    origin = FakeOrigin(DOWN)
    layer = backoff(origin)
    assert list(DELAYS) == [1, 2, 4, 8, 16, 30]
    seconds = [tenth / 10 for tenth in range(1300)]
    assert fetches_at(layer, origin, *seconds) == [0, 1, 3, 7, 15, 31, 61, 91, 121]


@pytest.mark.parametrize("cause", Cause)
def test_until_then_the_failure_is_the_answer_to_everybody(cause: Cause) -> None:
    origin = FakeOrigin(DOWN)
    layer = backoff(origin)
    layer.refresh(0, Cause.DUE)
    with pytest.raises(KeysUnavailable, match="the issuer is down"):
        layer.refresh(0.9, cause).result(0)
    assert len(origin.asked) == 1
    assert layer.counters["fetches"] == layer.counters["failures"] == 1


def test_a_fetch_that_brings_keys_ends_the_pauses() -> None:
    origin = FakeOrigin(DOWN, DOWN, fetched("a"), fetched("a"), DOWN, DOWN)
    layer = backoff(origin)
    assert fetches_at(layer, origin, 0, 1, 3, 3.1, 3.2, 3.3, 4.2) == [0, 1, 3, 3.1, 3.2, 4.2]


def test_without_a_failure_nothing_is_held_back() -> None:
    origin = FakeOrigin(fetched("a"))
    layer = backoff(origin)
    assert fetches_at(layer, origin, 0, 0, 0.1) == [0, 0, 0.1]


def test_a_fetch_that_is_on_its_way_is_joined_though_the_one_before_failed() -> None:
    origin, runner = FakeOrigin(DOWN, fetched("a")), Deferred()
    layer = backoff(origin, runner)
    layer.refresh(0, Cause.COLD)
    runner.land()
    answer = layer.refresh(1, Cause.COLD)
    for now in (1, 0.9):  # who waited before asks with an older time
        assert layer.refresh(now, Cause.COLD) is answer
    runner.land()
    assert answer.result(0).key_set == keys("a")


def test_a_clock_that_was_set_back_does_not_prolong_the_pause() -> None:
    origin = FakeOrigin(DOWN)
    layer = backoff(origin)
    assert fetches_at(layer, origin, 1000, 500, 500.5, 501) == [1000, 500]
    assert fetches_at(layer, origin, 502) == [502]


def test_somebody_who_waited_and_asks_with_an_older_time_does_not_break_the_pause() -> None:
    origin = FakeOrigin(DOWN)
    layer = backoff(origin)
    assert fetches_at(layer, origin, 1000, 999.9, 999.1) == [1000]


def test_everybody_gets_an_error_of_their_own() -> None:
    layer = backoff(FakeOrigin(DOWN))
    layer.refresh(0, Cause.DUE)
    errors = [layer.refresh(0.5, Cause.COLD).exception(0) for _ in range(3)]
    assert len({id(error) for error in errors}) == 3
