"""Attributes: which claims tokens carry, of a resource or of an application, and what their values are made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from sqlalchemy import Connection, Row, select

from gatepost.identity import rows
from gatepost.identity.attribute_shape import MOST_OCTETS, Owner, OwnerType, name_faults, shape
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound, Violation
from gatepost.identity.shapes.shape import Document
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.tables import applications, attributes, resources, scopes

AttributeType: TypeAlias = Literal["CORE", "CUSTOM", "PREDEFINED"]
# Looks at a value, such as `${user.email}`; returns what is wrong with it, or `None`.
Check: TypeAlias = Callable[[str], Violation | None]


@dataclass(frozen=True, slots=True)
class Attribute(Entity):
    """An attribute.

    Attributes:
        owner_id: The resource or the application.
        name: The claim.
        type: Whether it was always there (`CORE`, `PREDEFINED`) or was added.
        value: What the claim's value is made of.
        required: Whether a token is not given without a value for it.
        id_token: Whether ID tokens carry it.
        user_info: Whether the user information carries it.
        multi_valued: Whether the claim is a list always.
        oidc_scopes: For an application: the names or identifiers of the scopes that it comes with; empty for any.
    """

    owner_id: str
    name: str
    type: AttributeType
    value: str
    required: bool
    id_token: bool
    user_info: bool
    multi_valued: bool
    oidc_scopes: tuple[str, ...]


def accepts(_: str) -> None:
    """Take any value: for whom does not know the language of expressions."""


def owner(connection: Connection, environment_id: str, owner_id: str) -> Owner:
    """Return the application or the resource with an identifier.

    Raises:
        NotFound: When there is none such in the environment.
    """
    try:
        row = rows.of_id(connection, resources, environment_id, owner_id)
    except NotFound:
        rows.of_id(connection, applications, environment_id, owner_id)
        return Owner(owner_id, environment_id, "APPLICATION")
    return Owner(owner_id, environment_id, "RESOURCE", row.type == "OPENID_CONNECT", row.type == "PINGONE_API")


def create(
    connection: Connection, environment_id: str, owner_id: str, sent: object, now: int, *, check: Check = accepts
) -> Attribute:
    """Make an attribute of a resource or an application.

    Args:
        connection: A transaction that writes.
        environment_id: The environment.
        owner_id: The resource or the application.
        sent: What was sent.
        now: The time, in milliseconds since 1970.
        check: Looks at the value.

    Raises:
        NotFound: When there is no such owner in the environment.
        InvalidData: When what was sent does not fit, the name is reserved, or it is all together too large.
        Conflict: When the owner has an attribute of that name.
    """
    changed(connection)  # nobody else changes what is looked at here
    of = owner(connection, environment_id, owner_id)
    if of.platform:
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "", "This resource takes no attributes."))
    document = shape(of).created(sent)
    _check(connection, of, document, None, check)
    return insert(connection, of, document, "CUSTOM", now)


def create_core(connection: Connection, environment_id: str, owner_id: str, owner_type: OwnerType, now: int) -> None:
    """Make the attribute `sub`, which every application and every custom resource has."""
    of = Owner(owner_id, environment_id, owner_type)
    document: Document = {"name": "sub", "value": "${user.id}"}
    if owner_type == "APPLICATION":
        document |= {"required": True, "idToken": True, "userInfo": True}
    insert(connection, of, document, "CORE", now)


def insert(connection: Connection, of: Owner, document: Document, attribute_type: AttributeType, now: int) -> Attribute:
    """Insert an attribute whose document is whole but for its type.

    Raises:
        Conflict: When the owner has an attribute of that name.
    """
    typed = {**document, "mappingType" if of.type == "APPLICATION" else "type": attribute_type}
    row = {
        "id": new_id(),
        "environment_id": of.environment_id,
        "owner_id": of.id,
        "name": document["name"],
        "type": attribute_type,
        "value": document["value"],
        "document": typed,
        "created_at": now,
        "updated_at": now,
    }
    rows.insert_unique(connection, attributes, row, "name")
    changed(connection)
    return get(connection, of.environment_id, of.id, str(row["id"]))


def get(connection: Connection, environment_id: str, owner_id: str, attribute_id: str) -> Attribute:
    """Return an attribute.

    Raises:
        NotFound: When the owner has none such.
    """
    mine = attributes.c.owner_id == owner_id
    return of_row(rows.of_id(connection, attributes, environment_id, attribute_id, mine))


def listed(connection: Connection, environment_id: str, owner_id: str, page: Page) -> Listing[Attribute]:
    """Return a part of the attributes of a resource or an application.

    Raises:
        NotFound: When there is no such owner in the environment.
    """
    owner(connection, environment_id, owner_id)
    return rows.listed(connection, attributes, page, of_row, attributes.c.owner_id == owner_id)


def replace(
    connection: Connection,
    environment_id: str,
    owner_id: str,
    attribute_id: str,
    sent: object,
    now: int,
    *,
    check: Check = accepts,
) -> Attribute:
    """Put what was sent in the place of an attribute's members; of one that was always there, the name stays.

    Raises:
        NotFound: When the owner has none such.
        InvalidData: When what was sent does not fit.
        Conflict: When the name is taken.
    """
    changed(connection)
    of = owner(connection, environment_id, owner_id)
    before = get(connection, environment_id, owner_id, attribute_id)
    return _changed(connection, of, before, shape(of).replaced(before.document, sent), now, check)


def patch(
    connection: Connection,
    environment_id: str,
    owner_id: str,
    attribute_id: str,
    sent: object,
    now: int,
    *,
    check: Check = accepts,
) -> Attribute:
    """Change those members of an attribute that were sent; errors as for `replace`."""
    changed(connection)
    of = owner(connection, environment_id, owner_id)
    before = get(connection, environment_id, owner_id, attribute_id)
    return _changed(connection, of, before, shape(of).patched(before.document, sent), now, check)


def remove(connection: Connection, environment_id: str, owner_id: str, attribute_id: str) -> None:
    """Remove an attribute.

    Raises:
        NotFound: When the owner has none such.
        Conflict: When it was always there.
    """
    attribute = get(connection, environment_id, owner_id, attribute_id)
    if attribute.type != "CUSTOM":
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "name", "This attribute cannot be removed."))
    rows.remove(connection, attributes, attribute_id)
    changed(connection)


def of_row(row: Row[Any]) -> Attribute:
    """Return the attribute that a row holds."""
    document = row.document
    return Attribute(
        row.id,
        row.environment_id,
        document,
        row.created_at,
        row.updated_at,
        row.owner_id,
        row.name,
        cast("AttributeType", row.type),
        row.value,
        document.get("required", False),
        document.get("idToken", True),
        document.get("userInfo", True),
        document.get("multiValued", False),
        tuple(document.get("oidcScopes", ())),
    )


def _check(connection: Connection, of: Owner, document: Document, before: Attribute | None, check: Check) -> None:
    name, value = document["name"], document["value"]
    told: list[Violation] = []
    if before is None or before.type == "CUSTOM":
        told.extend(name_faults(of, name))
    elif name != before.name:
        told.append(Violation("INVALID_VALUE", "name", "The name of this attribute cannot be changed."))
    wrong = check(value)
    if wrong is not None:
        told.append(wrong._replace(target=wrong.target or "value"))
    sizes = select(attributes.c.id, attributes.c.name, attributes.c.value).where(attributes.c.owner_id == of.id)
    others = sum(
        _octets(row.name, row.value) for row in connection.execute(sizes) if before is None or row.id != before.id
    )
    if others + _octets(name, value) > MOST_OCTETS:
        message = "The attributes are all together larger than 16 KB."
        told.append(Violation("SIZE_LIMIT_EXCEEDED", "value", message, {"maximumValue": MOST_OCTETS}))
    told.extend(_scope_faults(connection, of, document.get("oidcScopes", ())))
    if told:
        raise InvalidData(*told)


def _scope_faults(connection: Connection, of: Owner, wanted: tuple[str, ...] | list[str]) -> Iterator[Violation]:
    if not wanted:
        return
    openid = (
        select(scopes.c.id, scopes.c.name)
        .join(resources, resources.c.id == scopes.c.resource_id)
        .where(scopes.c.environment_id == of.environment_id, resources.c.type == "OPENID_CONNECT")
    )
    known = {each for row in connection.execute(openid) for each in (row.id, row.name)}
    for at, each in enumerate(wanted):
        if each not in known:
            message = "There is no such scope of OpenID Connect in this environment."
            yield Violation("REFERENCE_NOT_FOUND", f"oidcScopes[{at}]", message)


def _octets(name: str, value: str) -> int:
    return len(name.encode()) + len(value.encode())


def _changed(
    connection: Connection, of: Owner, before: Attribute, document: Document, now: int, check: Check
) -> Attribute:
    _check(connection, of, document, before, check)
    if before.name == "sub" and of.type == "APPLICATION":
        document = {**document, "required": True}
    typed = {**document, "mappingType" if of.type == "APPLICATION" else "type": before.type}
    values = {"name": document["name"], "value": document["value"], "document": typed, "updated_at": now}
    rows.update_unique(connection, attributes, before.id, values, "name")
    return get(connection, before.environment_id, before.owner_id, before.id)
