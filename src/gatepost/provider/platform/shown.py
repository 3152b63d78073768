"""How each kind of thing is shown: its members, with absolute links (HAL), as PingOne's documentation shows them."""

from collections.abc import Mapping
from typing import Any

from gatepost.identity import times
from gatepost.identity.applications import Application
from gatepost.identity.attributes import Attribute
from gatepost.identity.audit import AuditEvent
from gatepost.identity.client_secrets import Secret
from gatepost.identity.devices import Device
from gatepost.identity.entity import Entity
from gatepost.identity.environments import Environment
from gatepost.identity.grants import Grant
from gatepost.identity.organizations import Organization
from gatepost.identity.password_states import PasswordState
from gatepost.identity.role_assignments import RoleAssignment
from gatepost.identity.roles import Role
from gatepost.identity.scopes import Scope
from gatepost.identity.sign_on_actions import SignOnAction
from gatepost.identity.users import User
from gatepost.provider.platform.answers import Document, Render
from gatepost.provider.platform.call import Call

_OF_ENVIRONMENTS = (
    "populations",
    "users",
    "groups",
    "applications",
    "resources",
    "signOnPolicies",
    "passwordPolicies",
    "keys",
    "activities",
)


def plain(path: str) -> Render:
    """Return what shows things that have no links but to themselves and their environment.

    Args:
        path: Where they are, such as `keys`.
    """

    def render(call: Call, item: Entity) -> Document:
        return _entity(call, f"{call.api}/{path}/{item.id}", item)

    return render


def application(call: Call, item: Application) -> Document:
    """Show an application."""
    at = f"{call.api}/applications/{item.id}"
    links = {
        "attributes": f"{at}/attributes",
        "secret": f"{at}/secret",
        "grants": f"{at}/grants",
        "signOnPolicyAssignments": f"{at}/signOnPolicyAssignments",
        "roleAssignments": f"{at}/roleAssignments",
    }
    return _entity(call, at, item, links, clientId=item.id)


def secret(call: Call, item: Secret) -> Document:
    """Show the secret of an application or a resource."""
    found = _links(call, call.url, {_owner(call): call.url.removesuffix("/secret")})
    found |= {"environment": {"id": call.environment_id}, "secret": item.value}
    if item.previous is not None and item.previous_expires_at is not None and item.previous_expires_at > call.now:
        previous = {"secret": item.previous, "expiresAt": times.write(item.previous_expires_at)}
        if item.previous_used_at is not None:
            previous["lastUsed"] = times.write(item.previous_used_at)
        found["previous"] = previous
    return found


def attribute(call: Call, item: Attribute) -> Document:
    """Show an attribute of an application or a resource."""
    kind = _owner(call)
    owner = f"{call.api}/{kind}s/{item.owner_id}"
    return _entity(call, f"{owner}/attributes/{item.id}", item, {kind: owner}, **{kind: {"id": item.owner_id}})


def grant(call: Call, item: Grant) -> Document:
    """Show a grant."""
    of = f"{call.api}/applications/{item.application_id}"
    links = {"application": of, "resource": f"{call.api}/resources/{item.resource_id}"}
    return _entity(call, f"{of}/grants/{item.id}", item, links, application={"id": item.application_id})


def resource(call: Call, item: Entity) -> Document:
    """Show a resource."""
    at = f"{call.api}/resources/{item.id}"
    links = {name: f"{at}/{name}" for name in ("scopes", "attributes", "secret")}
    return _entity(call, at, item, links)


def scope(call: Call, item: Scope) -> Document:
    """Show a scope."""
    of = f"{call.api}/resources/{item.resource_id}"
    return _entity(call, f"{of}/scopes/{item.id}", item, {"resource": of}, resource={"id": item.resource_id})


def sign_on_policy(call: Call, item: Entity) -> Document:
    """Show a sign-on policy."""
    at = f"{call.api}/signOnPolicies/{item.id}"
    return _entity(call, at, item, {"actions": f"{at}/actions"})


def sign_on_action(call: Call, item: SignOnAction) -> Document:
    """Show a step of a sign-on policy."""
    of = f"{call.api}/signOnPolicies/{item.policy_id}"
    return _entity(call, f"{of}/actions/{item.id}", item, {"signOnPolicy": of}, signOnPolicy={"id": item.policy_id})


def policy_assignment(call: Call, item: Entity) -> Document:
    """Show a sign-on policy of an application."""
    application_id = call.request.parameters["applicationId"]
    of = f"{call.api}/applications/{application_id}"
    links = {"application": of, "signOnPolicy": f"{call.api}/signOnPolicies/{item.document['signOnPolicy']['id']}"}
    at = f"{of}/signOnPolicyAssignments/{item.id}"
    return _entity(call, at, item, links, application={"id": application_id})


