"""Applications of a file, with what they may ask for."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from gatepost.identity import applications, grants, resources, sign_on_policy_assignments
from gatepost.identity.entity import MOST_PER_PAGE, Page
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.store.tables import scopes
from gatepost.provider.seeding.resources import attributes_of
from gatepost.provider.seeding.role_names import give_roles
from gatepost.provider.seeding.seeding import GROUPS, POLICIES, Seeding, listed, own, secret_of, within

_ALL = Page(MOST_PER_PAGE)
_BEGINNING = {"enabled": True, "protocol": "OPENID_CONNECT"}  # what nobody wants to write into every entry


def application(seeding: Seeding, entry: Mapping[str, Any]) -> None:
    """Make or change an application."""
    connection, environment_id, now = seeding.connection, seeding.environment_id, seeding.now
    sent = _with_groups(seeding, own("applications", entry))
    made = applications.by_name(connection, environment_id, entry["name"])
    if made is None:
        secret = secret_of(entry.get("secret"), seeding.variables)
        made = applications.create(
            connection,
            environment_id,
            {**_BEGINNING, **sent},
            now,
            seeding.sealing,
            application_id=entry.get("id"),
            secret=secret,
        )
        seeding.made += 1
    elif seeding.differs(made.document, sent):
        applications.patch(connection, environment_id, made.id, sent, now)
    seeding.secret(made.id, entry.get("secret"))
    attributes_of(seeding, made.id, entry)
    for at, wanted in enumerate(listed(entry, "grants")):
        with within(f"grants[{at}]"):
            _grant(seeding, made.id, wanted, f"grants[{at}]")
    _policies(seeding, made.id, listed(entry, "signOnPolicies"))
    give_roles(seeding, "APPLICATION", made.id, listed(entry, "roles"))


def _grant(seeding: Seeding, application_id: str, wanted: object, target: str) -> None:
    connection, environment_id, now = seeding.connection, seeding.environment_id, seeding.now
    if not isinstance(wanted, dict) or not isinstance(wanted.get("scopes"), list):
        message = "The value is an object with a resource and the names of its scopes."
        raise InvalidData(Violation("INVALID_VALUE", target, message))
    resource = resources.by_name(connection, environment_id, str(wanted.get("resource")))
    if resource is None:
        message = f"There is no resource {wanted.get('resource')}."
        raise InvalidData(Violation("REFERENCE_NOT_FOUND", f"{target}.resource", message))
    named = connection.execute(select(scopes.c.name, scopes.c.id).where(scopes.c.resource_id == resource.id))
    ids: dict[str, str] = {row.name: row.id for row in named}
    for name in wanted["scopes"]:
        if name not in ids:
            message = f"The resource has no scope {name}."
            raise InvalidData(Violation("REFERENCE_NOT_FOUND", f"{target}.scopes", message))
    scope_ids = [ids[name] for name in wanted["scopes"]]
    sent = {"resource": {"id": resource.id}, "scopes": [{"id": each} for each in scope_ids]}
    held = grants.listed(connection, environment_id, application_id, _ALL).items
    before = next((each for each in held if each.resource_id == resource.id), None)
    if before is None:
        grants.create(connection, environment_id, application_id, sent, now)
        seeding.made += 1
    elif set(before.scope_ids) != set(scope_ids):
        grants.replace(connection, environment_id, application_id, before.id, sent, now)
        seeding.changed += 1


def _policies(seeding: Seeding, application_id: str, names: list[Any]) -> None:
    """Assign sign-on policies, in the order of the file."""
    connection, environment_id = seeding.connection, seeding.environment_id
    held = sign_on_policy_assignments.listed(connection, environment_id, application_id, _ALL).items
    before = {each.policy_id: each for each in held}
    for at, name in enumerate(names):
        policy_id = seeding.id_of(POLICIES, name, f"signOnPolicies[{at}]")
        sent = {"priority": at + 1, "signOnPolicy": {"id": policy_id}}
        there = before.get(policy_id)
        if there is None:
            sign_on_policy_assignments.create(connection, environment_id, application_id, sent, seeding.now)
            seeding.made += 1
        elif there.priority != at + 1:
            sign_on_policy_assignments.replace(connection, environment_id, application_id, there.id, sent, seeding.now)
            seeding.changed += 1


def _with_groups(seeding: Seeding, sent: dict[str, Any]) -> dict[str, Any]:
    """Return an application whose access control names groups, with their identifiers."""
    control = sent.get("accessControl")
    group = control.get("group") if isinstance(control, dict) else None
    if not isinstance(control, dict) or not isinstance(group, dict) or not isinstance(group.get("groups"), list):
        return sent
    target = "accessControl.group.groups"
    ids = [each if isinstance(each, dict) else {"id": seeding.id_of(GROUPS, each, target)} for each in group["groups"]]
    return {**sent, "accessControl": {**control, "group": {**group, "groups": ids}}}
