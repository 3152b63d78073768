"""What is looked at in the transaction of the work: whether the actor's roles reach what it is done to.

Somebody who may change another's password, or read an application's secret, could act as them. So that takes every
permission that the other has; and nobody gives a role that they may not give.
"""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection, select

from gatepost.identity import (
    applications,
    devices,
    groups,
    populations,
    resources,
    role_assignments,
    roles,
    sessions,
    users,
)
from gatepost.identity.ids import is_id
from gatepost.identity.refusals import NotFound
from gatepost.identity.role_assignments import RoleAssignment
from gatepost.identity.roles import ScopeType
from gatepost.identity.store import tables
from gatepost.provider.platform.call import Call
from gatepost.provider.platform.refusals import forbidden

_GIVES_ROLES = "permissions:create:applicationRoleAssignments"


def reaches_user(connection: Connection, call: Call) -> None:
    """Let those go on whose permission holds for the user's population."""
    call.require(population_id=users.get(connection, call.environment_id, _id(call, "userId")).population_id)


def reaches_new_user(connection: Connection, call: Call) -> None:
    """Let those go on whose permission holds for the population of a new user: the one named, or the default one."""
    named = _population_of(call.body)
    call.require(population_id=named or _default_population(connection, call.environment_id))


def reaches_moved_user(connection: Connection, call: Call) -> None:
    """Let those go on whose permission holds for the population that a user is moved to, if to another one."""
    body = call.body if isinstance(call.body, dict) else {}
    named = body.get("id") if call.endpoint.pattern.endswith("/population") else _population_of(body)
    if isinstance(named, str):
        call.require(population_id=named)


def reaches_population(_: Connection, call: Call) -> None:
    """Let those go on whose permission holds for the population in the path."""
    call.require(population_id=_id(call, "populationId"))


def reaches_group(connection: Connection, call: Call) -> None:
    """Let those go on whose permission holds for the group's population; a group without one is the environment's."""
    found = groups.get(connection, call.environment_id, _id(call, "groupId"))
    call.require(population_id=_population_of(found.document))


def reaches_new_group(_: Connection, call: Call) -> None:
    """Let those go on whose permission holds for the population that a group is put into."""
    call.require(population_id=_population_of(call.body))


def reaches_joined_group(connection: Connection, call: Call) -> None:
    """Let those go on whose permission holds for the group that somebody is put into, or taken out of."""
    body = call.body if isinstance(call.body, dict) else {}
    group_id = body.get("id") if call.request.method == "POST" else call.ids[-1]
    if not isinstance(group_id, str) or not is_id(group_id):
        return  # the work says what is wrong with it
    try:
        found = groups.get(connection, call.environment_id, group_id)
    except NotFound:
        return
    call.require(population_id=_population_of(found.document))


def reaches_application(connection: Connection, call: Call) -> None:
    """Let those go on whose permission holds for the application in the path, which is there."""
    call.require(application_id=applications.get(connection, call.environment_id, _id(call, "applicationId")).id)


def is_resource(connection: Connection, call: Call) -> None:
    """See that there is the resource in the path: attributes are found by their owner, of whatever kind."""
    resources.get(connection, call.environment_id, _id(call, "resourceId"))


def is_here(connection: Connection, call: Call) -> None:
    """Let those go on whose permission holds for a population or an application of this environment."""
    permission = call.endpoint.permission
    if permission is None or permission in call.permitted.everywhere:
        return
    for table, ids in (
        (tables.populations, call.permitted.populations(permission) or ()),
        (tables.applications, call.permitted.applications(permission) or ()),
    ):
        here = select(table.c.id).where(table.c.environment_id == call.environment_id, table.c.id.in_(sorted(ids)))
        if connection.execute(here.limit(1)).first() is not None:
            return
    raise forbidden()


def not_above(connection: Connection, call: Call) -> None:
    """Let those go on who have every permission of the user or the application in the path."""
    target = _id(call, "userId") or _id(call, "applicationId")
    if target != call.actor.id:
        _has_all_of(connection, call, role_assignments.of_actor(connection, target))