def role_assignment(call: Call, item: RoleAssignment) -> Document:
    """Show a role of a user, a group or an application."""
    kind = item.actor_type.lower()
    of = f"{call.api}/{kind}s/{item.actor_id}"
    return _entity(call, f"{of}/roleAssignments/{item.id}", item, {kind: of}, **{kind: {"id": item.actor_id}})


def role(call: Call, item: Role) -> Document:
    """Show a role."""
    at = f"{call.services.settings.public_url}/v1/roles/{item.id}"
    return {
        "_links": {"self": {"href": at}},
        "id": item.id,
        "name": item.name,
        "description": item.description,
        "applicableTo": list(item.applicable_to),
        "permissions": [{"id": each, "classifier": each.rpartition(":")[2]} for each in sorted(item.permissions)],
        "canAssign": sorted(item.can_assign),
    }


def environment(call: Call, item: Environment) -> Document:
    """Show an environment."""
    at = call.services.api_url(item.id)
    names = (
        "populations",
        "users",
        "groups",
        "applications",
        "resources",
        "signOnPolicies",
        "passwordPolicies",
        "keys",
    )
    links = {name: f"{at}/{name}" for name in (*names, "activities")}
    links["organization"] = f"{call.services.settings.public_url}/v1/organizations/{item.organization_id}"
    found = _entity(call, at, item, links)
    del found["environment"], found["_links"]["environment"]
    return found


def organization(call: Call, item: Organization) -> Document:
    """Show an organization."""
    at = f"{call.services.settings.public_url}/v1/organizations/{item.id}"
    return {
        "_links": {
            "self": {"href": at},
            "environments": {"href": f"{call.services.settings.public_url}/v1/environments"},
        },
        "id": item.id,
        "name": item.name,
        "createdAt": times.write(item.created_at),
        "updatedAt": times.write(item.updated_at),
    }


def user(call: Call, item: User) -> Document:
    """Show a user."""
    at = f"{call.api}/users/{item.id}"
    links = {
        "population": f"{call.api}/populations/{item.population_id}",
        "devices": f"{at}/devices",
        "roleAssignments": f"{at}/roleAssignments",
        "password": f"{at}/password",
        **{f"password.{name}": f"{at}/password" for name in ("reset", "set", "check", "recover")},
        "linkedAccounts": f"{at}/linkedAccounts",
        "account.sendVerificationCode": at,
        "memberOfGroups": f"{at}/memberOfGroups",
    }
    return _entity(call, at, item, links)


def password(call: Call, item: PasswordState) -> Document:
    """Show how a password stands."""
    of = f"{call.api}/users/{item.user.id}"
    links = {"user": of}
    if item.policy.id:
        links["passwordPolicy"] = f"{call.api}/passwordPolicies/{item.policy.id}"
    links |= {f"password.{name}": f"{of}/password" for name in ("check", "reset", "set", "recover")}
    return {**_links(call, f"{of}/password", links), **item.document(call.now)}


def group(call: Call, item: Entity) -> Document:
    """Show a group."""
    at = f"{call.api}/groups/{item.id}"
    filter_text = f"memberOfGroups%5Bid%20eq%20%22{item.id}%22%5D"
    links = {
        "users": f"{call.api}/users?filter={filter_text}",
        "memberOfGroups": f"{at}/memberOfGroups",
        "roleAssignments": f"{at}/roleAssignments",
    }
    population = item.document.get("population")
    if population:
        links["population"] = f"{call.api}/populations/{population['id']}"
    return _entity(call, at, item, links)


def device(call: Call, item: Device) -> Document:
    """Show a second factor of a user."""
    of = f"{call.api}/users/{item.user_id}"
    more = {"user": {"id": item.user_id}, "type": item.type, "status": item.status}
    return _entity(call, f"{of}/devices/{item.id}", item, {"user": of}, **more)


def activity(call: Call, item: AuditEvent) -> Document:
    """Show something that happened."""
    return {
        "_links": {"self": {"href": f"{call.api}/activities/{item.id}"}},
        "id": item.id,
        "recordedAt": times.write(item.at),
        "action": {"type": item.action},
        "result": {"status": item.result},
        **item.document,
    }


def _entity(
    call: Call,
    at: str,
    item: Entity,
    links: Mapping[str, str] | None = None,
    **more: Any,
) -> Document:
    return {
        **_links(call, at, links or {}),
        "environment": {"id": item.environment_id},
        "id": item.id,
        **item.document,
        **more,
        "createdAt": times.write(item.created_at),
        "updatedAt": times.write(item.updated_at),
    }


def _links(call: Call, at: str, links: Mapping[str, str]) -> Document:
    whole = {"self": at, "environment": call.api, **links}
    return {"_links": {name: {"href": href} for name, href in whole.items()}}


def _owner(call: Call) -> str:
    return "application" if "applicationId" in call.request.parameters else "resource"
