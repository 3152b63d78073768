"""Role assignments: who has which role, and within what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from sqlalchemy import Connection, Row, Table, insert, select

from gatepost.identity import roles, rows
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.roles import Role, ScopeType
from gatepost.identity.shapes.kinds import Choice, Id
from gatepost.identity.shapes.shape import Member, Shape, reference
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.tables import (
    applications,
    environments,
    group_parents,
    groups,
    memberships,
    organizations,
    populations,
    role_assignments,
    users,
)

ActorType: TypeAlias = Literal["USER", "GROUP", "APPLICATION"]

SHAPE = Shape(
    Member("role", reference(), required=True),
    Member(
        "scope",
        Shape(
            Member("id", Id(), required=True),
            Member("type", Choice("ORGANIZATION", "ENVIRONMENT", "POPULATION", "APPLICATION"), required=True),
        ),
        required=True,
    ),
)

_ACTORS: Mapping[str, Table] = {"USER": users, "GROUP": groups, "APPLICATION": applications}
_SCOPES: Mapping[str, Table] = {
    "ORGANIZATION": organizations,
    "ENVIRONMENT": environments,
    "POPULATION": populations,
    "APPLICATION": applications,
}


@dataclass(frozen=True, slots=True)
class RoleAssignment(Entity):
    """A role of a user, a group or an application.

    Attributes:
        actor_id: Who has it.
        actor_type: What that is.
        role_id: The role.
        scope_type: What it is for.
        scope_id: Which of those.
    """

    actor_id: str
    actor_type: ActorType
    role_id: str
    scope_type: ScopeType
    scope_id: str

    @property
    def role(self) -> Role | None:
        """The role, or `None` for one that this server does not know."""
        return roles.CATALOG.get(self.role_id)


def create(
    connection: Connection, environment_id: str, actor_type: ActorType, actor_id: str, sent: object, now: int
) -> RoleAssignment:
    """Give a role to a user, a group or an application.

    Raises:
        NotFound: When there is no such actor in the environment.
        InvalidData: When what was sent does not fit, or refers to nothing.
        Conflict: When the actor has the role already.
    """
    rows.of_id(connection, _ACTORS[actor_type], environment_id, actor_id)
    document = SHAPE.created(sent)
    scope = document["scope"]
    role = roles.CATALOG.get(document["role"]["id"])
    told: list[Violation] = []
    if role is None:
        told.append(Violation("REFERENCE_NOT_FOUND", "role.id", "There is no such role."))
    elif scope["type"] not in role.applicable_to:
        allowed = {"allowedValues": list(role.applicable_to)}
        told.append(Violation("INVALID_VALUE", "scope.type", "The role cannot be given for this.", allowed))
    table = _SCOPES[scope["type"]]
    if connection.execute(select(table.c.id).where(table.c.id == scope["id"])).first() is None:
        told.append(Violation("REFERENCE_NOT_FOUND", "scope.id", "There is no such thing."))
    if told:
        raise InvalidData(*told)
    row = _row(environment_id, actor_type, actor_id, document["role"]["id"], scope["type"], scope["id"], now)
    rows.insert_unique(connection, role_assignments, row, "role.id")
    changed(connection)
    return get(connection, environment_id, actor_id, row["id"])


def give(
    connection: Connection,
    environment_id: str,
    actor_type: ActorType,
    actor_id: str,
    role: Role,
    scope_type: ScopeType,
    scope_id: str,
    now: int,
) -> None:
    """Give a role, unless the actor has it already."""
    row = _row(environment_id, actor_type, actor_id, role.id, scope_type, scope_id, now)
    insert_if_absent(connection, role_assignments, row)
    changed(connection)


def copy(
    connection: Connection, environment_id: str, from_actor: str, actor_type: ActorType, actor_id: str, now: int
) -> None:
    """Give an actor the roles that another one has."""
    found = select(role_assignments).where(role_assignments.c.actor_id == from_actor)
    for row in connection.execute(found).all():
        made = _row(environment_id, actor_type, actor_id, row.role_id, row.scope_type, row.scope_id, now)
        connection.execute(insert(role_assignments).values(**made))
    changed(connection)


def get(connection: Connection, environment_id: str, actor_id: str, assignment_id: str) -> RoleAssignment:
    """Return a role assignment.

    Raises:
        NotFound: When the actor has none such.
    """
    mine = role_assignments.c.actor_id == actor_id
    return of_row(rows.of_id(connection, role_assignments, environment_id, assignment_id, mine))


def listed(
    connection: Connection, environment_id: str, actor_type: ActorType, actor_id: str, page: Page
) -> Listing[RoleAssignment]:
    """Return a part of an actor's own roles.

    Raises:
        NotFound: When there is no such actor in the environment.
    """
    rows.of_id(connection, _ACTORS[actor_type], environment_id, actor_id)
    return rows.listed(connection, role_assignments, page, of_row, role_assignments.c.actor_id == actor_id)


def remove(connection: Connection, environment_id: str, actor_id: str, assignment_id: str) -> None:
    """Take a role away.

    Raises:
        NotFound: When the actor has none such.
    """
    get(connection, environment_id, actor_id, assignment_id)
    rows.remove(connection, role_assignments, assignment_id)
    changed(connection)


def of_actor(connection: Connection, actor_id: str) -> tuple[RoleAssignment, ...]:
    """Return the roles of a user, those through their groups and the groups above these too, or of an application."""
    reached = (
        select(memberships.c.group_id.label("id"))
        .where(memberships.c.user_id == actor_id)
        .cte("reached", recursive=True)
    )
    reached = reached.union(select(group_parents.c.parent_id).join(reached, group_parents.c.group_id == reached.c.id))
    found = select(role_assignments).where(
        (role_assignments.c.actor_id == actor_id) | role_assignments.c.actor_id.in_(select(reached.c.id))
    )
    return tuple(of_row(row) for row in connection.execute(found))


def within(connection: Connection, scope_type: ScopeType, scope_id: str) -> tuple[tuple[ScopeType, str], ...]:
    """Return what a role is given for, and everything that this stands in: its environment, its organization."""
    found: list[tuple[ScopeType, str]] = [(scope_type, scope_id)]
    environment_id: str | None = scope_id if scope_type == "ENVIRONMENT" else None
    if scope_type in {"POPULATION", "APPLICATION"}:
        table = _SCOPES[scope_type]
        environment_id = connection.execute(select(table.c.environment_id).where(table.c.id == scope_id)).scalar()
        if environment_id is not None:
            found.append(("ENVIRONMENT", environment_id))
    wanted = select(environments.c.organization_id).where(environments.c.id == environment_id)
    organization_id = None if environment_id is None else connection.execute(wanted).scalar()
    return tuple(found) if organization_id is None else (*found, ("ORGANIZATION", organization_id))


def of_row(row: Row[Any]) -> RoleAssignment:
    """Return the role assignment that a row holds."""
    document = {
        "role": {"id": row.role_id},
        "scope": {"id": row.scope_id, "type": row.scope_type},
        "readOnly": False,
    }
    return RoleAssignment(
        row.id,
        row.environment_id,
        document,
        row.created_at,
        row.created_at,
        row.actor_id,
        cast("ActorType", row.actor_type),
        row.role_id,
        cast("ScopeType", row.scope_type),
        row.scope_id,
    )


def _row(
    environment_id: str, actor_type: str, actor_id: str, role_id: str, scope_type: str, scope_id: str, now: int
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "environment_id": environment_id,
        "actor_id": actor_id,
        "actor_type": actor_type,
        "role_id": role_id,
        "scope_type": scope_type,
        "scope_id": scope_id,
        "created_at": now,
    }
