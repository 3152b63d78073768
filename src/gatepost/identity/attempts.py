"""How often something was tried: limits for an address or a name that hold for every process on the database."""

from collections.abc import Mapping
from ipaddress import IPv6Network, ip_address
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, delete, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from gatepost.identity.ids import token_hash
from gatepost.identity.store.tables import attempts as table

_DAY = 86_400_000
_LOCKED = select(table.c.expires_at).where(
    table.c.what_hash == bindparam("hash"),
    table.c.count >= bindparam("most"),
    table.c.expires_at > bindparam("now"),
)


class Tried(NamedTuple):
    """How often something was tried.

    Attributes:
        times: How often within the window, this time included.
        expires_at: When the window ends, in milliseconds since 1970.
    """

    times: int
    expires_at: int


class Guess(NamedTuple):
    """Whether a guess counts.

    Attributes:
        allowed: Whether it may be looked at.
        locked_until: Until when no other will be, unless this one is right, in milliseconds since 1970, or `None`.
    """

    allowed: bool
    locked_until: int | None


def network(address: str) -> str:
    """Return what a limit counts for the address of who asks: of IPv6, the network that one customer has (/64)."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), 64), strict=False))


def tried(connection: Connection, what: str, *, window: int, now: int) -> Tried:
    """Count one more try, and return how many there were; a window begins with the first try and lasts its time.

    Args:
        connection: A transaction that writes.
        what: What was tried, with everything that makes it another thing, such as `sign-on:ENVIRONMENT:ADDRESS`.
        window: How long the window lasts, in milliseconds.
        now: The time, in milliseconds since 1970.
    """
    over = table.c.expires_at <= now
    count = case((over, 1), else_=table.c.count + 1)
    return _counted(
        connection,
        what,
        window,
        now,
        {"count": count, "expires_at": case((over, now + window), else_=table.c.expires_at)},
    )


def within(connection: Connection, what: str, *, most: int, window: int, now: int) -> bool:
    """Count one more try, and tell whether it is allowed: at most `most` are in a window of `window` milliseconds."""
    return tried(connection, what, window=window, now=now).times <= most


def guess(connection: Connection, what: str, *, most: int, duration: int, now: int) -> Guess:
    """Count a guess before it is looked at, as if it were wrong; `forget` what was guessed when it is right.

    The wrong guess that makes it `most` in turn locks for `duration` milliseconds; then counting begins anew. Until the
    transaction ends nobody else guesses the same, so that many at once get no more guesses than one after the other.
    """
    over = table.c.expires_at <= now
    locked = and_(~over, table.c.count >= most)
    locks = or_(and_(~over, table.c.count == most - 1), and_(over, literal(most == 1)))
    changes: dict[str, ColumnElement[Any]] = {
        "count": case((over, 1), else_=table.c.count + 1),
        "expires_at": case((locked, table.c.expires_at), (locks, now + duration), else_=now + _DAY),
    }
    counted = _counted(connection, what, duration if most == 1 else _DAY, now, changes)
    return Guess(counted.times <= most, counted.expires_at if counted.times >= most else None)


def locked(connection: Connection, what: str, *, most: int, now: int) -> int | None:
    """Return until when what failed is locked, or `None`."""
    return connection.execute(_LOCKED, {"hash": token_hash(what), "most": most, "now": now}).scalar()


def forget(connection: Connection, what: str) -> None:
    """Begin to count anew, such as after a success."""
    connection.execute(delete(table).where(table.c.what_hash == token_hash(what)))


def _counted(
    connection: Connection, what: str, window: int, now: int, changes: Mapping[str, ColumnElement[Any]]
) -> Tried:
    values = {"what_hash": token_hash(what), "count": 1, "expires_at": now + window}
    made = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    statement = made.values(values).on_conflict_do_update(index_elements=["what_hash"], set_=changes)
    return Tried(*connection.execute(statement.returning(table.c["count"], table.c.expires_at)).one())
