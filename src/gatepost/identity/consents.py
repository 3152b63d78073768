"""What users allowed applications."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from gatepost.identity.ids import new_id
from gatepost.identity.store.statements import insert_or_update
from gatepost.identity.store.tables import consents


def allowed(connection: Connection, user_id: str, application_id: str) -> frozenset[str]:
    """Return the scopes that a user has allowed an application."""
    found = select(consents.c.scopes).where(consents.c.user_id == user_id, consents.c.application_id == application_id)
    return frozenset(connection.execute(found).scalar() or ())


def allow(
    connection: Connection, environment_id: str, user_id: str, application_id: str, scopes: Iterable[str], now: int
) -> None:
    """Let an application have these scopes, besides those that the user allowed it before."""
    together = allowed(connection, user_id, application_id).union(scopes)
    row = {
        "id": new_id(),
        "environment_id": environment_id,
        "user_id": user_id,
        "application_id": application_id,
        "scopes": sorted(together),
        "created_at": now,
        "updated_at": now,
    }
    insert_or_update(connection, consents, ("user_id", "application_id"), row, ("scopes", "updated_at"))


def withdraw(connection: Connection, user_id: str, application_id: str) -> None:
    """Take back what a user allowed an application."""
    connection.execute(
        delete(consents).where(consents.c.user_id == user_id, consents.c.application_id == application_id)
    )
