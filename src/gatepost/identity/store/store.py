"""The store: pieces of work, plain functions on a connection, that read or that write."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from gatepost.identity.store import database
from gatepost.identity.store.group_commit import GroupCommit
from gatepost.identity.store.schema import prepare

T = TypeVar("T")
Work = Callable[[Connection], T]

_TRIES = 4
# serialization_failure and deadlock_detected: PostgreSQL asks for the same work once more
_ONCE_MORE = frozenset({"40001", "40P01"})


class Store:
    """Runs work on the database.

    Work that writes is one transaction, kept whole or not at all, and on the disk when `write` returns. It may run more
    than once, so it does nothing but talk to the database. `read` sees what was committed before it began.

    Attributes:
        url: The database's URL.
        sqlite: Whether it is SQLite.
    """

    def __init__(self, url: URL) -> None:
        """Take a URL that `database.parsed` returned; `open` makes a store that is ready."""
        self.url = url
        self.sqlite = url.get_backend_name() == "sqlite"
        self._writes: GroupCommit | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._writing: Engine
        self._reading: Engine
        # To take one out of the pool and to give it back takes longer than what is read over it.
        self._readers: deque[Connection] = deque()
        if self.sqlite:
            self._writing = database.sqlite_engine(url, writes=True)
            self._reading = database.sqlite_engine(url, writes=False)
        else:
            self._writing = database.postgresql_engine(url)
            self._reading = database.postgresql_reading_engine(url)

    @classmethod
    def open(cls, url: str) -> "Store":
        """Return the store at `url`, with its tables made or brought up to date.

        Raises:
            ConfigurationError: When it cannot be reached, or was made by a newer Gatepost.
        """
        store = cls(database.parsed(url))
        try:
            with database.reachable(store.url):
                prepare(store._writing)
        except BaseException:
            store.close()
            raise
        if store.sqlite:
            store._writes = GroupCommit(store._writing)
        else:
            store._threads = ThreadPoolExecutor(database.POSTGRESQL_CONNECTIONS, thread_name_prefix="gatepost-store")
        return store

    def read(self, work: Work[T]) -> T:
        """Return what `work` reads."""
        try:
            connection = self._readers.pop()
        except IndexError:
            return self._read_anew(work)
        try:
            value = work(connection)
        except OperationalError:
            # A connection that was kept may have been lost meanwhile; what is wrong with the work is so once more.
            connection.invalidate()
            connection.close()
            return self._read_anew(work)
        except BaseException:
            connection.close()
            raise
        self._keep(connection)
        return value

    def write(self, work: Work[T]) -> T:
        """Return what `work` returns, once what it wrote is kept."""
        return self._writes.submit(work).result() if self._writes is not None else self._transaction(work)

    async def read_async(self, work: Work[T]) -> T:
        """Return what `work` reads, without blocking the event loop for the network.

        SQLite is asked at once: it answers sooner than another thread would begin.
        """
        if self._threads is None:
            return self.read(work)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.read, work)

    async def write_async(self, work: Work[T]) -> T:
        """Return what `work` returns, once what it wrote is kept, without blocking the event loop."""
        if self._writes is not None:
            return await asyncio.wrap_future(self._writes.submit(work))
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transaction, work)

    def close(self) -> None:
        """Finish what is on its way, and let go of the database."""
        if self._writes is not None:
            self._writes.close()
        if self._threads is not None:
            self._threads.shutdown()
        while self._readers:
            self._readers.pop().close()
        self._reading.dispose()
        self._writing.dispose()

    def _read_anew(self, work: Work[T]) -> T:
        connection = self._reading.connect()
        try:
            value = work(connection)
        except BaseException:
            connection.close()
            raise
        self._keep(connection)
        return value

    def _keep(self, connection: Connection) -> None:
        """Keep a connection for the next who reads, unless it was set to something else."""
        if connection.get_execution_options():
            connection.close()
        else:
            connection.rollback()
            self._readers.append(connection)

    def _transaction(self, work: Work[T]) -> T:
        for _ in range(_TRIES - 1):
            try:
                with self._writing.begin() as connection:
                    return work(connection)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in _ONCE_MORE:
                    raise
        with self._writing.begin() as connection:
            return work(connection)