def proved_second_factor(connection: Connection, call: Call) -> None:
    """Let users change their second factors who proved one when they signed on, if they have any."""
    if not call.by_self:
        return
    found = devices.listed(connection, call.environment_id, _id(call, "userId")).items
    activated = _id(call, "deviceId") if call.request.method == "POST" else None
    if not any(each.active and each.id != activated for each in found):
        return
    session_id = call.actor.session_id
    session = None if session_id is None else sessions.get(connection, call.environment_id, session_id, now=call.now)
    if session is None or session.user_id != call.actor.user_id or "mfa" not in session.document.get("proofs", {}):
        raise forbidden()


def may_act_for_users(connection: Connection, call: Call) -> None:
    """Let those go on who may give applications roles, where a worker application acts for users, or is to.

    With it its users act by their roles: whoever has it in hand could act as any of them.
    """
    application_id = _id(call, "applicationId")
    before = applications.get(connection, call.environment_id, application_id) if application_id else None
    body: Any = call.body if isinstance(call.body, dict) else {}
    grants = set(before.grant_types) if before is not None else set()
    sent = body.get("grantTypes")
    if isinstance(sent, list):
        grants |= {each for each in sent if isinstance(each, str)}
    kind = body.get("type") if before is None else before.type
    if (
        kind == "WORKER"
        and grants - {"CLIENT_CREDENTIALS"}
        and not call.permitted.allow(_GIVES_ROLES, application_id=application_id or None)
    ):
        raise forbidden()


def not_above_new_group(connection: Connection, call: Call) -> None:
    """Let those go on who have every permission of the group that somebody becomes a member of."""
    body = call.body if isinstance(call.body, dict) else {}
    group_id = body.get("id")
    if isinstance(group_id, str) and is_id(group_id):
        _has_all_of(connection, call, _of_group(connection, group_id))


def not_above_left_group(connection: Connection, call: Call) -> None:
    """Let those go on who have every permission of the group that a group is taken out of, with its members."""
    _has_all_of(connection, call, _of_group(connection, call.ids[-1]))


def not_above_group(connection: Connection, call: Call) -> None:
    """Let those go on who have every permission of the group in the path."""
    _has_all_of(connection, call, _of_group(connection, _id(call, "groupId")))


def gives_role(connection: Connection, call: Call) -> None:
    """Let those go on who may give the role that was sent, for what it is given for."""
    body: Any = call.body if isinstance(call.body, dict) else {}
    role, scope = body.get("role"), body.get("scope")
    if not isinstance(role, dict) or not isinstance(scope, dict):
        return  # the work says what is wrong with it
    known = roles.CATALOG.get(str(role.get("id")))
    scope_type, scope_id = scope.get("type"), scope.get("id")
    if known is None or scope_type not in known.applicable_to or not isinstance(scope_id, str) or not is_id(scope_id):
        return
    if not call.actor.may_give(connection, known, cast("ScopeType", scope_type), scope_id):
        raise forbidden()


def takes_role(connection: Connection, call: Call) -> None:
    """Let those go on who may give the role that is taken."""
    actor_id, assignment_id = call.ids[-2], call.ids[-1]
    found = role_assignments.get(connection, call.environment_id, actor_id, assignment_id)
    if found.role is not None and not call.actor.may_give(connection, found.role, found.scope_type, found.scope_id):
        raise forbidden()


def _has_all_of(connection: Connection, call: Call, assignments: tuple[RoleAssignment, ...]) -> None:
    if not call.actor.has_all_of(connection, assignments):
        raise forbidden()


def _of_group(connection: Connection, group_id: str) -> tuple[RoleAssignment, ...]:
    """Return the roles that members of a group have by it, and by the groups above it."""
    parents = tables.group_parents
    reached = select(tables.groups.c.id).where(tables.groups.c.id == group_id).cte("reached", recursive=True)
    reached = reached.union(select(parents.c.parent_id).join(reached, parents.c.group_id == reached.c.id))
    wanted = select(tables.role_assignments).where(tables.role_assignments.c.actor_id.in_(select(reached.c.id)))
    return tuple(role_assignments.of_row(row) for row in connection.execute(wanted))


def _id(call: Call, name: str) -> str:
    return call.request.parameters.get(name, "")


def _population_of(document: object) -> str | None:
    population: object = document.get("population") if isinstance(document, Mapping) else None
    found = population.get("id") if isinstance(population, dict) else None
    return found if isinstance(found, str) else None


def _default_population(connection: Connection, environment_id: str) -> str | None:
    found = populations.default_of(connection, environment_id)
    return None if found is None else found.id
