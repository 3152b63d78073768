"""A database that went through every version has the tables of one that was made anew."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from gatepost.identity.store import database
from gatepost.identity.store.migrations.upgrading import upgrade
from gatepost.identity.store.tables import metadata


def _engine(url: str) -> Engine:
    made = database.parsed(url)
    return database.sqlite_engine(made, writes=True) if url.startswith("sqlite") else database.postgresql_engine(made)


def test_every_version_in_turn_leads_to_the_tables_of_today(database_url: str) -> None:
    engine = _engine(database_url)
    try:
        with engine.begin() as connection:
            upgrade(connection, None)
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
    finally:
        engine.dispose()
