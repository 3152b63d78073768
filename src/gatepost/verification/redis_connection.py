"""One Redis or Valkey for the stores that several machines share, with its sync and its asyncio client."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gatepost.errors import ConfigurationError, KeysUnavailable

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from redis import Redis
    from redis.asyncio import Redis as AsyncRedis


class RedisConnection:
    """The clients of one Redis. Nothing is connected before it is needed.

    Its memory policy has to be `noeviction`: what is pushed out is not refused any more.
    """

    def __init__(self, url: str, *, timeout: float = 1.0) -> None:
        """Take the URL.

        Args:
            url: Such as `redis://host:6379/0`, `rediss://…` for TLS, or `unix:///path`.
            timeout: Seconds for a connection to stand, and for an answer to be there.

        Raises:
            ConfigurationError: When the package `redis` is not installed, or the URL cannot be read.
        """
        try:
            from redis import Redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError:
            raise ConfigurationError("Redis needs the extra: pip install 'gatepost[redis]'") from None
        self._url = url
        self._timeout = timeout
        try:
            self._client = Redis.from_url(
                url,
                socket_timeout=timeout,
                socket_connect_timeout=timeout,
                retry=Retry(NoBackoff(), 1),  # a connection that was idle may be gone
            )
        except ValueError:
            raise ConfigurationError("the URL of Redis begins with redis://, rediss:// or unix://") from None
        self._by_loop: WeakKeyDictionary[AbstractEventLoop, AsyncRedis] = WeakKeyDictionary()

    @property
    def client(self) -> "Redis":
        """The client for threads."""
        return self._client

    @property
    def client_async(self) -> "AsyncRedis":
        """The client for the event loop that runs: connections belong to their loop."""
        import asyncio

        loop = asyncio.get_running_loop()
        client = self._by_loop.get(loop)
        if client is None:
            from redis.asyncio import Redis as AsyncRedis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff

            client = AsyncRedis.from_url(
                self._url,
                socket_timeout=self._timeout,
                socket_connect_timeout=self._timeout,
                retry=Retry(NoBackoff(), 1),
            )
            self._by_loop[loop] = client
        return client

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Turn failures of Redis inside a `with` block into `KeysUnavailable`."""
        from redis.exceptions import RedisError

        try:
            yield
        except (RedisError, OSError) as error:
            raise KeysUnavailable(f"Redis cannot be asked: {type(error).__name__}", retry_after=5) from None

    def close(self) -> None:
        """Close the connections of threads."""
        self._client.close()

    async def aclose(self) -> None:
        """Close the connections of the event loop that runs."""
        import asyncio

        client = self._by_loop.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()
