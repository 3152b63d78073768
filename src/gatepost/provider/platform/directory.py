"""Users, groups and populations: those that the actor's roles reach, and what is shown with them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from gatepost.identity import (
    groups,
    memberships,
    password_states,
    passwords,
    populations,
    scim_filter,
    user_shape,
    users,
)
from gatepost.identity.entity import Listing
from gatepost.identity.groups import Group
from gatepost.identity.memberships import Membership
from gatepost.identity.populations import Population
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.users import User
from gatepost.provider.platform import shown
from gatepost.provider.platform.answers import Document, created
from gatepost.provider.platform.call import Call
from gatepost.provider.platform.refusals import forbidden
from gatepost.provider.web.response import Response

# What users may say of themselves, as far as a scope of their token lets them.
_OWN_MEMBERS = frozenset(
    {
        "name",
        "nickname",
        "title",
        "address",
        "primaryPhone",
        "mobilePhone",
        "locale",
        "timezone",
        "preferredLanguage",
        "photo",
        "email",
    }
)


def listed_users(connection: Connection, call: Call) -> Listing[User]:
    """Return a page of the users that the actor may read."""
    text = _reached(call, "population.id")
    return users.listed(connection, call.environment_id, call.page, text)


def listed_groups(connection: Connection, call: Call) -> Listing[Group]:
    """Return a page of the groups that the actor may read."""
    return groups.listed(connection, call.environment_id, call.page, _reached(call, "population.id"))


def listed_populations(connection: Connection, call: Call) -> Listing[Population]:
    """Return a page of the populations that the actor may read."""
    return populations.listed(connection, call.environment_id, call.page, _reached(call, "id"))


def changed_user(connection: Connection, call: Call) -> User:
    """Replace or change a user; users themselves change only what is theirs to say."""
    if call.by_self and not call.permitted.allow("dir:update:user"):
        _check_own(call)
    change = users.patch if call.request.method == "PATCH" else users.replace
    return change(connection, call.environment_id, call.ids[0], call.body, call.now)


async def create_user(call: Call) -> Response:
    """Answer with a new user. Their password, if one was sent, is hashed before the transaction."""
    password = await passwords.for_new_user(call.services.store, call.environment_id, call.body)

    def work(connection: Connection) -> User:
        user = users.create(connection, call.environment_id, call.body, call.now, password=password)
        call.note(user.id)
        return user

    return created(shown.user(call, await call.write(work)))


def of_users(connection: Connection, call: Call, found: Sequence[User]) -> Mapping[str, Document]:
    """Return what is asked for besides users: their groups, their populations, how their passwords stand."""
    included, expanded = call.named("include"), call.named("expand")
    besides: dict[str, Document] = {each.id: {} for each in found}
    for user in found:
        if "memberOfGroupNames" in included:
            besides[user.id]["memberOfGroupNames"] = list(memberships.group_names(connection, user.id))
        if "memberOfGroupIDs" in included:
            besides[user.id]["memberOfGroupIDs"] = list(memberships.group_ids(connection, user.id))
        embedded: Document = {}
        if "population" in expanded:
            embedded["population"] = shown.plain("populations")(
                call, populations.get(connection, call.environment_id, user.population_id)
            )
        if "password" in expanded:
            state = password_states.of_user(connection, call.environment_id, user.id)
            embedded["password"] = {"environment": {"id": call.environment_id}, "status": state.status(call.now)}
        if embedded:
            besides[user.id]["_embedded"] = embedded
    return besides


def of_populations(connection: Connection, _: Call, found: Sequence[Population]) -> Mapping[str, Document]:
    """Return how many users are in each population."""
    counts = populations.user_counts(connection, [each.id for each in found])
    return {each: {"userCount": count} for each, count in counts.items()}


def of_groups(connection: Connection, _: Call, found: Sequence[Group]) -> Mapping[str, Document]:
    """Return how many members each group has."""
    counts = groups.member_counts(connection, [each.id for each in found])
    return {each: {"directMemberCounts": count} for each, count in counts.items()}


def population_of_user(connection: Connection, call: Call) -> Population:
    """Return the population that the user in the path is in."""
    user = users.get(connection, call.environment_id, call.ids[0])
    return populations.get(connection, call.environment_id, user.population_id)


def enabled(call: Call, item: User) -> Document:
    """Show whether a user may sign on at all."""
    return {"_links": {"self": {"href": call.url}}, "enabled": item.enabled}


def mfa_enabled(call: Call, item: User) -> Document:
    """Show whether a user has to use a second factor."""
    return {"_links": {"self": {"href": call.url}}, "mfaEnabled": item.mfa_enabled}


def added_parent(connection: Connection, call: Call) -> Group:
    """Make the group in the path a member of another one."""
    return groups.add_parent(connection, call.environment_id, call.ids[0], call.body)


def membership(call: Call, item: Membership) -> Document:
    """Show a user's membership in a group."""
    of = f"{call.api}/users/{item.user_id}"
    found = _in_group(call, of, item.group, item.type, {"user": {"href": of}})
    return {**found, "user": {"id": item.user_id}}


def parent(call: Call, item: Group) -> Document:
    """Show a group that another one is a member of."""
    of = f"{call.api}/groups/{call.request.parameters['groupId']}"
    return _in_group(call, of, item, "DIRECT", {})


def _in_group(call: Call, of: str, group: Group, kind: str, links: Mapping[str, Any]) -> Document:
    found: Document = {
        "_links": {
            "self": {"href": f"{of}/memberOfGroups/{group.id}"},
            "environment": {"href": call.api},
            "group": {"href": f"{call.api}/groups/{group.id}"},
            **links,
        },
        "environment": {"id": call.environment_id},
        "id": group.id,
        "name": group.name,
        "type": kind,
    }
    if "group" in call.named("expand"):
        found["_embedded"] = {"group": shown.group(call, group)}
    return found


def _check_own(call: Call) -> None:
    body = call.body if isinstance(call.body, dict) else {}
    if call.request.method != "PATCH":
        raise forbidden()
    told = [
        Violation("INSUFFICIENT_PERMISSIONS", name, "Users cannot change this of themselves.")
        for name in body
        if name in user_shape.SHAPE.members and name not in _OWN_MEMBERS
    ]
    if told:
        raise InvalidData(*told)


def _reached(call: Call, path: str) -> str | None:
    """Return the filter that was sent, kept to the populations that the actor's roles reach."""
    text = call.query.get("filter")
    permission = call.endpoint.permission
    reached: Collection[str] | None = None if permission is None else call.permitted.populations(permission)
    if reached is None:
        return text
    if not reached:
        raise forbidden()
    within = " or ".join(f'{path} eq "{each}"' for each in sorted(reached))
    if text is None:
        return within
    # It is a filter by itself: no parenthesis of it closes the one that is put around it here.
    scim_filter.parse(text)
    return f"({text}) and ({within})"
