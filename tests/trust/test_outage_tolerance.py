"""When the issuer is down, the keys that it had serve on for a stated while."""

import pytest

from gatepost.errors import KeysUnavailable
from gatepost.trust.key_source import Cause
from gatepost.trust.outage_tolerance import OutageTolerance
from tests.trust.flights import DOWN, Deferred, FakeOrigin, fetched, keys, single_flight, snapshot

OLD = snapshot("a", at=1000, due=1300, until=1400)
WINDOW = 3600
LAST = 1400 + WINDOW


def tolerant(origin: FakeOrigin, runner: Deferred | None = None, *, seeded: bool = True) -> OutageTolerance:
    seed = OLD if seeded else None
    return OutageTolerance(
        single_flight(origin, seed=seed) if runner is None else single_flight(origin, runner, seed), WINDOW
    )


def test_keys_that_have_not_expired_are_given_out_whether_the_issuer_fails_or_not() -> None:
    layer = tolerant(FakeOrigin(DOWN))
    assert layer.current(1399.9) is OLD
    layer.refresh(1399.9, Cause.DUE)
    assert layer.current(1399.9) is OLD
    assert layer.counters["stale"] == 0


def test_expired_keys_are_not_given_out_before_the_issuer_was_asked() -> None:
    layer = tolerant(FakeOrigin(DOWN))
    assert layer.current(1400) is None
    assert layer.counters["stale"] == 0


def test_expired_keys_serve_on_while_the_issuer_fails_for_the_window_and_no_longer() -> None:
    layer = tolerant(FakeOrigin(DOWN))
    layer.refresh(1400, Cause.DUE)
    assert [layer.current(now) for now in (1400, LAST - 0.1, LAST, LAST + 1e6)] == [OLD, OLD, None, None]
    assert layer.counters["stale"] == 2


def test_when_the_issuer_is_back_expired_keys_are_not_given_out_any_more() -> None:
    layer = tolerant(FakeOrigin(DOWN, fetched("b")))
    layer.refresh(1390, Cause.DUE)
    layer.refresh(1500, Cause.DUE)
    now_at_hand = layer.current(1500)
    assert now_at_hand is not None
    assert now_at_hand.key_set == keys("b")


def test_a_failure_before_they_expired_is_no_proof_of_an_outage_now() -> None:
    layer = tolerant(FakeOrigin(DOWN))
    layer.refresh(1390, Cause.DUE)
    assert layer.current(3000) is None, "the issuer may have removed one of them long ago"


def test_whoever_waits_for_want_of_keys_gets_the_stale_ones_when_the_fetch_fails() -> None:
    runner = Deferred()
    layer = tolerant(FakeOrigin(DOWN), runner)
    answer = layer.refresh(1500, Cause.COLD)
    assert not answer.done()
    runner.land()
    assert answer.result(0) is OLD


def test_whoever_waits_for_want_of_keys_gets_the_new_ones_when_there_are_new_ones() -> None:
    assert tolerant(FakeOrigin(fetched("b"))).refresh(1500, Cause.COLD).result(0).key_set == keys("b")


@pytest.mark.parametrize("now", [LAST, LAST + 1e6])
def test_after_the_window_nothing_can_be_said(now: float) -> None:
    with pytest.raises(KeysUnavailable, match="the issuer is down"):
        tolerant(FakeOrigin(DOWN)).refresh(now, Cause.COLD).result(0)


def test_where_there_never_were_keys_there_is_nothing_to_serve_on() -> None:
    layer = tolerant(FakeOrigin(DOWN), seeded=False)
    with pytest.raises(KeysUnavailable):
        layer.refresh(0, Cause.COLD).result(0)
    assert layer.current(0) is None


def test_for_an_unknown_key_stale_keys_are_no_answer() -> None:
    layer = tolerant(FakeOrigin(DOWN))
    with pytest.raises(KeysUnavailable):
        layer.refresh(1500, Cause.UNKNOWN_KEY).result(0)


def test_a_window_of_nothing_serves_nothing_stale() -> None:
    layer = OutageTolerance(single_flight(FakeOrigin(DOWN), seed=OLD), 0)
    layer.refresh(1390, Cause.DUE)
    assert layer.current(1399) is OLD
    assert layer.current(1400) is None
