"""Which DPoP proofs were used already, for all machines that share one Redis."""

from math import ceil

from gatepost.verification.redis_connection import RedisConnection


class RedisReplayStore:
    """Remembers proofs in Redis, each by one atomic `SET NX PX`."""

    __slots__ = ("_connection", "_prefix")

    def __init__(self, connection: RedisConnection, *, prefix: str = "gatepost:dpop:") -> None:
        """Take the connection, and what the names of the keys begin with."""
        self._connection = connection
        self._prefix = prefix

    def first_use(self, key: str, until: float, now: float) -> bool:
        """Tell whether `key` comes for the first time, and remember it.

        Raises:
            KeysUnavailable: When Redis cannot be asked.
        """
        with self._connection.asking():
            return bool(self._connection.client.set(self._prefix + key, b"", nx=True, px=_milliseconds(until - now)))

    async def first_use_async(self, key: str, until: float, now: float) -> bool:
        """Tell the same, without blocking the event loop."""
        with self._connection.asking():
            client = self._connection.client_async
            return bool(await client.set(self._prefix + key, b"", nx=True, px=_milliseconds(until - now)))


def _milliseconds(seconds: float) -> int:
    return max(1, ceil(seconds * 1000))
