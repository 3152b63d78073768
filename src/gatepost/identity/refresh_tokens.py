"""Refresh tokens (RFC 6749 §6, RFC 9700 §4.14): each is used once, and a second use ends its family."""

from typing import Literal, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from gatepost.identity import token_families
from gatepost.identity.ids import new_token, token_hash
from gatepost.identity.store.tables import refresh_tokens
from gatepost.identity.store.tables import token_families as families
from gatepost.identity.token_families import Family

_THIS = refresh_tokens.c.token_hash == bindparam("hash")
_INSERT = insert(refresh_tokens)
_FIND = (
    select(refresh_tokens.c.family_id, refresh_tokens.c.expires_at)
    .join(families, families.c.id == refresh_tokens.c.family_id)
    .where(
        _THIS,
        refresh_tokens.c.environment_id == bindparam("environment"),
        families.c.application_id == bindparam("application"),
    )
)
_TAKE = update(refresh_tokens).where(_THIS, refresh_tokens.c.used_at.is_(None)).values(used_at=bindparam("now"))
_USED_AT = select(refresh_tokens.c.used_at).where(_THIS)
_USABLE = select(refresh_tokens.c.family_id).where(
    _THIS,
    refresh_tokens.c.environment_id == bindparam("environment"),
    refresh_tokens.c.used_at.is_(None),
    refresh_tokens.c.expires_at > bindparam("now"),
)


class Rotation(NamedTuple):
    """What came of a refresh token.

    Attributes:
        outcome: `rotated`; `unknown`, when there is none such for this application, it has expired, or its family has
            ended; or `reused`, when it was used before: then its family has ended.
        family: The family, when it was rotated.
        token: The token that follows it, when it was rotated.
    """

    outcome: Literal["rotated", "unknown", "reused"]
    family: Family | None = None
    token: str = ""


_UNKNOWN = Rotation("unknown")


def issue(connection: Connection, family: Family, *, now: int, lifetime: int) -> str:
    """Return a new refresh token of a family, good for `lifetime` milliseconds and no longer than the family."""
    token = new_token()
    connection.execute(
        _INSERT,
        {
            "token_hash": token_hash(token),
            "environment_id": family.environment_id,
            "family_id": family.id,
            "created_at": now,
            "expires_at": min(now + lifetime, family.expires_at),
            "used_at": None,
        },
    )
    return token


def rotate(
    connection: Connection, environment_id: str, application_id: str, token: str, *, now: int, lifetime: int, grace: int
) -> Rotation:
    """Use a refresh token, and return the one that follows.

    Args:
        connection: A transaction that writes.
        environment_id: The environment.
        application_id: The application that sent it.
        token: The token.
        now: The time, in milliseconds since 1970.
        lifetime: How long the next one is good, in milliseconds.
        grace: For how long a token may be used again, in milliseconds: a client whose answer was lost tries again.
    """
    this = {"hash": token_hash(token)}
    which = {**this, "environment": environment_id, "application": application_id}
    row = connection.execute(_FIND, which).first()
    if row is None or row.expires_at <= now:
        return _UNKNOWN
    if connection.execute(_TAKE, {**this, "now": now}).rowcount == 0:
        used_at = connection.execute(_USED_AT, this).scalar_one()
        if now - used_at > grace or grace == 0:
            token_families.revoke(connection, row.family_id, now)
            return Rotation("reused")
    family = token_families.alive(connection, row.family_id, now)
    if family is None:
        return _UNKNOWN
    return Rotation("rotated", family, issue(connection, family, now=now, lifetime=lifetime))


def family_of(connection: Connection, environment_id: str, token: str, now: int) -> Family | None:
    """Return the family of a refresh token that could be used now, or `None`."""
    which = {"hash": token_hash(token), "environment": environment_id, "now": now}
    row = connection.execute(_USABLE, which).first()
    return None if row is None else token_families.alive(connection, row.family_id, now)
