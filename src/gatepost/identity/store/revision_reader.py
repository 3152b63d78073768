"""The number of the last change to the configuration, read as cheaply as each database allows.

It is read on every request, so it has a connection of its own, and a text that was prepared.
"""

import asyncio
import sqlite3
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.engine import URL

if TYPE_CHECKING:
    import psycopg
    from psycopg.pq.abc import PGresult

_TEXT = "SELECT number FROM revisions WHERE name = 'configuration'"
_PREPARED = b"gatepost_revision"


class RevisionReader(Protocol):
    """Reads the number."""

    def read(self) -> int:
        """Return the number as it is now; any thread may ask."""

    async def read_async(self) -> int:
        """Return the number as it is now, without blocking the event loop; one may ask at a time."""

    def close(self) -> None:
        """Let go of the database."""


class SqliteRevision:
    """Reads the number from a SQLite file."""

    def __init__(self, url: URL) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(url.database or "", check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA busy_timeout = 30000")
        self._execute = self._connection.cursor().execute

    def read(self) -> int:
        """Return the number as it is now; any thread may ask."""
        with self._lock:
            row = self._execute(_TEXT).fetchone()
        return 0 if row is None else int(row[0])

    async def read_async(self) -> int:
        """Return what `read` returns: SQLite answers sooner than an event loop would turn."""
        return self.read()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()


class PostgresqlRevision:
    """Reads the number from PostgreSQL, over connections that are made again when they are lost.

    It speaks to the driver below its cursors, which take three times as long as the question.
    """

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._lock = Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._of_loop: psycopg.Connection[Any] | None = None

    def read(self) -> int:
        """Return the number as it is now; any thread may ask."""
        import psycopg

        with self._lock:
            if self._connection is not None:
                try:
                    return _number(self._connection.pgconn.exec_prepared(_PREPARED, None))
                except psycopg.OperationalError:
                    self._connection.close()
                    self._connection = None
            self._connection = self._connected()
            return _number(self._connection.pgconn.exec_prepared(_PREPARED, None))

    async def read_async(self) -> int:
        """Return the number as it is now, without blocking the event loop; one may ask at a time."""
        import psycopg

        before, self._of_loop = self._of_loop, None
        if before is not None:
            try:
                return await self._asked(before)
            except psycopg.OperationalError:
                pass
        return await self._asked(await asyncio.to_thread(self._connected))

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            for each in (self._connection, self._of_loop):
                if each is not None:
                    each.close()
            self._connection = self._of_loop = None

    def _connected(self) -> "psycopg.Connection[Any]":
        import psycopg

        connection = psycopg.connect(self._url, autocommit=True)
        connection.pgconn.prepare(_PREPARED, _TEXT.encode())
        return connection

    async def _asked(self, connection: "psycopg.Connection[Any]") -> int:
        """Ask over a connection, and keep it for the next question when it served."""
        try:
            number = await _answer(connection)
        except BaseException:  # cancelled too: what was asked is on its way still
            connection.close()
            raise
        self._of_loop = connection
        return number


async def _answer(connection: "psycopg.Connection[Any]") -> int:
    loop, pgconn = asyncio.get_running_loop(), connection.pgconn
    pgconn.send_query_prepared(_PREPARED, None)
    pgconn.flush()
    result = None
    while True:
        while pgconn.is_busy():
            readable = loop.create_future()
            loop.add_reader(pgconn.socket, _set, readable)
            try:
                await readable
            finally:
                loop.remove_reader(pgconn.socket)
            pgconn.consume_input()
        following = pgconn.get_result()
        if following is None:
            return _number(result)
        result = following


def _set(readable: "asyncio.Future[None]") -> None:
    if not readable.done():
        readable.set_result(None)


def _number(result: "PGresult | None") -> int:
    import psycopg

    if result is None or result.status != psycopg.pq.ExecStatus.TUPLES_OK:
        raise psycopg.OperationalError("the number of the last change cannot be read")
    value = result.get_value(0, 0) if result.ntuples else None
    return 0 if value is None else int(value)


def revision_reader(url: URL) -> RevisionReader:
    """Return what reads the number from the database at `url`."""
    return SqliteRevision(url) if url.get_backend_name() == "sqlite" else PostgresqlRevision(url)
