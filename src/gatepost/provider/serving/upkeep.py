"""What a server does by the way, once a minute: it takes away what has expired, and lets keys follow one another."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import Connection, select

from gatepost.identity import signing_keys, sweeping, used_once
from gatepost.identity.key_shape import Algorithm
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.tables import keys
from gatepost.provider.services import Services

_DAY = 86_400_000
_INTERVAL = 60.0  # seconds
_MOST_ROUNDS = 20  # of a turn, with up to 500 rows of each table each: who has more to take away goes on next time

_logger = logging.getLogger("gatepost.provider")


class Upkeep:
    """Does the upkeep as long as a server serves; of several servers with one database, one at a time does it."""

    def __init__(
        self,
        services: Services,
        *,
        rotate_after: int = 90,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take what there is to work with.

        Args:
            services: The services.
            rotate_after: For how many days a key signs; 0 for as long as nobody rotates it.
            sleep: Waits for so many seconds.
        """
        self._services = services
        self._rotate_after = rotate_after * _DAY
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.get_running_loop().create_task(self._go_on())

    async def stop(self) -> None:
        """End, with what is on its way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def turn(self) -> None:
        """Do the upkeep, unless another server does it in this minute."""
        services, now = self._services, self._services.now()
        minute = f"upkeep:{now // 60_000}"
        if not await services.store.write_async(lambda each: used_once.use(each, minute, now + 120_000)):
            return
        for _ in range(_MOST_ROUNDS):
            if not await services.store.write_async(lambda each: sweeping.sweep(each, now)):
                break
        await services.store.write_async(lambda each: signing_keys.remove_expired(each, now))
        if self._rotate_after:
            await self._rotate(now)

    async def _rotate(self, now: int) -> None:
        services, before = self._services, now - self._rotate_after
        due = await services.store.read_async(lambda each: _due(each, before))
        for key_id, environment_id, algorithm in due:
            new = await asyncio.to_thread(signing_keys.generate, algorithm, now=now)

            def work(
                connection: Connection,
                key_id: str = key_id,
                environment_id: str = environment_id,
                new: signing_keys.NewKey = new,
            ) -> None:
                changed(connection)  # whoever comes second waits here
                if any(each[0] == key_id for each in _due(connection, before)):
                    signing_keys.rotate(connection, environment_id, new, now, services.sealing)

            await services.store.write_async(work)
            _logger.info("a new key signs in environment %s", environment_id)

    async def _go_on(self) -> None:
        while True:
            await self._sleep(_INTERVAL)
            try:
                await self.turn()
            except Exception:
                _logger.exception("the upkeep failed; the next turn is in a minute")


def _due(connection: Connection, before: int) -> list[tuple[str, str, Algorithm]]:
    """Return the keys that sign since a time before that one."""
    found = select(keys.c.id, keys.c.environment_id, keys.c.algorithm)
    signing = found.where(keys.c.status == "CURRENT", keys.c.updated_at <= before)
    return [(row.id, row.environment_id, row.algorithm) for row in connection.execute(signing)]
