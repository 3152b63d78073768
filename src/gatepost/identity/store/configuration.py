"""How often the configuration was changed: what a process remembers of it holds for one number."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from gatepost.identity.store.tables import revisions

_NAME = "configuration"
_NUMBER = select(revisions.c.number).where(revisions.c.name == _NAME)


def revision(connection: Connection) -> int:
    """Return the number of the last change; every committed change is in it."""
    return connection.execute(_NUMBER).scalar() or 0


def changed(connection: Connection) -> None:
    """Say, in the transaction that changes the configuration, that it changes."""
    made = postgresql.insert(revisions) if connection.dialect.name == "postgresql" else sqlite.insert(revisions)
    raised = {"number": revisions.c.number + 1}
    connection.execute(made.values(name=_NAME, number=1).on_conflict_do_update(index_elements=["name"], set_=raised))
