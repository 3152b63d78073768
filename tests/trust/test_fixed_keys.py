"""Keys that were given as they are."""

import pytest

from gatepost.trust.fixed_keys import FixedKeys
from gatepost.trust.key_source import Cause
from tests.trust.flights import keys

FIXED = FixedKeys(keys("a"), 1000)


@pytest.mark.parametrize("now", [0, 1000, 1e12])
def test_they_are_there_at_any_time(now: float) -> None:
    snapshot = FIXED.current(now)
    assert (snapshot.key_set, snapshot.generation) == (keys("a"), 1)
    assert snapshot.expires_at > now


@pytest.mark.parametrize("cause", Cause)
def test_there_is_nowhere_to_look_for_others(cause: Cause) -> None:
    assert FIXED.refresh(1000, cause).result(0) is FIXED.current(1000)
    assert FIXED.wait_limit == 0


def test_their_health_is_good() -> None:
    health = FIXED.health(1100)
    assert (health.age, health.keys, health.last_error, health.counters) == (100, 1, None, {})
    assert health.expires_in == float("inf")
