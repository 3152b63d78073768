"""The values that sources of keys deal in."""

import pytest

from gatepost.trust.key_source import Cause, KeyHealth, Snapshot
from tests.trust.flights import keys, snapshot


def test_a_snapshot_is_what_was_given_and_cannot_change() -> None:
    taken = Snapshot(keys("a"), 3, fetched_at=1, refresh_at=2, expires_at=4)
    assert (taken.key_set, taken.generation) == (keys("a"), 3)
    assert (taken.fetched_at, taken.refresh_at, taken.expires_at) == (1, 2, 4)
    with pytest.raises(AttributeError):
        taken.generation = 4
    assert taken == Snapshot(keys("a"), 3, fetched_at=1, refresh_at=2, expires_at=4)


def test_health_counts_from_the_moment_that_it_is_asked_for() -> None:
    health = KeyHealth(snapshot("a", "b", at=1000, until=1400), 1100, "down", {"fetches": 2})
    assert (health.age, health.expires_in, health.keys, health.generation) == (100, 300, 2, 1)
    assert (health.last_error, health.counters, health.skipped) == ("down", {"fetches": 2}, ())
    assert KeyHealth(snapshot("a", until=1400), 1500, None, {}).expires_in == -100


def test_a_key_for_several_algorithms_is_one_key() -> None:
    from gatepost.jose import KeySet, SigningKey

    jwk = SigningKey.generate("RS256").to_jwk()
    del jwk["alg"]
    several = KeySet.from_jwks({"keys": [jwk, {"kty": "strange"}]})
    assert len(several) > 1
    taken = Snapshot(several, 1, fetched_at=0, refresh_at=1, expires_at=2)
    health = KeyHealth(taken, 0, None, {})
    assert health.keys == 1
    assert len(health.skipped) == 1


def test_the_health_of_no_keys_is_that_there_are_none() -> None:
    health = KeyHealth(None, 1000, None, {})
    assert (health.age, health.expires_in, health.keys, health.generation) == (None, None, 0, 0)
    assert health.skipped == ()


def test_the_counters_that_are_given_out_are_a_copy() -> None:
    counters = {"fetches": 1}
    health = KeyHealth(None, 0, None, counters)
    counters["fetches"] = 2
    assert health.counters == {"fetches": 1}


def test_keys_are_asked_for_anew_for_three_reasons() -> None:
    assert [cause.name for cause in Cause] == ["COLD", "DUE", "UNKNOWN_KEY"]
