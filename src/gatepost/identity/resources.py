"""Resources: what access tokens are for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from sqlalchemy import Connection, Row, delete, select

from gatepost.identity import attributes, client_secrets, rows
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, Violation
from gatepost.identity.shapes.kinds import Choice, Flag, Text, Whole
from gatepost.identity.shapes.shape import Member, Shape
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.tables import attributes as attribute_rows
from gatepost.identity.store.tables import resources

ResourceType: TypeAlias = Literal["OPENID_CONNECT", "PINGONE_API", "CUSTOM"]

PLATFORM_AUDIENCE = "https://api.pingone.com"
_RESERVED = ("pingone", "pingidentity")


def _audience_rule(document: Mapping[str, Any]) -> Iterator[Violation]:
    audience = document.get("audience", document["name"])
    if any(word in audience.lower() for word in _RESERVED):
        yield Violation("INVALID_VALUE", "audience", "The audience must not contain pingone or pingidentity.")
    if "#" in audience and ":" in audience:
        yield Violation("INVALID_VALUE", "audience", "The audience must not have a fragment.")


SHAPE = Shape(
    Member("name", Text(most=256), required=True),
    Member("description", Text(most=1024)),
    Member("type", Choice("CUSTOM"), default="CUSTOM"),
    Member("audience", Text(most=2048)),
    Member("accessTokenValiditySeconds", Whole(300, 2_592_000), default=3600),
    Member(
        "introspectEndpointAuthMethod",
        Choice("NONE", "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST"),
        default="CLIENT_SECRET_BASIC",
    ),
    Member("applicationPermissionsSettings", Shape(Member("claimEnabled", Flag(), default=False))),
    rules=(_audience_rule,),
)


@dataclass(frozen=True, slots=True)
class Resource(Entity):
    """A resource.

    Attributes:
        name: Its name.
        type: What it is.
        audience: `aud` of the access tokens for it.
        access_token_validity_seconds: How long those are good.
        introspect_endpoint_auth_method: How it authenticates to ask about a token.
    """

    name: str
    type: ResourceType
    audience: str
    access_token_validity_seconds: int
    introspect_endpoint_auth_method: str


def create(
    connection: Connection,
    environment_id: str,
    sent: object,
    now: int,
    sealing: SealingKey,
    *,
    resource_id: str | None = None,
    secret: str | None = None,
) -> Resource:
    """Make a custom resource, with its secret and its attribute `sub`.

    Args:
        connection: A transaction that writes.
        environment_id: The environment.
        sent: What was sent.
        now: The time, in milliseconds since 1970.
        sealing: What seals secrets.
        resource_id: The identifier to give, a new one by default.
        secret: The secret to give, a new one by default.

    Raises:
        InvalidData: When what was sent does not fit.
        Conflict: When the name is taken.
    """
    document = _complete(SHAPE.created(sent))
    made = insert(connection, environment_id, document, now, resource_id=resource_id)
    client_secrets.create(connection, environment_id, made, now, sealing, value=secret)
    attributes.create_core(connection, environment_id, made, "RESOURCE", now)
    return get(connection, environment_id, made)


def insert(
    connection: Connection,
    environment_id: str,
    document: Mapping[str, Any],
    now: int,
    *,
    resource_id: str | None = None,
) -> str:
    """Insert a resource whose document is whole, a predefined one too; return its identifier.

    Raises:
        Conflict: When the name is taken.
    """
    row = {
        "id": resource_id or new_id(),
        "environment_id": environment_id,
        "name": document["name"],
        "type": document["type"],
        "audience": document["audience"],
        "document": document,
        "created_at": now,
        "updated_at": now,
    }
    rows.insert_unique(connection, resources, row, "name")
    changed(connection)
    return str(row["id"])


def get(connection: Connection, environment_id: str, resource_id: str) -> Resource:
    """Return a resource.

    Raises:
        NotFound: When there is none such in the environment.
    """
    return of_row(rows.of_id(connection, resources, environment_id, resource_id))


def by_name(connection: Connection, environment_id: str, name: str) -> Resource | None:
    """Return the resource of that name, or `None`."""
    found = select(resources).where(resources.c.environment_id == environment_id, resources.c.name == name)
    row = connection.execute(found).first()
    return None if row is None else of_row(row)


def listed(connection: Connection, environment_id: str, page: Page) -> Listing[Resource]:
    """Return a part of the environment's resources."""
    return rows.listed(connection, resources, page, of_row, resources.c.environment_id == environment_id)


def replace(connection: Connection, environment_id: str, resource_id: str, sent: object, now: int) -> Resource:
    """Put what was sent in the place of a custom resource's members.

    Raises:
        NotFound: When there is none such in the environment.
        InvalidData: When what was sent does not fit, or the resource is predefined.
        Conflict: When the name is taken.
    """
    before = _changeable(get(connection, environment_id, resource_id))
    return _changed(connection, before, _complete(SHAPE.replaced(before.document, sent)), now)


def patch(connection: Connection, environment_id: str, resource_id: str, sent: object, now: int) -> Resource:
    """Change those members of a custom resource that were sent; errors as for `replace`."""
    before = _changeable(get(connection, environment_id, resource_id))
    return _changed(connection, before, _complete(SHAPE.patched(before.document, sent)), now)


def remove(connection: Connection, environment_id: str, resource_id: str) -> None:
    """Remove a custom resource with its scopes, attributes, secret and the grants of it.

    Raises:
        NotFound: When there is none such in the environment.
        Conflict: When it is predefined.
    """
    _changeable(get(connection, environment_id, resource_id))
    client_secrets.remove(connection, resource_id)
    connection.execute(delete(attribute_rows).where(attribute_rows.c.owner_id == resource_id))
    rows.remove(connection, resources, resource_id)
    changed(connection)


def of_row(row: Row[Any]) -> Resource:
    """Return the resource that a row holds."""
    document = row.document
    return Resource(
        row.id,
        row.environment_id,
        document,
        row.created_at,
        row.updated_at,
        row.name,
        cast("ResourceType", row.type),
        row.audience,
        document["accessTokenValiditySeconds"],
        document.get("introspectEndpointAuthMethod", "NONE"),
    )


def _changeable(resource: Resource) -> Resource:
    if resource.type != "CUSTOM":
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "type", "A predefined resource cannot be changed or removed."))
    return resource


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "audience": document.get("audience", document["name"])}


def _changed(connection: Connection, before: Resource, document: dict[str, Any], now: int) -> Resource:
    values = {"name": document["name"], "audience": document["audience"], "document": document, "updated_at": now}
    rows.update_unique(connection, resources, before.id, values, "name")
    changed(connection)
    return get(connection, before.environment_id, before.id)


def require(connection: Connection, environment_id: str, resource_id: str, target: str) -> Resource:
    """Return the resource that a member refers to.

    Raises:
        InvalidData: When there is none such in the environment.
    """
    found = select(resources).where(resources.c.id == resource_id, resources.c.environment_id == environment_id)
    row = connection.execute(found).first()
    if row is None:
        raise InvalidData(Violation("REFERENCE_NOT_FOUND", target, "There is no such resource in this environment."))
    return of_row(row)
