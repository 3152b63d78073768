"""What is answered between two fetches."""

import traceback

import pytest

from gatepost.errors import KeysUnavailable
from gatepost.trust.last_fetch import LastFetch
from tests.trust.flights import snapshot


def test_keys_that_were_brought_are_given_again() -> None:
    brought = snapshot("a")
    assert LastFetch(1000, brought, 0).again().result(0) is brought


def test_a_failure_is_told_again_in_the_same_words() -> None:
    answer = LastFetch(1000, KeysUnavailable("down", retry_after=7), 1).again().exception(0)
    assert isinstance(answer, KeysUnavailable)
    assert (str(answer), answer.retry_after) == ("down", 7)


def test_a_failure_that_is_told_many_times_gathers_nobodys_frames() -> None:
    last = LastFetch(1000, KeysUnavailable("down"), 1)
    for _ in range(3):
        with pytest.raises(KeysUnavailable) as caught:
            last.again().result(0)
        assert len(traceback.extract_tb(caught.value.__traceback__)) < 5
