"""Families of tokens: all that came of one sign-on for one application, and that end together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, insert, select, update

from gatepost.identity import revoked_tokens
from gatepost.identity.store.tables import token_families

# An access token by its `jti`, with the time it expires at, in milliseconds since 1970.
AccessToken = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Family:
    """A family.

    Attributes:
        id: Its identifier.
        environment_id: Its environment.
        application_id: The application that the tokens are for.
        user_id: The user, or `None` when there is none.
        session_id: The session that it came of, or `None`.
        document: What every token of it says: scopes, `auth_time`, `acr`, `amr` and so on.
        created_at: When it began, in milliseconds since 1970.
        expires_at: When it ends whatever happens, in milliseconds since 1970.
    """

    id: str
    environment_id: str
    application_id: str
    user_id: str | None
    session_id: str | None
    document: Mapping[str, Any]
    created_at: int
    expires_at: int


_ACCESS = "accessTokens"
_INSERT = insert(token_families)
_ALIVE = (
    select(token_families)
    .where(
        token_families.c.id == bindparam("this"),
        token_families.c.revoked_at.is_(None),
        token_families.c.expires_at > bindparam("now"),
    )
    .with_for_update()
)
_NOTE = update(token_families).where(token_families.c.id == bindparam("this"))


def start(connection: Connection, family: Family, access: AccessToken | None) -> None:
    """Begin a family, with the first access token of it."""
    document = {**family.document, _ACCESS: [] if access is None else [list(access)]}
    connection.execute(
        _INSERT,
        {
            "id": family.id,
            "environment_id": family.environment_id,
            "application_id": family.application_id,
            "user_id": family.user_id,
            "session_id": family.session_id,
            "document": document,
            "created_at": family.created_at,
            "expires_at": family.expires_at,
            "revoked_at": None,
        },
    )


def alive(connection: Connection, family_id: str, now: int) -> Family | None:
    """Return a family that has not ended, or `None`; nobody else changes it until this transaction ends."""
    row = connection.execute(_ALIVE, {"this": family_id, "now": now}).first()
    return None if row is None else _family(row)


def note_access(connection: Connection, family: Family, access: AccessToken, now: int) -> None:
    """Note an access token of the family; those that have expired are forgotten."""
    kept = [each for each in _noted(family.document) if each[1] > now]
    document = {**family.document, _ACCESS: [list(each) for each in (*kept, access)]}
    connection.execute(_NOTE, {"this": family.id, "document": document})


def revoke(connection: Connection, family_id: str, now: int) -> None:
    """End a family, with every token of it."""
    _revoke(connection, token_families.c.id == family_id, now)


def revoke_of_session(connection: Connection, session_id: str, now: int) -> None:
    """End every family that came of a session."""
    _revoke(connection, token_families.c.session_id == session_id, now)


def revoke_of_user(connection: Connection, user_id: str, now: int, *, but_of: str | None = None) -> None:
    """End every family of a user, or every one that did not come of a session."""
    which = token_families.c.user_id == user_id
    if but_of is not None:
        which = and_(which, token_families.c.session_id.is_distinct_from(but_of))
    _revoke(connection, which, now)


def _revoke(connection: Connection, which: ColumnElement[bool], now: int) -> None:
    ended = (
        update(token_families)
        .where(which, token_families.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(token_families.c.environment_id, token_families.c.document)
    )
    for environment_id, document in connection.execute(ended).all():
        revoked_tokens.revoke(connection, environment_id, _noted(document))


def _noted(document: Mapping[str, Any]) -> list[AccessToken]:
    return [(jti, expires_at) for jti, expires_at in document.get(_ACCESS, ())]


def _family(row: Row[Any]) -> Family:
    return Family(
        row.id,
        row.environment_id,
        row.application_id,
        row.user_id,
        row.session_id,
        row.document,
        row.created_at,
        row.expires_at,
    )
