"""What an answer says about keeping it (RFC 9111 §4.2.1, §5.2.2), and about its version (RFC 9110 §8.8.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.trust.fetch import FetchFailed, Response, entity_tag, max_age


@pytest.mark.parametrize(
    ("cache_control", "age", "seconds"),
    [
        (None, None, None),
        ("", None, None),
        ("public", None, None),
        ("max-age=300", None, 300),
        ("max-age=0", None, 0),
        ("public, max-age=300, must-revalidate", None, 300),
        ("Public,MAX-AGE=300", None, 300),
        ('max-age="300"', None, 300),
        ("s-maxage=10, max-age=300", None, 300),
        ("max-age=300", "100", 200),
        ("max-age=300", " 100 ", 200),
        ("max-age=300", "300", 0),
        ("max-age=300", "301", 0),
        ("no-store", None, 0),
        ("no-cache", None, 0),
        ("no-cache, max-age=300", None, 0),
        ("max-age=300, no-store", "5", 0),
        ('no-cache="Set-Cookie", max-age=300', None, 0),
        (None, "100", None),
    ],
)
def test_an_answer_may_be_kept_for_max_age_less_its_age(
    cache_control: str | None, age: str | None, seconds: float | None
) -> None:
    assert max_age(cache_control, age) == seconds


@pytest.mark.parametrize(
    "value",
    ["-1", "+1", "1.5", "1e3", "", " ", "abc", "0x10", "1_000", "٣٠٠", "²", "inf", "nan", "9" * 11, "9" * 5000],
    ids=lambda value: repr(value[:12]),
)
def test_a_value_that_is_no_plain_number_of_seconds_says_nothing(value: str) -> None:
    assert max_age(f"max-age={value}", None) is None
    assert max_age("max-age=300", value) == 300


@pytest.mark.parametrize(
    "cache_control", ["max-age", "max-age=", "=300", ",,,", "max-age 300", "max_age=300", '"', "="]
)
def test_a_header_that_is_broken_says_nothing(cache_control: str) -> None:
    assert max_age(cache_control, None) is None


@given(st.none() | st.text(max_size=60), st.none() | st.text(max_size=12))
def test_whatever_the_headers_are_the_answer_is_nothing_or_a_finite_number_of_seconds(
    cache_control: str | None, age: str | None
) -> None:
    seconds = max_age(cache_control, age)
    assert seconds is None or 0 <= seconds < 1e10


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', '""', "unquoted", '"' + "x" * 254 + '"'], ids=lambda tag: tag[:9])
def test_the_name_of_a_version_is_kept_as_it_is(etag: str) -> None:
    assert entity_tag(etag) == etag


@pytest.mark.parametrize(
    "etag",
    [None, "", '"a\r\n b"', '"a\nSet-Cookie: x"', '"two words"', '"\x00"', '"\x7f"', '"é"', '"' + "x" * 255 + '"'],
    ids=lambda tag: repr(tag)[:20],
)
def test_the_name_of_a_version_that_could_not_be_sent_back_is_not_kept(etag: str | None) -> None:
    assert entity_tag(etag) is None


def test_a_response_says_what_it_is_and_nothing_more() -> None:
    response = Response(200, b"{}", etag='"1"', max_age=5)
    assert (response.status, response.body, response.etag, response.max_age) == (200, b"{}", '"1"', 5)
    assert Response(304) == Response(304, b"", etag=None, max_age=None)


def test_a_failure_knows_the_status_if_there_was_one() -> None:
    assert FetchFailed("x").status is None
    assert FetchFailed("x", status=404).status == 404
    assert FetchFailed("x").code == "fetch_failed"
