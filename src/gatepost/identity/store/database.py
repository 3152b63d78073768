"""The two databases, as SQLAlchemy engines: what each needs to be set to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import QueuePool

from gatepost.errors import ConfigurationError

_BUSY_MILLISECONDS = 30_000
POSTGRESQL_CONNECTIONS = 8


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
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1 if writes else 4,
        max_overflow=0 if writes else 28,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error's text must not hold what was to be written
        **({} if writes else {"isolation_level": "AUTOCOMMIT"}),
    )

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


def postgresql_engine(url: URL) -> Engine:
    """Return an engine for PostgreSQL, whose connections are tried before they are used again.

    Raises:
        ConfigurationError: When the driver is not installed.
    """
    return _postgresql(url, max_overflow=0, pool_pre_ping=True)


def postgresql_reading_engine(url: URL) -> Engine:
    """Return an engine for PostgreSQL that only reads, each statement by itself.

    Raises:
        ConfigurationError: When the driver is not installed.
    """
    return _postgresql(url, max_overflow=-1, isolation_level="AUTOCOMMIT")


def _postgresql(url: URL, **options: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's
    try:
        return create_engine(url, pool_size=POSTGRESQL_CONNECTIONS, hide_parameters=True, **options)
    except ModuleNotFoundError:
        raise ConfigurationError("PostgreSQL needs psycopg; run: pip install 'gatepost[postgres]'") from None


@contextmanager
def reachable(url: URL) -> Iterator[None]:
    """Turn the failure to reach a database into one clear line, without its password."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[-1] if str(error.orig).strip() else "it does not answer"
        raise ConfigurationError(f"{url.render_as_string(hide_password=True)}: {reason}") from None
