"""The two databases, as SQLAlchemy engines: what each needs to be set to."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from gatepost.errors import ConfigurationError
from gatepost.identity.store.quick_connection import QuickConnection

_BUSY_MILLISECONDS = 30_000
POSTGRESQL_CONNECTIONS = 8
_REST = 1.0  # seconds after which a connection is tried before it is used again


def parsed(url: str) -> URL:
    """Return the URL of a database, with the driver that is used.

    Raises:
        ConfigurationError: When it is neither `sqlite:///path` nor `postgresql://...`.
    """
    hint = "write sqlite:///path/to/gatepost.db or postgresql://user@host/name"
    try:
        made = make_url(url)
    except ArgumentError:
        raise ConfigurationError(f"the database's URL cannot be read; {hint}") from None
    if made.drivername == "sqlite":
        if not made.database or made.database == ":memory:":
            raise ConfigurationError(f"SQLite needs a file; {hint}")
        return made
    if made.drivername in {"postgresql", "postgres"}:
        return made.set(drivername="postgresql+psycopg")
    raise ConfigurationError(f"{made.drivername!r} is no database that can be used; {hint}")


def sqlite_engine(url: URL, *, writes: bool) -> Engine:
    """Return an engine for a SQLite file: in WAL mode, and with what is committed on the disk.

    Args:
        url: The URL.
        writes: Whether its transactions take the right to write at their beginning; else it only reads, each
            statement by itself.
    """
    _make_private(Path(url.database or ""))
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1 if writes else 4,
        max_overflow=0 if writes else 28,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error's text must not hold what was to be written
        **({} if writes else {"isolation_level": "AUTOCOMMIT"}),
    )

    engine._connection_cls = QuickConnection

    @event.listens_for(engine, "connect")
    def _connected(connection: DBAPIConnection, _: object) -> None:
        connection.isolation_level = None  # the transactions are SQLAlchemy's
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    if writes:

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _make_private(path: Path) -> None:
    """See that a database file that is made now can be read by its owner alone; it holds password hashes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def postgresql_engine(url: URL) -> Engine:
    """Return an engine for PostgreSQL, whose connections are tried before they are used again after a pause.

    Raises:
        ConfigurationError: When the driver is not installed.
    """
    engine = _postgresql(url, max_overflow=0)

    @event.listens_for(engine, "checkin")
    def _rests(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _tried(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < _REST:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise DisconnectionError  # the pool makes another one

    return engine


def postgresql_reading_engine(url: URL) -> Engine:
    """Return an engine for PostgreSQL that only reads, each statement by itself.

    Raises:
        ConfigurationError: When the driver is not installed.
    """
    return _postgresql(url, max_overflow=-1, isolation_level="AUTOCOMMIT")


def _postgresql(url: URL, **options: Any) -> Engine:
    try:
        engine = create_engine(url, pool_size=POSTGRESQL_CONNECTIONS, hide_parameters=True, **options)
    except ModuleNotFoundError:
        raise ConfigurationError("PostgreSQL needs psycopg; run: pip install 'gatepost[postgres]'") from None
    engine._connection_cls = QuickConnection
    return engine


@contextmanager
def reachable(url: URL) -> Iterator[None]:
    """Turn the failure to reach a database into one clear line, without its password."""
    try:
        yield
    except OperationalError as error:
        reason = next(iter(str(error.orig).strip().splitlines()), "it does not answer")
        shown = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
        raise ConfigurationError(f"{shown}: {reason}") from None
