"""What happened: who did what, and with what result. Nothing secret stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from gatepost.identity.ids import new_id
from gatepost.identity.store.tables import audit_events

Result = Literal["SUCCESS", "FAILED"]

_INSERT = insert(audit_events)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that happened.

    Attributes:
        id: Its identifier.
        at: When, in milliseconds since 1970.
        action: What, such as `USER.SIGN_ON` or `APPLICATION.CREATED`.
        result: How it ended.
        document: Who, to what, from where.
    """

    id: str
    at: int
    action: str
    result: str
    document: Mapping[str, Any]


def record(
    connection: Connection, environment_id: str, action: str, result: Result, document: Mapping[str, Any], now: int
) -> None:
    """Note that something happened, in the transaction in which it did."""
    row = {"id": new_id(), "environment_id": environment_id, "at": now, "action": action, "result": result}
    connection.execute(_INSERT, {**row, "document": document})


def latest(connection: Connection, environment_id: str, limit: int = 100) -> list[AuditEvent]:
    """Return what happened last, the latest first."""
    table = audit_events
    found = select(table).where(table.c.environment_id == environment_id).order_by(table.c.at.desc(), table.c.id)
    return [
        AuditEvent(row.id, row.at, row.action, row.result, row.document)
        for row in connection.execute(found.limit(limit)).all()
    ]
