"""Environments, organizations, roles, keys, and what happened."""

from functools import partial

from sqlalchemy import Connection

from gatepost.identity import applications, audit, environments, organizations, roles, signing_keys
from gatepost.identity.applications import Application
from gatepost.identity.audit import AuditEvent
from gatepost.identity.entity import Listing
from gatepost.identity.environments import Environment
from gatepost.identity.ids import is_id
from gatepost.identity.organizations import Organization
from gatepost.identity.password_hashing import hashing
from gatepost.identity.refusals import InvalidData, NotFound, Violation
from gatepost.identity.role_assignments import ActorType
from gatepost.identity.roles import Role
from gatepost.identity.shapes.shape import Member, Shape, reference
from gatepost.identity.signing_keys import Key
from gatepost.provider.platform import shown
from gatepost.provider.platform.answers import created
from gatepost.provider.platform.call import Call
from gatepost.provider.platform.refusals import forbidden
from gatepost.provider.web.response import Response

NEW_ENVIRONMENT = Shape(*environments.SHAPE.members.values(), Member("organization", reference()))


def listed_environments(connection: Connection, call: Call) -> Listing[Environment]:
    """Return a page of the environments that the actor may read."""
    permission = str(call.endpoint.permission)
    reach = {kind: _scopes(call, permission, kind) for kind in ("ORGANIZATION", "ENVIRONMENT")}
    if reach["ORGANIZATION"]:
        return environments.listed(connection, call.page, organization_id=next(iter(reach["ORGANIZATION"])))
    return environments.listed(connection, call.page, ids=reach["ENVIRONMENT"])


async def create_environment(call: Call) -> Response:
    """Answer with a new environment, which its maker administers. Its keys are made before the transaction."""
    organization_id = _organization(call)
    environments.SHAPE.created(call.body)
    keys = [await hashing(partial(signing_keys.generate, now=call.now)) for _ in range(2)]
    actor_type: ActorType = "APPLICATION" if call.actor.user_id is None else "USER"
    actor = (actor_type, call.actor.environment_id, call.actor.id)

    def work(connection: Connection) -> Environment:
        made = environments.create(
            connection, organization_id, call.body, call.now, call.services.sealing, keys=keys, actor=actor
        )
        call.note(made.id)
        return made

    return created(shown.environment(call, await call.write(work)))


def listed_organizations(connection: Connection, call: Call) -> Listing[Organization]:
    """Return the organizations that the actor may read."""
    ids = sorted(_scopes(call, str(call.endpoint.permission), "ORGANIZATION"))
    return Listing(tuple(organizations.get(connection, each) for each in ids), None, len(ids))


def organization(connection: Connection, call: Call) -> Organization:
    """Return an organization that the actor may read."""
    organization_id = call.request.parameters["organizationId"]
    if organization_id not in _scopes(call, str(call.endpoint.permission), "ORGANIZATION"):
        raise forbidden()
    return organizations.get(connection, organization_id)


def listed_roles(_: Connection, call: Call) -> Listing[Role]:
    """Return a page of the roles."""
    page = call.page
    rest = [role for role in roles.CATALOG.values() if page.after is None or role.id > page.after]
    some = tuple(rest[: page.limit])
    return Listing(some, some[-1].id if len(rest) > len(some) else None, len(roles.CATALOG))


def role(_: Connection, call: Call) -> Role:
    """Return a role."""
    return roles.get(call.request.parameters["roleId"])


async def create_key(call: Call) -> Response:
    """Answer with a new key, which is made before the transaction."""
    algorithm, days, name = signing_keys.wanted(call.body)
    new = await hashing(partial(signing_keys.generate, algorithm, now=call.now, days=days, name=name))

    def work(connection: Connection) -> Key:
        key = signing_keys.create(connection, call.environment_id, call.body, call.now, call.services.sealing, new=new)
        call.note(key.id)
        return key

    return created(shown.plain("keys")(call, await call.write(work)))


def listed_activities(connection: Connection, call: Call) -> Listing[AuditEvent]:
    """Return what happened last, the latest first."""
    return Listing(tuple(audit.latest(connection, call.environment_id, call.page.limit)))


def listed_applications(connection: Connection, call: Call) -> Listing[Application]:
    """Return a page of the applications that the actor may read."""
    ids = call.permitted.applications(str(call.endpoint.permission))
    if ids is None:
        return applications.listed(connection, call.environment_id, call.page)
    page = call.page
    found = []
    for each in sorted(ids):
        try:
            found.append(applications.get(connection, call.environment_id, each))
        except NotFound:
            continue  # of another environment, or gone
    rest = [each for each in found if page.after is None or each.id > page.after]
    some = tuple(rest[: page.limit])
    return Listing(some, some[-1].id if len(rest) > len(some) else None, len(found))


def _scopes(call: Call, permission: str, scope_type: str) -> frozenset[str]:
    return frozenset(
        each.scope_id
        for each in call.actor.assignments
        if each.scope_type == scope_type and each.role is not None and permission in each.role.permissions
    )


def _organization(call: Call) -> str:
    """Return the organization of a new environment: the one named, or the one that the actor administers."""
    mine = sorted(_scopes(call, str(call.endpoint.permission), "ORGANIZATION"))
    if not mine:
        raise forbidden()
    named = call.body.get("organization") if isinstance(call.body, dict) else None
    organization_id = named.get("id") if isinstance(named, dict) else None
    if organization_id is None:
        return mine[0]
    if not isinstance(organization_id, str) or not is_id(organization_id):
        raise InvalidData(Violation("INVALID_VALUE", "organization.id", "The value must be a UUID in lower case."))
    if organization_id not in mine:
        raise forbidden()
    return organization_id
