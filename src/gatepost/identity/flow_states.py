"""Sign-on flows on their way: each belongs to one browser, and no two requests move one at the same time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from gatepost.identity.ids import new_id
from gatepost.identity.store.tables import flows


@dataclass(frozen=True, slots=True)
class FlowState:
    """A flow as it was last saved.

    Attributes:
        id: Its identifier.
        environment_id: Its environment.
        session_hash: The hash of the cookie of the browser that it belongs to.
        version: How often it was saved.
        document: Where it stands.
        created_at: When it began, in milliseconds since 1970.
        expires_at: When it ends unless something happens, in milliseconds since 1970.
    """

    id: str
    environment_id: str
    session_hash: str
    version: int
    document: Mapping[str, Any]
    created_at: int
    expires_at: int


def begin(
    connection: Connection,
    environment_id: str,
    session_hash: str,
    document: Mapping[str, Any],
    *,
    now: int,
    lifetime: int,
) -> FlowState:
    """Begin a flow."""
    state = FlowState(new_id(), environment_id, session_hash, 0, document, now, now + lifetime)
    connection.execute(
        insert(flows).values(
            id=state.id,
            environment_id=environment_id,
            session_hash=session_hash,
            version=0,
            document=document,
            created_at=now,
            expires_at=state.expires_at,
        )
    )
    return state


def get(connection: Connection, environment_id: str, flow_id: str, now: int) -> FlowState | None:
    """Return a flow that has not ended, or `None`."""
    row = connection.execute(
        select(flows).where(flows.c.id == flow_id, flows.c.environment_id == environment_id, flows.c.expires_at > now)
    ).first()
    if row is None:
        return None
    return FlowState(
        row.id, row.environment_id, row.session_hash, row.version, row.document, row.created_at, row.expires_at
    )


def save(
    connection: Connection, state: FlowState, document: Mapping[str, Any], *, now: int, lifetime: int, session_hash: str
) -> FlowState | None:
    """Save where a flow stands now; `None` when another request has moved it since `state` was read."""
    moved = (
        update(flows)
        .where(flows.c.id == state.id, flows.c.version == state.version, flows.c.expires_at > now)
        .values(document=document, version=state.version + 1, expires_at=now + lifetime, session_hash=session_hash)
    )
    if connection.execute(moved).rowcount == 0:
        return None
    return FlowState(
        state.id, state.environment_id, session_hash, state.version + 1, document, state.created_at, now + lifetime
    )


def end(connection: Connection, state: FlowState) -> bool:
    """End a flow, and tell whether it was this call that did: what comes of a flow comes of it once."""
    gone = delete(flows).where(flows.c.id == state.id, flows.c.version == state.version)
    return connection.execute(gone).rowcount == 1
