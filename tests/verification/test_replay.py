"""Each proof is used once (RFC 9449 §11.1)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.errors import ConfigurationError, KeysUnavailable
from gatepost.verification.replay import MemoryReplayStore


def test_a_proof_is_used_once() -> None:
    store = MemoryReplayStore()
    assert store.first_use("a", 110, 100)
    assert not store.first_use("a", 110, 100)
    assert not asyncio.run(store.first_use_async("a", 110, 110))
    assert asyncio.run(store.first_use_async("b", 110, 100))


def test_it_is_remembered_until_its_end_and_forgotten_afterwards() -> None:
    store = MemoryReplayStore()
    assert store.first_use("a", 110, 100)
    assert not store.first_use("a", 110, 110)
    assert store.first_use("b", 300, 110.1)
    assert len(store) == 1


def test_a_full_store_refuses_rather_than_forgets() -> None:
    store = MemoryReplayStore(2)
    assert store.first_use("a", 110, 100)
    assert store.first_use("b", 120, 100)
    with pytest.raises(KeysUnavailable, match="the 2 proofs that can be remembered are all in use") as caught:
        store.first_use("c", 110, 100)
    assert caught.value.retry_after == 5
    assert not store.first_use("a", 110, 100)
    assert store.first_use("c", 130, 111)
    assert len(store) == 2


def test_of_many_threads_only_one_comes_first() -> None:
    store, start = MemoryReplayStore(), Barrier(8)

    def use(_: int) -> list[bool]:
        start.wait()
        return [store.first_use(str(number), 200, 100) for number in range(200)]

    with ThreadPoolExecutor(8) as threads:
        uses = list(threads.map(use, range(8)))
    assert [sum(column) for column in zip(*uses, strict=True)] == [1] * 200


@pytest.mark.parametrize("size", [0, -1, True, 1.5, "10", None], ids=repr)
def test_a_size_is_a_whole_number_above_0(size: Any) -> None:
    with pytest.raises(ConfigurationError, match="the size of a replay store"):
        MemoryReplayStore(size)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.integers(0, 3))))
def test_no_proof_is_used_twice_before_its_end(uses: list[tuple[str, int, int]]) -> None:
    store, ends, now = MemoryReplayStore(), dict.fromkeys("abc", -1), 0
    for key, life, passed in uses:
        now += passed
        assert store.first_use(key, now + life, now) == (ends[key] < now)
        if ends[key] < now:
            ends[key] = now + life
    assert len(store) <= 3
