"""Groups of users, and groups within groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from gatepost.identity import rows
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound, Violation
from gatepost.identity.scim_conditions import GROUPS, condition
from gatepost.identity.shapes.kinds import AnyJson, Text
from gatepost.identity.shapes.shape import Member, Shape, reference
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.tables import group_parents, memberships, populations, role_assignments
from gatepost.identity.store.tables import groups as table

# Making a group a member of another one is decided upon by one server at a time: two could close a circle together.
_LOCK = 0x6A7E_9060


@dataclass(frozen=True, slots=True)
class Group(Entity):
    """A group."""

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.document["name"])

    @property
    def population_id(self) -> str | None:
        """The population whose users alone it is for, or `None`."""
        population = self.document.get("population")
        return population["id"] if population else None


SHAPE = Shape(
    Member("name", Text(most=256), required=True),
    Member("description", Text(most=1024)),
    Member("externalId", Text(most=1024)),
    Member("population", reference(), fixed=True),
    Member("customData", AnyJson()),
)
_REFERENCE = reference()


def create(connection: Connection, environment_id: str, sent: object, now: int) -> Group:
    """Return a new group.

    Raises:
        InvalidData: With everything that is wrong with it.
        Conflict: When its name is taken.
    """
    _static(sent)
    document = SHAPE.created(sent)
    population = document.get("population")
    if population is not None:
        try:
            rows.of_id(connection, populations, environment_id, population["id"])
        except NotFound:
            message = "There is no such population."
            raise InvalidData(Violation("REFERENCE_NOT_FOUND", "population.id", message)) from None
    group = Group(new_id(), environment_id, document, now, now)
    rows.insert_unique(connection, table, _row(group), "name")
    return group


def get(connection: Connection, environment_id: str, group_id: str) -> Group:
    """Return a group.

    Raises:
        NotFound: When there is none.
    """
    return of_row(rows.of_id(connection, table, environment_id, group_id))


def listed(
    connection: Connection, environment_id: str, page: Page | None = None, filter_text: str | None = None
) -> Listing[Group]:
    """Return a part of the environment's groups.

    Raises:
        InvalidData: When the filter cannot be read.
    """
    where = [table.c.environment_id == environment_id]
    if filter_text is not None:
        where.append(condition(filter_text, GROUPS))
    return rows.listed(connection, table, page or Page(), of_row, *where)


def replace(connection: Connection, environment_id: str, group_id: str, sent: object, now: int) -> Group:
    """Return the group that takes the place of one; what is left out is cleared.

    Raises:
        NotFound: When there is none.
        InvalidData: With everything that is wrong with it.
        Conflict: When its name is taken.
    """
    _static(sent)
    current = get(connection, environment_id, group_id)
    return _kept(connection, current, SHAPE.replaced(current.document, sent), now)


def patch(connection: Connection, environment_id: str, group_id: str, sent: object, now: int) -> Group:
    """Return a group with some members changed; see `replace`."""
    _static(sent)
    current = get(connection, environment_id, group_id)
    return _kept(connection, current, SHAPE.patched(current.document, sent), now)


def remove(connection: Connection, environment_id: str, group_id: str) -> None:
    """Remove a group; its members stay.

    Raises:
        NotFound: When there is none.
    """
    get(connection, environment_id, group_id)
    connection.execute(delete(role_assignments).where(role_assignments.c.actor_id == group_id))
    rows.remove(connection, table, group_id)


def member_counts(connection: Connection, group_ids: list[str]) -> dict[str, dict[str, int]]:
    """Return how many direct members each group has: `{"users": 2, "groups": 1}`."""
    counts = {each: {"users": 0, "groups": 0} for each in group_ids}
    for name, column in (("users", memberships.c.group_id), ("groups", group_parents.c.parent_id)):
        counted = select(column, func.count()).where(column.in_(group_ids)).group_by(column)
        for group_id, count in connection.execute(counted):
            counts[group_id][name] = count
    return counts


# ── Groups within groups ─────────────────────────────────────────────────────────────────────────────────────────


def add_parent(connection: Connection, environment_id: str, group_id: str, sent: object) -> Group:
    """Make a group a member of another one, `{"id": "..."}`, and return that one.

    Raises:
        NotFound: When there is no such group.
        InvalidData: When there is no such other group, it is for the users of another population, or it is a member
            of this one already, if through others.
        Conflict: When it is a member of it already.
    """
    child = get(connection, environment_id, group_id)
    parent_id = _REFERENCE.created(sent)["id"]
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    try:
        parent = get(connection, environment_id, parent_id)
    except NotFound:
        raise InvalidData(Violation("REFERENCE_NOT_FOUND", "id", "There is no such group.")) from None
    if parent.population_id not in {None, child.population_id}:
        message = "The group is for the users of another population."
        raise InvalidData(Violation("CONSTRAINT_VIOLATION", "id", message))
    if parent_id in _descendants(connection, group_id):
        message = "A group cannot be a member of itself, directly or through other groups."
        raise InvalidData(Violation("CONSTRAINT_VIOLATION", "id", message))
    if not insert_if_absent(connection, group_parents, {"group_id": group_id, "parent_id": parent_id}):
        raise Conflict(Violation("UNIQUENESS_VIOLATION", "id", "The group is a member of it already."))
    return parent


def parents(connection: Connection, environment_id: str, group_id: str, page: Page | None = None) -> Listing[Group]:
    """Return the groups that a group is a direct member of.

    Raises:
        NotFound: When there is no such group.
    """
    get(connection, environment_id, group_id)
    of = select(group_parents.c.parent_id).where(group_parents.c.group_id == group_id)
    return rows.listed(connection, table, page or Page(), of_row, table.c.id.in_(of))


def parent(connection: Connection, environment_id: str, group_id: str, parent_id: str) -> Group:
    """Return a group that a group is a direct member of.

    Raises:
        NotFound: When it is not.
    """
    of = select(group_parents.c.parent_id).where(group_parents.c.group_id == group_id)
    return of_row(rows.of_id(connection, table, environment_id, parent_id, table.c.id.in_(of)))


def remove_parent(connection: Connection, environment_id: str, group_id: str, parent_id: str) -> None:
    """End a group's membership in another one.

    Raises:
        NotFound: When it is no direct member.
    """
    get(connection, environment_id, group_id)
    this = group_parents.c.group_id == group_id, group_parents.c.parent_id == parent_id
    if connection.execute(delete(group_parents).where(*this)).rowcount == 0:
        raise NotFound("the group is no member of that group")


def of_row(row: Row[Any]) -> Group:
    """Return the group that a row holds."""
    return Group(row.id, row.environment_id, row.document, row.created_at, row.updated_at)


def _descendants(connection: Connection, group_id: str) -> set[str]:
    """Return a group with all that are in it, directly or through others."""
    start = select(table.c.id).where(table.c.id == group_id).cte("within", recursive=True)
    below = select(group_parents.c.group_id).join(start, group_parents.c.parent_id == start.c.id)
    return set(connection.execute(select(start.union(below).c.id)).scalars())


def _static(sent: object) -> None:
    if isinstance(sent, Mapping) and sent.get("userFilter") is not None:
        message = "Groups whose members a filter decides upon are not supported; add the members themselves."
        raise InvalidData(Violation("INVALID_VALUE", "userFilter", message))


def _kept(connection: Connection, current: Group, document: dict[str, Any], now: int) -> Group:
    group = Group(current.id, current.environment_id, document, current.created_at, now)
    rows.update_unique(connection, table, group.id, _row(group), "name")
    return group


def _row(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "environment_id": group.environment_id,
        "population_id": group.population_id,
        "name": group.name,
        "document": dict(group.document),
        "created_at": group.created_at,
        "updated_at": group.updated_at,
    }
