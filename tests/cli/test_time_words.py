"""Moments and durations in words."""

import pytest

from gatepost.cli.time_words import date, duration, relative


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (-119, "119 seconds"),
        (120, "2 minutes"),
        (7199, "119 minutes"),
        (7200, "2 hours"),
        (47 * 3600, "47 hours"),
        (48 * 3600, "2 days"),
        (90 * 86_400, "2 months"),
        (366 * 86_400 * 3, "3 years"),
        (1e12, "31,688 years"),
    ],
    ids=str,
)
def test_a_duration_is_told_in_the_greatest_unit_of_which_there_are_two(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_moment_lies_before_or_after_now() -> None:
    assert relative(1000, 1300) == "5 minutes ago"
    assert relative(1300, 1000) == "in 5 minutes"
    assert relative(1000, 1000.5) == "just now"


def test_a_date_is_given_in_utc() -> None:
    assert date(1_000_000_000) == "2001-09-09 01:46:40 UTC"


@pytest.mark.parametrize("moment", [1e300, -1e300, float("inf"), float("nan")])
def test_what_is_no_date_is_said_to_be_none(moment: float) -> None:
    assert date(moment) == "beyond any calendar"
