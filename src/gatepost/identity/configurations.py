"""What a process remembers of the environments' configurations: always as it is now.

The database counts the changes. As long as its number is the one that something was read at, it holds; so every process
sees a change as soon as it is committed, and asks for a number only.
"""

import asyncio
from collections import OrderedDict
from threading import Lock

from sqlalchemy import Connection

from gatepost.identity import signing_keys
from gatepost.identity.configuration import Configuration
from gatepost.identity.configuration_reading import read
from gatepost.identity.signing_keys import Key
from gatepost.identity.store.revision_reader import revision_reader
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.store import Store
from gatepost.jose.signing_key import SigningKey

MOST_ENVIRONMENTS = 64
_MOST_KEYS = 256


class Configurations:
    """Gives configurations; several threads may ask at once, and an event loop. Close it when it is done with."""

    def __init__(self, store: Store, sealing: SealingKey) -> None:
        self._store = store
        self._sealing = sealing
        self._revision = revision_reader(store.url)
        self._kept: OrderedDict[str, Configuration] = OrderedDict()
        self._keys: OrderedDict[str, SigningKey] = OrderedDict()
        self._lock = Lock()
        self._asking: asyncio.Task[None] | None = None
        self._next: asyncio.Future[int] | None = None

    def get(self, environment_id: str) -> Configuration | None:
        """Return the configuration of an environment as it is now, or `None` when there is none such."""
        found = self._kept.get(environment_id)
        if found is not None and found.revision >= self._revision.read():
            return found
        return self._store.read(lambda connection: self._read(connection, environment_id))

    async def get_async(self, environment_id: str) -> Configuration | None:
        """Return what `get` returns, without blocking the event loop for the network."""
        if self._store.sqlite:
            return self.get(environment_id)
        found = self._kept.get(environment_id)
        if found is not None and found.revision >= await self._number():
            return found
        return await self._store.read_async(lambda connection: self._read(connection, environment_id))

    def close(self) -> None:
        """Let go of the connection that the number is read over."""
        self._revision.close()

    def _read(self, connection: Connection, environment_id: str) -> Configuration | None:
        made = read(connection, environment_id, self._sealing, self._opened)
        with self._lock:
            before = self._kept.get(environment_id)
            if made is None:
                self._kept.pop(environment_id, None)
            elif before is None or before.revision < made.revision:
                self._kept[environment_id] = made
                self._kept.move_to_end(environment_id)
                while len(self._kept) > MOST_ENVIRONMENTS:
                    self._kept.popitem(last=False)
        return made

    def _opened(self, key: Key) -> SigningKey:
        """Return a private key, which is read once: to read one takes longer than to sign with it."""
        found = self._keys.get(key.sealed)
        if found is None:
            found = signing_keys.opened(key, self._sealing)
            with self._lock:
                self._keys[key.sealed] = found
                while len(self._keys) > _MOST_KEYS:
                    self._keys.popitem(last=False)
        return found

    async def _number(self) -> int:
        """Return the number as it is now; those who come while a question is on its way share the next one."""
        loop = asyncio.get_running_loop()
        if self._next is None or self._next.get_loop() is not loop:
            self._next = loop.create_future()
            if self._asking is None or self._asking.done() or self._asking.get_loop() is not loop:
                self._asking = loop.create_task(self._ask())
        return await asyncio.shield(self._next)

    async def _ask(self) -> None:
        """Ask, one question after another, as long as somebody waits for an answer."""
        while self._next is not None:
            answered, self._next = self._next, None
            try:
                answered.set_result(await self._revision.read_async())
            except asyncio.CancelledError:
                answered.cancel()
                raise
            except Exception as error:  # noqa: BLE001 - whoever waits gets it
                answered.set_exception(error)
