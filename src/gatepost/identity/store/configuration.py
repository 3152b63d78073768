"""How often the configuration was changed: what a process remembers of it holds for one number."""

from sqlalchemy import Connection, insert, select, update

from gatepost.identity.store.tables import revisions

_NAME = "configuration"
_NUMBER = select(revisions.c.number).where(revisions.c.name == _NAME)


def revision(connection: Connection) -> int:
    """Return the number of the last change; every committed change is in it."""
    return connection.execute(_NUMBER).scalar() or 0


def changed(connection: Connection) -> None:
    """Say, in the transaction that changes the configuration, that it changes."""
    raised = update(revisions).where(revisions.c.name == _NAME).values(number=revisions.c.number + 1)
    if connection.execute(raised).rowcount == 0:
        connection.execute(insert(revisions).values(name=_NAME, number=1))
