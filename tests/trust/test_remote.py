"""The settings of keys that are fetched, and the chain that they build."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gatepost.errors import ConfigurationError, KeysUnavailable
from gatepost.jose import KeySet
from gatepost.trust.discovery import Discovery
from gatepost.trust.http_fetcher import HttpFetcher
from gatepost.trust.key_source import Cause
from gatepost.trust.remote import RemoteKeys
from tests.trust.fake_fetcher import FakeFetcher
from tests.trust.flights import DOWN, ISSUER, Deferred, FakeOrigin, at_once, fetched, keys

NAN, INFINITY = float("nan"), float("inf")


def test_the_defaults_are_the_stated_ones() -> None:
    settings = RemoteKeys()
    assert (settings.connect_timeout, settings.total_timeout, settings.max_bytes) == (1.5, 3.0, 150_000)
    assert (settings.min_age, settings.max_age, settings.default_age) == (60, 3600, 300)
    assert (settings.stale_window, settings.refresh_cooldown) == (3600, 30)
    assert (settings.ca_file, settings.http_hosts, settings.seed, settings.fetcher) == (None, (), None, None)


@pytest.mark.parametrize(
    "setting", [{name: value} for name in ("connect_timeout", "total_timeout", "max_bytes") for value in (1, 0.5)]
)
def test_limits_are_above_zero(setting: dict[str, Any]) -> None:
    (name,) = setting
    assert getattr(RemoteKeys(**setting), name) == setting[name]
    with pytest.raises(ConfigurationError, match=f"{name} is a number above 0, not 0"):
        RemoteKeys(**{name: 0})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["min_age", "default_age", "stale_window", "refresh_cooldown"])
def test_times_may_be_zero(name: str) -> None:
    assert getattr(RemoteKeys(**{name: 0}), name) == 0  # type: ignore[arg-type]


NUMBERS = [
    "connect_timeout",
    "total_timeout",
    "max_bytes",
    "min_age",
    "max_age",
    "default_age",
    "stale_window",
    "refresh_cooldown",
]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [-1, -0.001, NAN, INFINITY, -INFINITY, True, False, None, "5", [5]], ids=repr)
def test_a_number_that_makes_no_sense_is_a_configuration_error_that_names_it(name: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name} is a number") as caught:
        RemoteKeys(**{name: value})  # type: ignore[arg-type]
    assert repr(value) in str(caught.value)


def test_bounds_that_cross_are_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="min_age is at most max_age; 4000 is more than 3600"):
        RemoteKeys(min_age=4000)
    assert RemoteKeys(min_age=3600).min_age == 3600


@pytest.mark.parametrize("hosts", ["idp.internal", b"idp", None, 5, [5], ["a", None], [""], {"a": 1, 2: 3}], ids=repr)
def test_hosts_that_are_no_names_are_a_configuration_error(hosts: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"http_hosts is a tuple of host names, such as \('idp.internal',\)"):
        RemoteKeys(http_hosts=hosts)


def test_hosts_are_any_names_in_any_case() -> None:
    assert RemoteKeys(http_hosts=["IDP.internal", "b"]).http_hosts == ("idp.internal", "b")
    assert RemoteKeys(http_hosts=[]).http_hosts == ()


@pytest.mark.parametrize("ca_file", [5, True, b"ca.pem", ["ca.pem"]], ids=repr)
def test_a_ca_file_that_is_no_path_is_a_configuration_error(ca_file: Any) -> None:
    with pytest.raises(ConfigurationError, match="ca_file is the path of a PEM file"):
        RemoteKeys(ca_file=ca_file)


def test_a_ca_file_that_is_not_there_is_a_configuration_error(tmp_path: Path) -> None:
    for missing in (tmp_path, tmp_path / "none.pem", "", "-----BEGIN CERTIFICATE-----"):
        with pytest.raises(ConfigurationError, match="ca_file is a path"):
            RemoteKeys(ca_file=missing)


@pytest.mark.parametrize(
    "seed",
    [{"keys": []}, "keys.json", keys("a").keys, KeySet.from_secret(b"x" * 32)],
    ids=lambda seed: type(seed).__name__,
)
def test_a_seed_that_is_no_set_of_public_keys_is_a_configuration_error(seed: Any) -> None:
    with pytest.raises(ConfigurationError, match="seed is a KeySet of public keys"):
        RemoteKeys(seed=seed)


def test_a_fetcher_that_cannot_fetch_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="fetcher is an object with fetch"):
        RemoteKeys(fetcher=object())  # type: ignore[arg-type]


def test_settings_cannot_change_and_are_equal_when_their_values_are() -> None:
    settings = RemoteKeys(seed=keys("a"), http_hosts=["a"])
    with pytest.raises(AttributeError):
        settings.max_age = 5
    assert settings == RemoteKeys(seed=keys("a"), http_hosts=("A",))
    assert hash(settings) == hash(RemoteKeys(seed=keys("a"), http_hosts=("A",)))
    assert settings != RemoteKeys(seed=keys("b"), http_hosts=("a",))
    assert RemoteKeys() != Discovery()
    assert "total_timeout=3.0" in repr(settings)


def test_what_fetches_is_urllib3_within_the_limits_unless_another_is_given(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.touch()
    own = RemoteKeys(ca_file=ca_file, connect_timeout=1, total_timeout=2, max_bytes=3).make_fetcher()
    assert isinstance(own, HttpFetcher)
    assert (own._ca_file, own._connect_timeout, own._total_timeout, own._max_bytes) == (ca_file, 1, 2, 3)
    given = FakeFetcher({})
    assert RemoteKeys(fetcher=given).make_fetcher() is given


# --- The chain ---


def counters(**changes: int) -> Mapping[str, int]:
    return {"fetches": 0, "failures": 0, "not_modified": 0, "forced": 0, "joined": 0, "stale": 0, **changes}


def test_the_chain_knows_each_of_the_rules() -> None:
    origin = FakeOrigin(fetched("a"))
    live = RemoteKeys().keep_fresh(ISSUER, origin, 0, at_once)
    assert live.current(0) is None
    assert live.refresh(0, Cause.COLD).result(0).key_set == keys("a")
    assert live.current(224.9) is not None
    assert live.health(224.9).counters == counters(fetches=1)
    live.current(225)  # refresh ahead
    assert live.health(225).counters == counters(fetches=2, not_modified=1)
    origin.answers = [DOWN]
    for now in (226, 227, 255.9):  # forced refresh limit
        with pytest.raises(KeysUnavailable):
            live.refresh(now, Cause.UNKNOWN_KEY).result(0)
    assert live.health(256).counters == counters(fetches=3, not_modified=1, forced=1, failures=1)
    for now in (450, 450.9):  # failure backoff: 450 was the second failure
        assert live.current(now) is not None
    assert live.health(451).counters == counters(fetches=4, not_modified=1, forced=1, failures=2)
    assert live.current(525) is not None  # outage tolerance
    assert live.current(525 + 3600) is None
    assert live.health(525 + 3600).counters["stale"] == 1


def test_one_waits_a_second_longer_than_a_fetch_may_take() -> None:
    live = RemoteKeys(total_timeout=2).keep_fresh(ISSUER, FakeOrigin(DOWN), 0)
    assert live.wait_limit == 3


def test_a_seed_spares_the_first_request_the_wait_and_is_due_at_once() -> None:
    runner = Deferred()
    live = RemoteKeys(seed=keys("a")).keep_fresh(ISSUER, FakeOrigin(fetched("a", "b")), 1000, runner)
    first = live.current(1000)
    assert first is not None
    assert first.key_set == keys("a")
    runner.land()
    second = live.current(1000)
    assert second is not None
    assert (second.key_set, second.generation) == (keys("a", "b"), 2)


def test_a_seed_serves_on_as_long_as_fetched_keys_would_when_the_issuer_is_down_from_the_start() -> None:
    live = RemoteKeys(seed=keys("a"), default_age=100, stale_window=50).keep_fresh(
        ISSUER, FakeOrigin(DOWN), 1000, at_once
    )
    assert [live.current(now) is not None for now in (1000, 1099, 1149, 1150)] == [True, True, True, False]


def test_without_a_runner_fetches_run_in_threads() -> None:
    live = RemoteKeys().keep_fresh(ISSUER, FakeOrigin(fetched("a")), 0)
    assert live.refresh(0, Cause.COLD).result(10).key_set == keys("a")
