"""What a server does by the way, on both databases."""

import asyncio
import os
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from gatepost.identity import signing_keys, used_once
from gatepost.identity.bootstrap import bootstrap
from gatepost.identity.configurations import Configurations
from gatepost.identity.entity import Page
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store
from gatepost.identity.store.tables import used_once as table
from gatepost.provider.services import Services, Settings
from gatepost.provider.serving.upkeep import Upkeep
from tests.identity.conftest import database_url, identity_postgresql, store

__all__ = ["database_url", "identity_postgresql", "store"]

BEGINNING = 1_800_000_000.0
DAY = 86_400


class Kept:
    """A database with a clock to turn."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.time = BEGINNING
        sealing = SealingKey([os.urandom(32)])
        self.configurations = Configurations(store, sealing)
        settings = Settings("http://localhost:9000")
        self.services = Services(settings, store, sealing, self.configurations, clock=lambda: self.time)
        self.environment_id = bootstrap(store, sealing, int(self.time * 1000)).environment_id

    def turn(self, rotate_after: int = 90) -> None:
        asyncio.run(Upkeep(self.services, rotate_after=rotate_after).turn())

    def keys(self) -> dict[str, str]:
        found = self.store.read(lambda each: signing_keys.listed(each, self.environment_id, Page(100)))
        return {each.status: each.id for each in found.items}


@pytest.fixture
def kept(store: Store) -> Iterator[Kept]:
    made = Kept(store)
    yield made
    made.configurations.close()


def test_what_has_expired_goes_however_much_it_is(kept: Kept) -> None:
    now = int(kept.time * 1000)

    def fill(connection: object) -> None:
        for number in range(1200):
            assert used_once.use(connection, f"thing {number}", now + 1000)  # type: ignore[arg-type]

    kept.store.write(fill)
    kept.time += 60
    kept.turn()
    left = kept.store.read(lambda each: each.execute(select(func.count()).select_from(table)).scalar_one())
    assert left == 1  # that this minute's upkeep is done


def test_a_key_follows_another_when_its_time_has_come(kept: Kept) -> None:
    before = kept.keys()
    kept.time += 89 * DAY
    kept.turn()
    assert kept.keys() == before
    kept.time += 2 * DAY
    kept.turn(rotate_after=0)
    assert kept.keys() == before
    kept.time += 60
    kept.turn()
    after = kept.keys()
    assert after["CURRENT"] == before["NEXT"]
    assert after["PREVIOUS"] == before["CURRENT"]
    kept.time += DAY
    kept.turn()
    assert kept.keys() == {"CURRENT": after["CURRENT"], "NEXT": after["NEXT"]}


def test_of_several_servers_one_does_it_in_a_minute(kept: Kept) -> None:
    before = kept.keys()
    kept.time += 91 * DAY

    async def together() -> None:
        await asyncio.gather(*(Upkeep(kept.services).turn() for _ in range(4)))

    asyncio.run(together())
    after = kept.keys()
    assert after["CURRENT"] == before["NEXT"]
    assert after["PREVIOUS"] == before["CURRENT"]


def test_it_goes_on_after_a_failure_and_ends_with_the_server(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    turns = 0

    async def run() -> None:
        ended = asyncio.Event()

        async def sleep(seconds: float) -> None:
            nonlocal turns
            assert seconds == 60
            turns += 1
            if turns == 3:
                ended.set()
                await asyncio.Event().wait()

        upkeep = Upkeep(kept.services, sleep=sleep)

        async def fail() -> None:
            raise OSError("no space")

        upkeep.turn = fail  # type: ignore[method-assign]
        await upkeep.start()
        await asyncio.wait_for(ended.wait(), 10)
        await upkeep.stop()

    asyncio.run(run())
    assert turns == 3
    assert caplog.text.count("the upkeep failed") == 2
