"""What every layer hands on."""

from gatepost.trust.key_source import Cause
from gatepost.trust.layer import Layer
from tests.trust.flights import DOWN, Deferred, FakeOrigin, fetched, keys, single_flight, snapshot


def test_a_layer_that_changes_nothing_is_not_noticed() -> None:
    runner = Deferred()
    inner = single_flight(FakeOrigin(DOWN, fetched("b")), runner, seed=snapshot("a"))
    layer = Layer(Layer(inner))
    assert layer.wait_limit == inner.wait_limit
    assert layer.counters is inner.counters
    assert layer.current(0) is inner.current(0)
    answer = layer.refresh(0, Cause.DUE)
    assert layer.flight is inner.flight is answer
    assert layer.newest() is inner.newest()
    runner.land()
    assert layer.last_fetch is inner.last_fetch
    layer.refresh(1, Cause.DUE)
    runner.land()
    assert layer.health(1) == inner.health(1)
    now_at_hand = layer.current(1)
    assert now_at_hand is not None
    assert now_at_hand.key_set == keys("b")
