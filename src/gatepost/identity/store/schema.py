"""The tables of a database: made when there are none, brought up to date when they are older."""

from sqlalchemy import Connection, Engine, inspect, text

from gatepost.errors import ConfigurationError
from gatepost.identity.store.migrations import HEAD
from gatepost.identity.store.tables import metadata

_LOCK = 0x6A7E_905F  # any number, the same for all servers


def prepare(engine: Engine) -> None:
    """Make the tables, or bring them up to date, once however many servers start together.

    Raises:
        ConfigurationError: When a newer Gatepost made them.
    """
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        version = _version(connection)
        if version == HEAD:
            return
        if version is None:
            metadata.create_all(connection)
            connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
            connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": HEAD})
            return
        from gatepost.identity.store.migrations.upgrading import upgrade

        upgrade(connection, version)


def _version(connection: Connection) -> str | None:
    """Return the version of the tables, or `None` when there are none.

    Raises:
        ConfigurationError: When there are tables of something else.
    """
    names = set(inspect(connection).get_table_names())
    if "alembic_version" not in names:
        if names & set(metadata.tables):
            raise ConfigurationError("the database holds tables that Gatepost did not make; give it one of its own")
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
