"""Who is a member of which group."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, select

from gatepost.identity import groups, users
from gatepost.identity.entity import Listing, Page
from gatepost.identity.groups import Group
from gatepost.identity.refusals import Conflict, InvalidData, NotFound, Violation
from gatepost.identity.shapes.shape import reference
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.tables import group_parents
from gatepost.identity.store.tables import groups as groups_table
from gatepost.identity.store.tables import memberships as table

_REFERENCE = reference()


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's membership in a group.

    Attributes:
        user_id: The user.
        group: The group.
        type: Whether the user is a member of it, or of a group within it.
    """

    user_id: str
    group: Group
    type: Literal["DIRECT", "INDIRECT"]


def add(connection: Connection, environment_id: str, user_id: str, sent: object, now: int) -> Membership:
    """Make a user a member of a group, `{"id": "..."}`.

    Raises:
        NotFound: When there is no such user.
        InvalidData: When there is no such group, or it is for the users of another population.
        Conflict: When the user is a member already.
    """
    user = users.get(connection, environment_id, user_id)
    try:
        group = groups.get(connection, environment_id, _REFERENCE.created(sent)["id"])
    except NotFound:
        raise InvalidData(Violation("REFERENCE_NOT_FOUND", "id", "There is no such group.")) from None
    if group.population_id not in {None, user.population_id}:
        message = "The group is for the users of another population."
        raise InvalidData(Violation("CONSTRAINT_VIOLATION", "id", message))
    if not insert_if_absent(connection, table, {"user_id": user_id, "group_id": group.id, "created_at": now}):
        raise Conflict(Violation("UNIQUENESS_VIOLATION", "id", "The user is a member of the group already."))
    return Membership(user_id, group, "DIRECT")


def get(connection: Connection, environment_id: str, user_id: str, group_id: str) -> Membership:
    """Return a user's membership in a group, direct or indirect.

    Raises:
        NotFound: When the user is no member of it.
    """
    users.get(connection, environment_id, user_id)
    if group_id not in _group_ids(connection, user_id):
        raise NotFound("the user is no member of that group")
    group = groups.get(connection, environment_id, group_id)
    return Membership(user_id, group, "DIRECT" if group_id in _direct(connection, user_id) else "INDIRECT")


def of_user(connection: Connection, environment_id: str, user_id: str, page: Page | None = None) -> Listing[Membership]:
    """Return a part of the groups that a user is a member of, directly or through groups within groups.

    Raises:
        NotFound: When there is no such user.
    """
    users.get(connection, environment_id, user_id)
    wanted = page or Page()
    direct, ids = _direct(connection, user_id), sorted(_group_ids(connection, user_id))
    rest = [each for each in ids if wanted.after is None or each > wanted.after]
    shown = rest[: wanted.limit]
    found = {row.id: groups.of_row(row) for row in _rows(connection, shown)}
    items = tuple(
        Membership(user_id, found[each], "DIRECT" if each in direct else "INDIRECT") for each in shown if each in found
    )
    return Listing(items, shown[-1] if len(rest) > len(shown) else None, len(ids))


def remove(connection: Connection, environment_id: str, user_id: str, group_id: str) -> None:
    """End a user's membership in a group.

    Raises:
        NotFound: When the user is no direct member of it.
    """
    users.get(connection, environment_id, user_id)
    gone = delete(table).where(table.c.user_id == user_id, table.c.group_id == group_id)
    if connection.execute(gone).rowcount == 0:
        raise NotFound("the user is no member of that group")


def group_ids(connection: Connection, user_id: str) -> tuple[str, ...]:
    """Return the identifiers of all groups that a user is a member of, in order."""
    return tuple(sorted(_group_ids(connection, user_id)))


def group_names(connection: Connection, user_id: str) -> tuple[str, ...]:
    """Return the names of all groups that a user is a member of, in order."""
    return tuple(sorted(row.name for row in _rows(connection, list(_group_ids(connection, user_id)))))


def _direct(connection: Connection, user_id: str) -> set[str]:
    return set(connection.execute(select(table.c.group_id).where(table.c.user_id == user_id)).scalars())


def _group_ids(connection: Connection, user_id: str) -> set[str]:
    start = select(table.c.group_id.label("id")).where(table.c.user_id == user_id).cte("above", recursive=True)
    above = select(group_parents.c.parent_id).join(start, group_parents.c.group_id == start.c.id)
    return set(connection.execute(select(start.union(above).c.id)).scalars())


def _rows(connection: Connection, ids: list[str]) -> list[Row[Any]]:
    return list(connection.execute(select(groups_table).where(groups_table.c.id.in_(ids)))) if ids else []
