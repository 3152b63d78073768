"""The cache of verified tokens: bounded, by the whole token, the least recently used one goes first."""

from collections import OrderedDict
from typing import Any

import pytest

from gatepost.errors import ConfigurationError
from gatepost.jose.strict_json import JsonObject
from gatepost.verification import VerifiedToken
from gatepost.verification.token_cache import Remembered, TokenCache


def remembered(sub: str = "alice") -> Remembered:
    return Remembered(VerifiedToken("https://issuer.example", JsonObject(), JsonObject(sub=sub)), 1, 0, 10)


def test_what_was_put_is_found_by_the_whole_token() -> None:
    cache = TokenCache(2)
    alice = remembered()
    cache.put("a.b.c", alice)
    assert cache.get("a.b.c") is alice
    assert (alice.token.subject, alice.generation, alice.since, alice.until) == ("alice", 1, 0, 10)
    for other in ("a.b.", "a.b.d", "A.b.c", "a.b.c ", "", "a.b.c\0"):
        assert cache.get(other) is None


def test_it_never_holds_more_than_its_size() -> None:
    cache = TokenCache(3)
    for number in range(10):
        cache.put(str(number), remembered())
        assert len(cache) == min(number + 1, 3)


def test_the_one_that_was_not_used_for_longest_goes_first() -> None:
    cache = TokenCache(2)
    for token in ("old", "new"):
        cache.put(token, remembered())
    assert cache.get("old")
    cache.put("newest", remembered())
    assert cache.get("new") is None
    assert cache.get("old")
    assert cache.get("newest")


def test_a_token_that_is_put_again_is_replaced() -> None:
    cache = TokenCache(2)
    again = remembered()
    for value in (remembered(), again):
        cache.put("a.b.c", value)
    assert cache.get("a.b.c") is again
    assert len(cache) == 1


@pytest.mark.parametrize("size", [0, -1, True, 1.5, "1024", None, [1]], ids=repr)
def test_a_size_is_a_whole_number_above_0(size: Any) -> None:
    with pytest.raises(ConfigurationError, match="token_cache is a number of entries above 0, or None"):
        TokenCache(size)


def test_a_token_that_another_thread_pushes_out_at_this_moment_is_still_answered() -> None:
    class PushedOut(OrderedDict[Any, Any]):
        def move_to_end(self, key: object, last: bool = True) -> None:
            raise KeyError(key)

    cache = TokenCache(2)
    alice = remembered()
    cache._tokens = PushedOut({"a.b.c": alice})
    assert cache.get("a.b.c") is alice
