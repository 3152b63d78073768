"""Sign-on flows on their way: each belongs to one browser, and no two requests move one at the same time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from gatepost.identity.ids import new_id
from gatepost.identity.store.tables import flows

_INSERT = insert(flows)
_GET = select(flows).where(
    flows.c.id == bindparam("this"),
    flows.c.environment_id == bindparam("environment"),
    flows.c.expires_at > bindparam("now"),
)
_SAVE = update(flows).where(
    flows.c.id == bindparam("this"), flows.c.version == bindparam("read"), flows.c.expires_at > bindparam("now")
)
_END = delete(flows).where(flows.c.id == bindparam("this"), flows.c.version == bindparam("read"))


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
        _INSERT,
        {
            "id": state.id,
            "environment_id": environment_id,
            "session_hash": session_hash,
            "version": 0,
            "document": document,
            "created_at": now,
            "expires_at": state.expires_at,
        },
    )
    return state


def get(connection: Connection, environment_id: str, flow_id: str, now: int) -> FlowState | None:
    """Return a flow that has not ended, or `None`."""
    row = connection.execute(_GET, {"this": flow_id, "environment": environment_id, "now": now}).first()
    if row is None:
        return None
    return FlowState(
        row.id, row.environment_id, row.session_hash, row.version, row.document, row.created_at, row.expires_at
    )


def save(
    connection: Connection, state: FlowState, document: Mapping[str, Any], *, now: int, lifetime: int, session_hash: str
) -> FlowState | None:
    """Save where a flow stands now; `None` when another request has moved it since `state` was read."""
    which = {"this": state.id, "read": state.version, "now": now}
    changes = {"document": document, "version": state.version + 1, "expires_at": now + lifetime}
    if connection.execute(_SAVE, {**which, **changes, "session_hash": session_hash}).rowcount == 0:
        return None
    return FlowState(
        state.id, state.environment_id, session_hash, state.version + 1, document, state.created_at, now + lifetime
    )


def end(connection: Connection, state: FlowState) -> bool:
    """End a flow, and tell whether it was this call that did: what comes of a flow comes of it once."""
    return connection.execute(_END, {"this": state.id, "read": state.version}).rowcount == 1
