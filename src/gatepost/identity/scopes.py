"""Scopes of resources: what an access token may allow."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from gatepost.identity import resources, rows
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound, Violation
from gatepost.identity.resources import Resource
from gatepost.identity.shapes.kinds import Id, ListOf, Text
from gatepost.identity.shapes.shape import Member, Shape
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.tables import attributes, scopes

# RFC 6749 §3.3: scope-token
_NAME = Text(most=256, pattern=r"[\x21\x23-\x5b\x5d-\x7e]+")

CUSTOM_SHAPE = Shape(Member("name", _NAME, required=True), Member("description", Text(most=1024)))
OPENID_SHAPE = Shape(*CUSTOM_SHAPE.members.values(), Member("mappedClaims", ListOf(Id())))
PLATFORM_SHAPE = Shape(
    *CUSTOM_SHAPE.members.values(), Member("schemaAttributes", ListOf(Text(most=256)), default=["*"])
)

PREDEFINED_OPENID = ("openid", "profile", "email", "address", "phone", "offline_access")
# Of the same form as PingOne's, whose users may make more of them: `p1:read:user:suffix`, `p1:update:user:suffix`.
PREDEFINED_PLATFORM = (
    "p1:create:device",
    "p1:create:pairingKey",
    "p1:delete:device",
    "p1:delete:sessions",
    "p1:delete:userLinkedAccounts",
    "p1:read:device",
    "p1:read:oauthConsent",
    "p1:read:pairingKey",
    "p1:read:sessions",
    "p1:read:user",
    "p1:read:userConsent",
    "p1:read:userLinkedAccounts",
    "p1:read:userPassword",
    "p1:reset:userPassword",
    "p1:update:device",
    "p1:update:oauthConsent",
    "p1:update:user",
    "p1:update:userMfaEnabled",
    "p1:validate:userPassword",
    "p1:verify:user",
)
_PLATFORM_OWN = ("p1:read:user:", "p1:update:user:")


@dataclass(frozen=True, slots=True)
class Scope(Entity):
    """A scope.

    Attributes:
        resource_id: Its resource.
        name: Its name, as clients ask for it.
        mapped_claims: For a scope of the resource `openid`: the attributes, by identifier, that it gives.
    """

    resource_id: str
    name: str
    mapped_claims: tuple[str, ...]


def create(connection: Connection, environment_id: str, resource_id: str, sent: object, now: int) -> Scope:
    """Make a scope of a resource.

    Raises:
        NotFound: When there is no such resource in the environment.
        InvalidData: When what was sent does not fit.
        Conflict: When the resource has a scope of that name.
    """
    resource = resources.get(connection, environment_id, resource_id)
    document = shape(resource).created(sent)
    _check(connection, resource, document)
    return get(connection, environment_id, resource_id, insert(connection, resource, document, now))


def insert(connection: Connection, resource: Resource, document: dict[str, Any], now: int) -> str:
    """Insert a scope whose document is whole, a predefined one too; return its identifier.

    Raises:
        Conflict: When the resource has a scope of that name.
    """
    row = {
        "id": new_id(),
        "environment_id": resource.environment_id,
        "resource_id": resource.id,
        "name": document["name"],
        "document": document,
        "created_at": now,
        "updated_at": now,
    }
    rows.insert_unique(connection, scopes, row, "name")
    changed(connection)
    return str(row["id"])


def get(connection: Connection, environment_id: str, resource_id: str, scope_id: str) -> Scope:
    """Return a scope.

    Raises:
        NotFound: When the resource has none such.
    """
    return of_row(rows.of_id(connection, scopes, environment_id, scope_id, scopes.c.resource_id == resource_id))


def listed(connection: Connection, environment_id: str, resource_id: str, page: Page) -> Listing[Scope]:
    """Return a part of a resource's scopes.

    Raises:
        NotFound: When there is no such resource in the environment.
    """
    resources.get(connection, environment_id, resource_id)
    return rows.listed(connection, scopes, page, of_row, scopes.c.resource_id == resource_id)


def replace(
    connection: Connection, environment_id: str, resource_id: str, scope_id: str, sent: object, now: int
) -> Scope:
    """Put what was sent in the place of a scope's members.

    Raises:
        NotFound: When the resource has none such.
        InvalidData: When what was sent does not fit, or renames a predefined scope.
        Conflict: When the name is taken.
    """
    resource = resources.get(connection, environment_id, resource_id)
    before = get(connection, environment_id, resource_id, scope_id)
    return _changed(connection, resource, before, shape(resource).replaced(before.document, sent), now)


def patch(
    connection: Connection, environment_id: str, resource_id: str, scope_id: str, sent: object, now: int
) -> Scope:
    """Change those members of a scope that were sent; errors as for `replace`."""
    resource = resources.get(connection, environment_id, resource_id)
    before = get(connection, environment_id, resource_id, scope_id)
    return _changed(connection, resource, before, shape(resource).patched(before.document, sent), now)


def remove(connection: Connection, environment_id: str, resource_id: str, scope_id: str) -> None:
    """Remove a scope, from the grants too.

    Raises:
        NotFound: When the resource has none such.
        Conflict: When it is predefined.
    """
    scope = get(connection, environment_id, resource_id, scope_id)
    if predefined(resources.get(connection, environment_id, resource_id), scope.name):
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "name", "A predefined scope cannot be removed."))
    rows.remove(connection, scopes, scope_id)
    changed(connection)


def shape(resource: Resource) -> Shape:
    """Return the shape of a resource's scopes."""
    return {"OPENID_CONNECT": OPENID_SHAPE, "PINGONE_API": PLATFORM_SHAPE}.get(resource.type, CUSTOM_SHAPE)


