"""Mail that stays here, for development and tests."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, select

from gatepost.identity.ids import new_id
from gatepost.identity.store.tables import outbox as table

_MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Message:
    """A mail.

    Attributes:
        id: Its identifier.
        environment_id: The environment that it came from.
        recipient: Whom it is for.
        subject: Its subject.
        text: What it says.
        created_at: When it was written, in milliseconds since 1970.
    """

    id: str
    environment_id: str
    recipient: str
    subject: str
    text: str
    created_at: int


def put(connection: Connection, environment_id: str, recipient: str, subject: str, text: str, now: int) -> Message:
    """Put a mail into the outbox; of the environment's mails the latest thousand stay."""
    message = Message(new_id(), environment_id, recipient, subject, text, now)
    connection.execute(
        insert(table).values(
            id=message.id,
            environment_id=environment_id,
            recipient=recipient,
            document={"subject": subject, "text": text},
            created_at=now,
        )
    )
    old = (
        select(table.c.id)
        .where(table.c.environment_id == environment_id)
        .order_by(table.c.created_at.desc(), table.c.id)
        .offset(_MOST_KEPT)
    )
    connection.execute(delete(table).where(table.c.id.in_(old)))
    return message


def listed(connection: Connection, environment_id: str | None = None, most: int = 100) -> tuple[Message, ...]:
    """Return the latest mails first, of an environment or of all."""
    found = select(table).order_by(table.c.created_at.desc(), table.c.id).limit(most)
    if environment_id is not None:
        found = found.where(table.c.environment_id == environment_id)
    return tuple(_message(row) for row in connection.execute(found))


def clear(connection: Connection, environment_id: str | None = None) -> None:
    """Empty the outbox of an environment, or all of it."""
    emptied = delete(table)
    connection.execute(emptied if environment_id is None else emptied.where(table.c.environment_id == environment_id))


def _message(row: Row[tuple[object, ...]]) -> Message:
    return Message(
        row.id, row.environment_id, row.recipient, row.document["subject"], row.document["text"], row.created_at
    )
