"""How long fetched keys live."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.trust.lifetime import Lifetime

LIFETIME = Lifetime(min_age=60, max_age=3600, default_age=300)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(None, 300), (0, 60), (59, 60), (60, 60), (600, 600), (3600, 3600), (3601, 3600), (9_999_999_999.0, 3600)],
)
def test_what_the_server_says_holds_within_bounds(said: float | None, seconds: float) -> None:
    assert LIFETIME.of(said) == seconds
    assert LIFETIME.expires_at(1000, said) == 1000 + seconds


def test_keys_are_due_after_three_quarters_of_their_life() -> None:
    assert LIFETIME.refresh_at(1000, None) == 1225
    assert LIFETIME.refresh_at(1000, 0) == 1045


@pytest.mark.parametrize(("default", "seconds"), [(5, 60), (100, 100), (9000, 3600)])
def test_the_default_stays_within_the_bounds_too(default: float, seconds: float) -> None:
    assert Lifetime(min_age=60, max_age=3600, default_age=default).of(None) == seconds


def test_bounds_that_cross_are_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="min_age is at most max_age; 60 is more than 59"):
        Lifetime(min_age=60, max_age=59, default_age=60)
    assert Lifetime(min_age=60, max_age=60, default_age=1).of(5) == 60
