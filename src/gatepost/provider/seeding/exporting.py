"""Writing an environment out, in the form that is read in: by names, without secrets unless they are asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from gatepost.identity import (
    applications,
    attributes,
    client_secrets,
    environments,
    grants,
    groups,
    populations,
    resources,
    roles,
    scopes,
    sign_on_actions,
    sign_on_policies,
    sign_on_policy_assignments,
    users,
)
from gatepost.identity.entity import MOST_PER_PAGE, Entity, Listing, Page
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.tables import memberships as membership_rows
from gatepost.identity.store.tables import role_assignments

Item = TypeVar("Item")
# What is for the server to say, and not for a file.
_OF_USERS = frozenset({"account", "identityProvider", "verifyStatus", "lastSignOn", "memberOfGroupIDs"})
_OF_RESOURCES = frozenset({"type"})


class Exporting:
    """Writes an environment out, in one transaction that reads."""

    def __init__(self, connection: Connection, environment_id: str, sealing: SealingKey | None) -> None:
        """Take the transaction, the environment, and what opens secrets when these are wanted."""
        self._connection = connection
        self._environment_id = environment_id
        self._sealing = sealing
        self._names: dict[str, str] = {}

    def document(self) -> dict[str, Any]:
        """Return the whole environment, without what every new one has."""
        connection, environment_id = self._connection, self._environment_id
        environment = environments.get(connection, environment_id).document
        found = {
            "environment": {
                name: environment[name]
                for name in ("name", "description", "type", "accessTokenType")
                if environment.get(name) is not None
            },
            "populations": [*self._each(populations.listed, self._population)],
            "groups": [*self._each(groups.listed, self._group)],
            "resources": [*self._each(resources.listed, self._resource)],
            "signOnPolicies": [*self._each(sign_on_policies.listed, self._policy)],
            "applications": [*self._each(applications.listed, self._application)],
            "users": [*self._each(users.listed, self._user)],
        }
        return {name: value for name, value in found.items() if value}

    def _each(
        self, listed: Callable[[Connection, str, Page], Listing[Item]], written: Callable[[Item], dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        for each in _all(lambda page: listed(self._connection, self._environment_id, page)):
            if isinstance(each, Entity):
                self._names[each.id] = str(each.document.get("name", ""))
            said = written(each)
            if said:
                yield said

    def _population(self, population: populations.Population) -> dict[str, Any]:
        return _plain(population, without={"passwordPolicy", "theme"})

    def _group(self, group: groups.Group) -> dict[str, Any]:
        said = _plain(group)
        said.pop("id")
        return self._named(said, "population")

    def _resource(self, resource: resources.Resource) -> dict[str, Any]:
        within = (self._connection, self._environment_id, resource.id)
        custom = resource.type == "CUSTOM"
        said = _plain(resource, without=_OF_RESOURCES) if custom else {"name": resource.name}
        below = [*_all(lambda page: scopes.listed(*within, page))]
        kept = [_plain(each, without={"id"}) for each in below if custom or not scopes.predefined(resource, each.name)]
        said |= {"scopes": kept} if kept else {}
        said |= self._attributes(resource.id)
        said |= self._secret(resource.id) if custom else {}
        return said if len(said) > 1 else {}

    def _policy(self, policy: sign_on_policies.SignOnPolicy) -> dict[str, Any]:
        found = _all(lambda page: sign_on_actions.listed(self._connection, self._environment_id, policy.id, page))
        ordered = sorted(found, key=lambda each: (each.priority, each.id))
        said = _plain(policy)
        said.pop("id")
        return {**said, "actions": [self._action(each) for each in ordered]}

    def _action(self, action: sign_on_actions.SignOnAction) -> dict[str, Any]:
        said = _plain(action)
        said.pop("id")
        if isinstance(said.get("registration"), dict):
            said["registration"] = self._named(dict(said["registration"]), "population")
        return said

    def _application(self, application: applications.Application) -> dict[str, Any]:
        within = (self._connection, self._environment_id, application.id)
        said = _plain(application, without={"accessControl"})
        control = application.document.get("accessControl")
        if control:
            said["accessControl"] = self._with_group_names(control)
        said |= self._attributes(application.id) | self._secret(application.id)
        granted = [self._grant(each) for each in _all(lambda page: grants.listed(*within, page))]
        assigned = sorted(
            _all(lambda page: sign_on_policy_assignments.listed(*within, page)), key=lambda each: each.priority
        )
        said |= {"grants": granted} if granted else {}
        said |= {"signOnPolicies": [self._names[each.policy_id] for each in assigned]} if assigned else {}
        return said | self._roles(application.id)

    def _user(self, user: users.User) -> dict[str, Any]:
        said = self._named(_plain(user, without=_OF_USERS), "population")
        direct = select(membership_rows.c.group_id).where(membership_rows.c.user_id == user.id)
        found = sorted(self._names[each] for each in self._connection.execute(direct).scalars())
        return said | ({"groups": found} if found else {}) | self._roles(user.id)

    def _attributes(self, owner_id: str) -> dict[str, Any]:
        found = _all(lambda page: attributes.listed(self._connection, self._environment_id, owner_id, page))
        said = [_plain(each, without={"type", "mappingType", "id"}) for each in found if each.type == "CUSTOM"]
        return {"attributes": said} if said else {}

    def _grant(self, grant: grants.Grant) -> dict[str, Any]:
        named = [
            scopes.get(self._connection, self._environment_id, grant.resource_id, each).name for each in grant.scope_ids
        ]
        resource = self._names.get(grant.resource_id)
        if resource is None:
            resource = resources.get(self._connection, self._environment_id, grant.resource_id).name
        return {"resource": resource, "scopes": sorted(named)}

    def _secret(self, owner_id: str) -> dict[str, Any]:
        found = None if self._sealing is None else client_secrets.find(self._connection, self._sealing, owner_id)
        return {} if found is None else {"secret": found.value}

    def _roles(self, actor_id: str) -> dict[str, Any]:
        held = select(role_assignments.c.role_id).where(
            role_assignments.c.actor_id == actor_id, role_assignments.c.scope_type.in_(("ENVIRONMENT", "ORGANIZATION"))
        )
        found = sorted({roles.get(each).name for each in self._connection.execute(held).scalars()})
        return {"roles": found} if found else {}

    def _named(self, said: dict[str, Any], member: str) -> dict[str, Any]:
        reference = said.get(member)
        if isinstance(reference, dict) and reference.get("id") in self._names:
            said[member] = self._names[reference["id"]]
        return said

    def _with_group_names(self, control: Mapping[str, Any]) -> dict[str, Any]:
        group = control.get("group")
        if not isinstance(group, Mapping):
            return dict(control)
        named = [self._names.get(each["id"], each) for each in group.get("groups", ())]
        return {**control, "group": {**group, "groups": named}}


def _all(listed: Callable[[Page], Listing[Item]]) -> Iterator[Item]:
    page: Page | None = Page(MOST_PER_PAGE)
    while page is not None:
        found = listed(page)
        yield from found.items
        page = None if found.after is None else Page(MOST_PER_PAGE, found.after)


def _plain(entity: Entity, without: Iterable[str] = ()) -> dict[str, Any]:
    """Return an entity's members that say something, and its identifier."""
    left_out = {*without, "organization", "resource", "application", "environment"}
    said = {name: value for name, value in entity.document.items() if value is not None and name not in left_out}
    return said if "id" in left_out else {"id": entity.id, **said}
