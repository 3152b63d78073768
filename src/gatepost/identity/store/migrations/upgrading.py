"""Brings the tables of an older Gatepost up to date."""

from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from gatepost.errors import ConfigurationError
from gatepost.identity.store.migrations import HEAD


def scripts() -> ScriptDirectory:
    """Return the versions, in Alembic's terms."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return ScriptDirectory.from_config(config)


def upgrade(connection: Connection, version: str | None) -> None:
    """Bring the tables from `version` (`None` for no tables) to the newest one, in the connection's transaction.

    Raises:
        ConfigurationError: When a newer Gatepost made them.
    """
    directory = scripts()
    try:
        directory.get_revision(version or HEAD)
    except CommandError:
        raise ConfigurationError(
            f"the database's tables are of version {version}, which this Gatepost does not know; run a newer one"
        ) from None
    context = MigrationContext.configure(
        connection, opts={"fn": lambda current, _: directory._upgrade_revs(HEAD, current)}
    )
    with Operations.context(context):
        context.run_migrations()
