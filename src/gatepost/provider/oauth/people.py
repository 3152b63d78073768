"""The user that a token speaks of: whether there still is one, and what expressions may name of them."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from gatepost.identity import memberships, times, users
from gatepost.identity.applications import Application
from gatepost.identity.refusals import NotFound
from gatepost.identity.users import User
from gatepost.provider.oauth.fulfillment import needs_groups

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration


def signed_on(
    connection: Connection, configuration: "Configuration", application: Application, user_id: str
) -> dict[str, Any] | None:
    """Return the members of a user who may have tokens, as expressions name them, or `None`."""
    try:
        user = users.get(connection, configuration.environment.id, user_id)
    except NotFound:
        return None
    if not user.can_authenticate:
        return None
    if not needs_groups(configuration, application):
        return members(user)
    groups = {
        "memberOfGroupNames": list(memberships.group_names(connection, user_id)),
        "memberOfGroupIDs": list(memberships.group_ids(connection, user_id)),
    }
    return members(user) | groups


def members(user: User) -> dict[str, Any]:
    """Return the members of a user, but for the groups, as expressions name them."""
    return {
        **user.document,
        "id": user.id,
        "environment": {"id": user.environment_id},
        "createdAt": times.write(user.created_at),
        "updatedAt": times.write(user.updated_at),
    }
