"""Sessions: somebody has signed on in a browser, which knows a secret text that is their cookie."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from gatepost.identity.ids import new_id, token_hash
from gatepost.identity.store.tables import sessions

# Statements are built once: to build one takes longer than SQLite takes to run it.
_INSERT = insert(sessions)
_OF_TOKEN = select(sessions).where(
    sessions.c.token_hash == bindparam("hash"),
    sessions.c.environment_id == bindparam("environment"),
    sessions.c.expires_at > bindparam("now"),
    sessions.c.last_active_at > bindparam("idle_since"),
)
_GET = select(sessions).where(
    sessions.c.id == bindparam("this"),
    sessions.c.environment_id == bindparam("environment"),
    sessions.c.expires_at > bindparam("now"),
)
_HOLD = _GET.with_only_columns(sessions.c.id).with_for_update(read=True)
_CHANGE = update(sessions).where(sessions.c.id == bindparam("this"))
_END = delete(sessions).where(sessions.c.id == bindparam("this"))


@dataclass(frozen=True, slots=True)
class Session:
    """A session.

    Attributes:
        id: Its identifier, `sid` in tokens.
        environment_id: Its environment.
        user_id: Who signed on.
        document: How: `amr`, `acr`, the address and the browser, the applications that took part.
        auth_time: When, in milliseconds since 1970.
        last_active_at: When it was used last, in milliseconds since 1970.
        created_at: When it began, in milliseconds since 1970.
        expires_at: When it ends whatever happens, in milliseconds since 1970.
    """

    id: str
    environment_id: str
    user_id: str
    document: Mapping[str, Any]
    auth_time: int
    last_active_at: int
    created_at: int
    expires_at: int


def begin(
    connection: Connection,
    environment_id: str,
    user_id: str,
    token: str,
    document: Mapping[str, Any],
    *,
    now: int,
    lifetime: int,
) -> Session:
    """Begin the session of a user who just signed on; `token` is a fresh text that only their browser gets."""
    session = Session(new_id(), environment_id, user_id, document, now, now, now, now + lifetime)
    connection.execute(
        _INSERT,
        {
            "id": session.id,
            "environment_id": environment_id,
            "user_id": user_id,
            "token_hash": token_hash(token),
            "document": document,
            "auth_time": now,
            "last_active_at": now,
            "created_at": now,
            "expires_at": session.expires_at,
        },
    )
    return session


def of_token(connection: Connection, environment_id: str, token: str, *, now: int, idle: int) -> Session | None:
    """Return the session of a cookie, or `None` when it has ended or nobody used it for `idle` milliseconds."""
    which = {"hash": token_hash(token), "environment": environment_id, "now": now, "idle_since": now - idle}
    row = connection.execute(_OF_TOKEN, which).first()
    return None if row is None else _session(row)


def get(connection: Connection, environment_id: str, session_id: str, *, now: int) -> Session | None:
    """Return a session that has not ended, or `None`."""
    row = connection.execute(_GET, {"this": session_id, "environment": environment_id, "now": now}).first()
    return None if row is None else _session(row)


def goes_on(connection: Connection, environment_id: str, session_id: str, *, now: int) -> bool:
    """Tell whether a session has not ended; nobody ends it until this transaction does."""
    return (
        connection.execute(_HOLD, {"this": session_id, "environment": environment_id, "now": now}).first() is not None
    )


def signed_on_again(
    connection: Connection, session_id: str, token: str, document: Mapping[str, Any], *, now: int
) -> None:
    """Note that the session's user proved again who they are; the browser gets a new cookie with it."""
    changes = {"token_hash": token_hash(token), "document": document, "auth_time": now, "last_active_at": now}
    connection.execute(_CHANGE, {"this": session_id, **changes})


def used(connection: Connection, session_id: str, document: Mapping[str, Any], *, now: int) -> None:
    """Note that the session is in use, and what it knows now."""
    connection.execute(_CHANGE, {"this": session_id, "last_active_at": now, "document": document})


def end(connection: Connection, session_id: str) -> bool:
    """End a session, and tell whether it had not ended before."""
    return connection.execute(_END, {"this": session_id}).rowcount == 1


def end_of_user(connection: Connection, user_id: str, *, but: str | None = None) -> list[str]:
    """End every session of a user, or every one but one, and return their identifiers."""
    gone = delete(sessions).where(sessions.c.user_id == user_id).returning(sessions.c.id)
    if but is not None:
        gone = gone.where(sessions.c.id != but)
    return list(connection.execute(gone).scalars())


def _session(row: Row[Any]) -> Session:
    return Session(
        row.id,
        row.environment_id,
        row.user_id,
        row.document,
        row.auth_time,
        row.last_active_at,
        row.created_at,
        row.expires_at,
    )
