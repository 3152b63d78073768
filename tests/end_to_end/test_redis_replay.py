"""Each proof is used once, whichever of the machines that share a Redis it comes to."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import pytest

from gatepost.errors import ConfigurationError, KeysUnavailable
from gatepost.verification.redis_connection import RedisConnection
from gatepost.verification.redis_replay import RedisReplayStore
from tests.end_to_end.real_parts.loopback_port import free_port

NOW = 1_800_000_000.0

FirstUse: TypeAlias = Callable[..., bool]


@pytest.fixture
def connection(redis_url: str) -> Iterator[RedisConnection]:
    """A connection to an empty Redis."""
    connection = RedisConnection(redis_url)
    yield connection
    connection.close()


@pytest.fixture(params=["sync", "async"])
def first_use(request: pytest.FixtureRequest) -> FirstUse:
    """Uses a proof in one of the two ways, each time in an event loop of its own."""

    async def use(connection: RedisConnection, key: str, until: float) -> bool:
        try:
            return await RedisReplayStore(connection).first_use_async(key, until, NOW)
        finally:
            await connection.aclose()

    if request.param == "sync":
        return lambda connection, key, until: RedisReplayStore(connection).first_use(key, until, NOW)
    return lambda connection, key, until: asyncio.run(use(connection, key, until))


def test_a_proof_is_used_once(connection: RedisConnection, first_use: FirstUse) -> None:
    assert first_use(connection, "a", NOW + 60)
    assert not first_use(connection, "a", NOW + 60)
    assert first_use(connection, "b", NOW + 60)


def test_it_is_remembered_until_its_end(connection: RedisConnection, first_use: FirstUse) -> None:
    first_use(connection, "a", NOW + 60.0004)
    assert 59_000 < int(connection.client.pttl("gatepost:dpop:a")) <= 60_001
    first_use(connection, "b", NOW - 10)
    assert int(connection.client.pttl("gatepost:dpop:b")) < 2


def test_of_many_machines_only_one_comes_first(redis_url: str) -> None:
    connections = [RedisConnection(redis_url) for _ in range(4)]
    stores = [RedisReplayStore(connection) for connection in connections]
    with ThreadPoolExecutor(4) as threads:
        uses = list(threads.map(lambda n: stores[n % 4].first_use(str(n // 4), NOW + 60, NOW), range(100)))
    assert sum(uses) == 25
    for connection in connections:
        connection.close()


def test_within_one_event_loop_the_connections_are_shared(connection: RedisConnection) -> None:
    async def use() -> list[bool]:
        store = RedisReplayStore(connection)
        uses = await asyncio.gather(*(store.first_use_async("a", NOW + 60, NOW) for _ in range(20)))
        assert connection.client_async is connection.client_async
        await connection.aclose()
        await connection.aclose()
        return uses

    assert sum(asyncio.run(use())) == 1


def test_a_redis_that_is_down_lets_nobody_in(first_use: FirstUse) -> None:
    connection = RedisConnection(f"redis://:s3cret@127.0.0.1:{free_port()}/0", timeout=0.5)
    with pytest.raises(KeysUnavailable, match="Redis cannot be asked: ConnectionError") as caught:
        first_use(connection, "a", NOW + 60)
    assert "s3cret" not in str(caught.value)
    assert caught.value.retry_after == 5


def test_a_url_of_another_kind_is_an_error_of_the_setup() -> None:
    with pytest.raises(ConfigurationError, match="begins with redis://") as caught:
        RedisConnection("http://user:s3cret@127.0.0.1")
    assert "s3cret" not in str(caught.value)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "redis", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'gatepost\[redis\]'"):
        RedisConnection("redis://127.0.0.1")
