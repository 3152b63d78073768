"""Spans of time, as people write them."""

import pytest

from gatepost.policy.settings.duration import in_words, seconds


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("90s", 90),
        ("5m", 300),
        ("1h", 3600),
        ("2d", 172_800),
        ("250ms", 0.25),
        ("1.5h", 5400),
        ("90", 90),
        ("0", 0),
        (90, 90),
        (1.5, 1.5),
        (0, 0),
    ],
)
def test_a_span_is_seconds(written: object, meant: float) -> None:
    assert seconds(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "5 m",
        "m",
        "5M",
        "5min",
        "-5m",
        "1h30m",
        "1e3",
        "\u0665m",
        "9999999999s",
        True,
        False,
        None,
        -1,
        [],
        float("nan"),
        float("inf"),
    ],
    ids=repr,
)
def test_anything_else_is_none(written: object) -> None:
    assert seconds(written) is None


@pytest.mark.parametrize(
    ("span", "words"), [(300, "5m"), (90, "90s"), (3600, "1h"), (86400, "1d"), (0, "0s"), (0.5, "0.5s")]
)
def test_seconds_in_words(span: float, words: str) -> None:
    assert in_words(span) == words