def predefined(resource: Resource, name: str) -> bool:
    """Tell whether a resource has the scope of that name from the beginning."""
    names = {"OPENID_CONNECT": PREDEFINED_OPENID, "PINGONE_API": PREDEFINED_PLATFORM}.get(resource.type, ())
    return name in names


def of_row(row: Row[Any]) -> Scope:
    """Return the scope that a row holds."""
    mapped = tuple(row.document.get("mappedClaims", ()))
    return Scope(
        row.id, row.environment_id, row.document, row.created_at, row.updated_at, row.resource_id, row.name, mapped
    )


def _check(connection: Connection, resource: Resource, document: dict[str, Any]) -> None:
    name = document["name"]
    told: list[Violation] = []
    if resource.type == "PINGONE_API" and not name.startswith(_PLATFORM_OWN) and not predefined(resource, name):
        message = f"A scope of this resource begins with {' or '.join(_PLATFORM_OWN)}."
        told.append(Violation("INVALID_VALUE", "name", message))
    if resource.type == "CUSTOM" and name == "openid":
        told.append(Violation("INVALID_VALUE", "name", "This name belongs to OpenID Connect."))
    for at, attribute_id in enumerate(document.get("mappedClaims", ())):
        try:
            rows.of_id(
                connection, attributes, resource.environment_id, attribute_id, attributes.c.owner_id == resource.id
            )
        except NotFound:
            message = "The resource has no such attribute."
            told.append(Violation("REFERENCE_NOT_FOUND", f"mappedClaims[{at}]", message))
    if told:
        raise InvalidData(*told)


def _changed(connection: Connection, resource: Resource, before: Scope, document: dict[str, Any], now: int) -> Scope:
    if predefined(resource, before.name) and document["name"] != before.name:
        raise InvalidData(Violation("INVALID_VALUE", "name", "A predefined scope keeps its name."))
    _check(connection, resource, document)
    values = {"name": document["name"], "document": document, "updated_at": now}
    rows.update_unique(connection, scopes, before.id, values, "name")
    changed(connection)
    return get(connection, before.environment_id, before.resource_id, before.id)
