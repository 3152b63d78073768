"""Refusals are remembered for moments, and never more than a number of them."""

from collections import OrderedDict
from typing import Any

import pytest

from gatepost.errors import KeysUnavailable, Reason, TokenRejected
from gatepost.verification.refusal_cache import Refusal, RefusalCache

INACTIVE = Refusal(Reason.INACTIVE, claim="active")


def test_a_refusal_is_remembered_until_its_end() -> None:
    cache = RefusalCache(2)
    cache.put("a", INACTIVE, 10)
    assert cache.get("a", 9.9) is INACTIVE
    assert cache.get("a", 10) is None
    assert cache.get("b", 0) is None


def test_the_oldest_goes_first() -> None:
    cache = RefusalCache(2)
    for token in ("a", "b", "a", "c"):
        cache.put(token, INACTIVE, 10)
    assert [token for token in "abc" if cache.get(token, 0)] == ["a", "c"]
    assert len(cache) == 2


def test_a_refusal_is_a_new_error_each_time() -> None:
    errors = [INACTIVE.error(), INACTIVE.error()]
    assert errors[0] is not errors[1]
    with pytest.raises(TokenRejected) as caught:
        raise errors[0]
    assert (caught.value.reason, caught.value.claim) == (Reason.INACTIVE, "active")
    assert isinstance(Refusal(None, message="down").error(), KeysUnavailable)


def test_a_refusal_that_another_thread_pushes_out_at_this_moment_is_no_error() -> None:
    class PushedOut(OrderedDict[Any, Any]):
        def move_to_end(self, key: object, last: bool = True) -> None:
            raise KeyError(key)

    cache = RefusalCache(2)
    cache._refusals = PushedOut()
    cache.put("a", INACTIVE, 10)
    assert cache.get("a", 0) is INACTIVE
