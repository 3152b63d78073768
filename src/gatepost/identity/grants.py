"""Grants: which scopes of which resources an application may ask for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from gatepost.identity import resources, rows
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.resources import Resource
from gatepost.identity.shapes.kinds import ListOf
from gatepost.identity.shapes.shape import Member, Shape, reference
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.tables import applications, grant_scopes, grants, scopes

SHAPE = Shape(
    Member("resource", reference(), required=True, fixed=True),
    Member("scopes", ListOf(reference(), least=1, most=1000), required=True),
)


@dataclass(frozen=True, slots=True)
class Grant(Entity):
    """A grant.

    Attributes:
        application_id: The application.
        resource_id: The resource.
        scope_ids: The scopes, by identifier.
    """

    application_id: str
    resource_id: str
    scope_ids: tuple[str, ...]


def create(connection: Connection, environment_id: str, application_id: str, sent: object, now: int) -> Grant:
    """Grant scopes of a resource to an application.

    Raises:
        NotFound: When there is no such application in the environment.
        InvalidData: When what was sent does not fit: the resource or a scope is not there, another grant has a scope
            of the same name, or an application without users asks for scopes of OpenID Connect.
        Conflict: When the application has a grant of that resource.
    """
    changed(connection)  # nobody else changes what is looked at here
    application = rows.of_id(connection, applications, environment_id, application_id)
    document = SHAPE.created(sent)
    resource = resources.require(connection, environment_id, document["resource"]["id"], "resource.id")
    wanted = _wanted(connection, application, resource, document, None)
    row = {
        "id": new_id(),
        "environment_id": environment_id,
        "application_id": application_id,
        "resource_id": resource.id,
        "created_at": now,
        "updated_at": now,
    }
    rows.insert_unique(connection, grants, row, "resource.id")
    _keep(connection, str(row["id"]), wanted)
    return get(connection, environment_id, application_id, str(row["id"]))


def get(connection: Connection, environment_id: str, application_id: str, grant_id: str) -> Grant:
    """Return a grant.

    Raises:
        NotFound: When the application has none such.
    """
    mine = grants.c.application_id == application_id
    row = rows.of_id(connection, grants, environment_id, grant_id, mine)
    return of_row(row, _scope_ids(connection, [grant_id]).get(grant_id, ()))


def listed(connection: Connection, environment_id: str, application_id: str, page: Page) -> Listing[Grant]:
    """Return a part of an application's grants.

    Raises:
        NotFound: When there is no such application in the environment.
    """
    rows.of_id(connection, applications, environment_id, application_id)
    found = rows.listed(connection, grants, page, lambda row: row, grants.c.application_id == application_id)
    granted = _scope_ids(connection, [row.id for row in found.items])
    items = tuple(of_row(row, granted.get(row.id, ())) for row in found.items)
    return Listing(items, found.after, found.total)


def replace(
    connection: Connection, environment_id: str, application_id: str, grant_id: str, sent: object, now: int
) -> Grant:
    """Grant the scopes that were sent in the place of those before; the resource stays.

    Raises:
        NotFound: When the application has none such.
        InvalidData: As for `create`.
    """
    changed(connection)
    application = rows.of_id(connection, applications, environment_id, application_id)
    before = get(connection, environment_id, application_id, grant_id)
    document = SHAPE.replaced(before.document, sent)
    resource = resources.get(connection, environment_id, before.resource_id)
    wanted = _wanted(connection, application, resource, document, grant_id)
    connection.execute(delete(grant_scopes).where(grant_scopes.c.grant_id == grant_id))
    _keep(connection, grant_id, wanted)
    connection.execute(update(grants).where(grants.c.id == grant_id).values(updated_at=now))
    return get(connection, environment_id, application_id, grant_id)


def patch(
    connection: Connection, environment_id: str, application_id: str, grant_id: str, sent: object, now: int
) -> Grant:
    """Change those members of a grant that were sent; errors as for `replace`."""
    changed(connection)
    before = get(connection, environment_id, application_id, grant_id)
    document = SHAPE.patched(before.document, sent)
    return replace(connection, environment_id, application_id, grant_id, document, now)


def remove(connection: Connection, environment_id: str, application_id: str, grant_id: str) -> None:
    """Remove a grant.

    Raises:
        NotFound: When the application has none such.
    """
    get(connection, environment_id, application_id, grant_id)
    rows.remove(connection, grants, grant_id)
    changed(connection)


def of_row(row: Row[Any], scope_ids: Iterable[str]) -> Grant:
    """Return the grant that a row and the rows of its scopes hold."""
    ids = tuple(scope_ids)
    document = {"resource": {"id": row.resource_id}, "scopes": [{"id": each} for each in ids]}
    return Grant(
        row.id,
        row.environment_id,
        document,
        row.created_at,
        row.updated_at,
        row.application_id,
        row.resource_id,
        ids,
    )


def _scope_ids(connection: Connection, grant_ids: list[str]) -> dict[str, tuple[str, ...]]:
    wanted = (
        select(grant_scopes.c.grant_id, grant_scopes.c.scope_id)
        .where(grant_scopes.c.grant_id.in_(grant_ids))
        .order_by(grant_scopes.c.scope_id)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(wanted):
        found[row.grant_id] = (*found.get(row.grant_id, ()), row.scope_id)
    return found


def _keep(connection: Connection, grant_id: str, scope_ids: list[str]) -> None:
    connection.execute(insert(grant_scopes), [{"grant_id": grant_id, "scope_id": each} for each in scope_ids])


def _wanted(
    connection: Connection, application: Row[Any], resource: Resource, document: dict[str, Any], grant_id: str | None
) -> list[str]:
    """Return the identifiers of the scopes that are granted.

    Raises:
        InvalidData: When they cannot be.
    """
    ids = [each["id"] for each in document["scopes"]]
    mine = select(scopes.c.id, scopes.c.name).where(scopes.c.resource_id == resource.id, scopes.c.id.in_(ids))
    names = {row.id: row.name for row in connection.execute(mine)}
    elsewhere = (
        select(scopes.c.name)
        .join(grant_scopes, grant_scopes.c.scope_id == scopes.c.id)
        .join(grants, grants.c.id == grant_scopes.c.grant_id)
        .where(grants.c.application_id == application.id, grants.c.id != (grant_id or ""))
    )
    told = [
        Violation("REFERENCE_NOT_FOUND", f"scopes[{at}].id", "The resource has no such scope.")
        for at, each in enumerate(ids)
        if each not in names
    ]
    taken = set(connection.execute(elsewhere).scalars())
    told.extend(
        Violation("INVALID_VALUE", f"scopes[{at}].id", "Another grant of the application has a scope of this name.")
        for at, each in enumerate(ids)
        if names.get(each) in taken
    )
    if resource.type == "OPENID_CONNECT" and _without_users(application):
        message = "An application with the grant type CLIENT_CREDENTIALS alone takes no scopes of OpenID Connect."
        told.append(Violation("INVALID_VALUE", "resource.id", message))
    if told:
        raise InvalidData(*told)
    return ids


def _without_users(application: Row[Any]) -> bool:
    return set(application.document.get("grantTypes", ())) == {"CLIENT_CREDENTIALS"}
