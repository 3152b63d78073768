"""What a SCIM filter asks of the database: a condition in which every value is bound, never written into SQL.

Texts are compared without regard to capitals: usernames, addresses and names as they are folded, everything else in
ASCII letters alone. An attribute without a value is not equal to anything, and `not` of that holds.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, false, func, not_, or_, select

from gatepost.identity.folding import fold
from gatepost.identity.scim_attributes import AsciiLower, Attribute, Condition, Flags, Texts, Times
from gatepost.identity.scim_filter import Comparison, Every, Filter, Negation, Presence, Some, Within, parse, refused
from gatepost.identity.store.tables import group_parents, groups, memberships, populations, users

_MOST_GROUPS = 10_000


class Groups:
    """The groups that a user is a member of, directly or through groups within groups."""

    def __init__(self, connection: Connection, environment_id: str) -> None:
        self._connection = connection
        self._environment_id = environment_id

    def present(self) -> Condition:
        """Return what holds when there is one."""
        return users.c.id.in_(select(memberships.c.user_id))

    def compared(self, comparison: Comparison) -> Condition:
        """Refuse to compare a list with a value."""
        raise refused(comparison.column, f'write {comparison.path}[id eq "…"].')

    def within(self, within: Within) -> Condition:
        """Return what holds for the members of the groups for which a filter holds."""
        wanted = and_(groups.c.environment_id == self._environment_id, compiled(within.inner, GROUPS))
        found = select(groups.c.id).where(wanted).cte("found", recursive=True)
        members = select(group_parents.c.group_id).join(found, group_parents.c.parent_id == found.c.id)
        everything = found.union(members)
        ids = list(self._connection.execute(select(everything.c.id).limit(_MOST_GROUPS + 1)).scalars())
        if len(ids) > _MOST_GROUPS:
            raise refused(within.column, f"more than {_MOST_GROUPS} groups are so; ask for fewer.")
        return users.c.id.in_(select(memberships.c.user_id).where(memberships.c.group_id.in_(ids)))


def condition(text: str, attributes: Mapping[str, Attribute]) -> Condition:
    """Return the condition that a filter is, for the attributes by their names in lower case.

    Raises:
        InvalidData: When it cannot be read, or names an attribute or a comparison that there is not; with the column.
    """
    return compiled(parse(text), attributes)


def compiled(tree: Filter, attributes: Mapping[str, Attribute], *, holds: bool = True) -> Condition:
    """Return the condition that a filter holds, or that it does not."""
    match tree:
        case Every(filters) | Some(filters):
            parts = [compiled(each, attributes, holds=holds) for each in filters]
            return and_(*parts) if isinstance(tree, Every) is holds else or_(*parts)
        case Negation(inner):
            return compiled(inner, attributes, holds=not holds)
        case Comparison(operator="ne"):
            return compiled(tree._replace(operator="eq"), attributes, holds=not holds)
    found = _leaf(tree, _named(tree, attributes))
    # What has no value is neither so nor not so in SQL; in a filter it is not so.
    return found if holds else not_(func.coalesce(found, false()))


def user_attributes(connection: Connection, environment_id: str) -> Mapping[str, Attribute]:
    """Return the attributes of users."""
    return {**_USERS, "memberofgroups": Groups(connection, environment_id)}


def _leaf(tree: Comparison | Presence | Within, attribute: Attribute) -> Condition:
    if isinstance(tree, Within):
        if not isinstance(attribute, Groups):
            raise refused(tree.column, f"{tree.path} has no parts.")
        return attribute.within(tree)
    if isinstance(tree, Presence):
        return attribute.present()
    if tree.value is None:
        if tree.operator != "eq":
            raise refused(tree.column, "null is compared with eq or ne.")
        return not_(attribute.present())
    return attribute.compared(tree)


def _named(tree: Comparison | Presence | Within, attributes: Mapping[str, Attribute]) -> Attribute:
    found = attributes.get(tree.path)
    if found is None:
        raise refused(tree.column, f"there is no attribute {tree.path} to filter by.")
    return found


def _ascii_lower(text: str) -> str:
    return text.encode().lower().decode()


def _same(text: str) -> str:
    return text


def _folded(column: ColumnElement[Any]) -> Texts:
    return Texts(column, fold, ordered=True)


def _plain(column: ColumnElement[Any]) -> Texts:
    return Texts(AsciiLower(column), _ascii_lower)


def _member(table: Table, *path: str) -> Texts:
    return _plain(table.c.document[path].as_string())


def _dated(table: Table) -> dict[str, Attribute]:
    return {
        "id": Texts(table.c.id, _ascii_lower),
        "createdat": Times(table.c.created_at),
        "updatedat": Times(table.c.updated_at),
    }


POPULATIONS: Mapping[str, Attribute] = {
    **_dated(populations),
    "name": _plain(populations.c.name),
    "description": _member(populations, "description"),
    "default": Flags(populations.c.is_default),
    "passwordpolicy.id": _member(populations, "passwordPolicy", "id"),
}

GROUPS: Mapping[str, Attribute] = {
    **_dated(groups),
    "name": _plain(groups.c.name),
    "description": _member(groups, "description"),
    "externalid": _member(groups, "externalId"),
    "population.id": Texts(groups.c.population_id, _ascii_lower),
}

_MEMBERS = (
    "nickname",
    "title",
    "locale",
    "timezone",
    "preferredLanguage",
    "primaryPhone",
    "mobilePhone",
    "type",
    "accountId",
    "verifyStatus",
    "name.formatted",
    "name.middle",
    "name.honorificPrefix",
    "name.honorificSuffix",
    "photo.href",
    "lifecycle.status",
    "address.streetAddress",
    "address.locality",
    "address.region",
    "address.postalCode",
    "address.countryCode",
    "account.status",
    "identityProvider.type",
)

_USERS: Mapping[str, Attribute] = {
    **_dated(users),
    "username": _folded(users.c.username_folded),
    "email": _folded(users.c.email_folded),
    "name.given": _folded(users.c.given_name_folded),
    "name.family": _folded(users.c.family_name_folded),
    "externalid": Texts(users.c.external_id, _same),
    "population.id": Texts(users.c.population_id, _ascii_lower),
    "enabled": Flags(users.c.enabled),
    "emailverified": Flags(users.c.email_verified),
    "mfaenabled": Flags(users.c.mfa_enabled),
    "account.canauthenticate": Flags(users.c.document[("account", "canAuthenticate")].as_boolean()),
    "lastsignon.at": Times(users.c.last_sign_on_at),
    "lastsignon.remoteip": _plain(users.c.last_sign_on_ip),
    **{path.lower(): _member(users, *path.split(".")) for path in _MEMBERS},
}
