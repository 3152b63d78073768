"""Environments: each has its own users, applications, keys and issuer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from gatepost.identity import (
    organizations,
    password_policies,
    populations,
    predefined,
    role_assignments,
    roles,
    rows,
    signing_keys,
)
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, NotFound, Violation
from gatepost.identity.role_assignments import ActorType
from gatepost.identity.shapes.kinds import Choice, Text
from gatepost.identity.shapes.shape import Document, Member, Shape, reference
from gatepost.identity.signing_keys import NewKey
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.tables import environments, landmarks
from gatepost.identity.store.tables import role_assignments as assignment_rows

SHAPE = Shape(
    Member("name", Text(most=256), required=True),
    Member("description", Text(most=1024)),
    Member("type", Choice("SANDBOX", "PRODUCTION"), default="SANDBOX"),
    Member("region", Choice("NA", "CA", "EU", "AU", "SG", "AP"), default="NA", fixed=True),
    Member("license", reference()),
    # Gatepost's own: whether access tokens say that they are such (RFC 9068 §2.1), as PingOne's do from 2027.
    Member("accessTokenType", Choice("JWT", "AT_JWT"), default="JWT"),
)

# The landmark of the environment that `bootstrap` made.
FIRST = "bootstrap"


@dataclass(frozen=True, slots=True)
class Environment(Entity):
    """An environment; its `environment_id` is its own identifier.

    Attributes:
        name: Its name.
        organization_id: Its organization.
        at_jwt: Whether the header of access tokens has the `typ` `at+jwt` (RFC 9068 §2.1).
    """

    name: str
    organization_id: str
    at_jwt: bool


def create(
    connection: Connection,
    organization_id: str,
    sent: object,
    now: int,
    sealing: SealingKey,
    *,
    keys: Sequence[NewKey],
    actor: tuple[ActorType, str, str] | None = None,
    environment_id: str | None = None,
) -> Environment:
    """Make an environment with everything that it has from the beginning.

    Args:
        connection: A transaction that writes.
        organization_id: Its organization.
        sent: What was sent.
        now: The time, in milliseconds since 1970.
        sealing: What seals its keys.
        keys: Its first keys, made outside of the transaction: the one that signs, and the one that follows it.
        actor: Who makes it, as type, environment and identifier; they administer it then.
        environment_id: The identifier to give, a new one by default.

    Raises:
        NotFound: When there is no such organization.
        InvalidData: When what was sent does not fit.
        Conflict: When the organization has an environment of that name.
    """
    changed(connection)
    organization = organizations.get(connection, organization_id)
    document = SHAPE.created(sent)
    _check_name(connection, organization.id, document, None)
    made = environment_id or new_id()
    row = {
        "id": made,
        "organization_id": organization.id,
        "name": document["name"],
        "document": document,
        "created_at": now,
        "updated_at": now,
    }
    connection.execute(insert(environments).values(**row))
    password_policies.create_default(connection, made, now)
    populations.create_default(connection, made, now)
    predefined.create(connection, made, now)
    for key in keys:
        signing_keys.keep(connection, made, key, now, sealing)
    if actor is not None:
        actor_type, actor_environment, actor_id = actor
        for role in (roles.ENVIRONMENT_ADMIN, roles.IDENTITY_DATA_ADMIN, roles.CLIENT_APPLICATION_DEVELOPER):
            role_assignments.give(connection, actor_environment, actor_type, actor_id, role, "ENVIRONMENT", made, now)
    return get(connection, made)


def get(connection: Connection, environment_id: str) -> Environment:
    """Return an environment.

    Raises:
        NotFound: When there is none such.
    """
    row = connection.execute(select(environments).where(environments.c.id == environment_id)).first()
    if row is None:
        raise NotFound("there is no such environment")
    return of_row(row)


def listed(
    connection: Connection, page: Page, *, organization_id: str | None = None, ids: frozenset[str] | None = None
) -> Listing[Environment]:
    """Return a part of the environments: of one organization, or those named by `ids` alone."""
    where = [] if organization_id is None else [environments.c.organization_id == organization_id]
    if ids is not None:
        where.append(environments.c.id.in_(sorted(ids)))
    return rows.listed(connection, environments, page, of_row, *where)


def replace(connection: Connection, environment_id: str, sent: object, now: int) -> Environment:
    """Put what was sent in the place of an environment's members.

    Raises:
        NotFound: When there is none such.
        InvalidData: When what was sent does not fit.
        Conflict: When the name is taken.
    """
    changed(connection)
    before = get(connection, environment_id)
    return _changed(connection, before, SHAPE.replaced(before.document, sent), now)


def patch(connection: Connection, environment_id: str, sent: object, now: int) -> Environment:
    """Change those members of an environment that were sent; errors as for `replace`."""
    changed(connection)
    before = get(connection, environment_id)
    return _changed(connection, before, SHAPE.patched(before.document, sent), now)


def remove(connection: Connection, environment_id: str) -> None:
    """Remove an environment with everything in it, and the roles that somebody elsewhere has for it.

    Raises:
        NotFound: When there is none such.
        Conflict: When it is the one that was made at the first start.
    """
    changed(connection)
    first = select(landmarks.c.value).where(landmarks.c.name == FIRST)
    if connection.execute(first).scalar() == environment_id:
        message = "The environment of the first start cannot be removed: whoever administers the server is in it."
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "", message))
    of_it = (assignment_rows.c.scope_type == "ENVIRONMENT") & (assignment_rows.c.scope_id == environment_id)
    connection.execute(delete(assignment_rows).where(of_it))
    if connection.execute(delete(environments).where(environments.c.id == environment_id)).rowcount == 0:
        raise NotFound("there is no such environment")


def of_row(row: Row[Any]) -> Environment:
    """Return the environment that a row holds."""
    document = {**row.document, "organization": {"id": row.organization_id}}
    at_jwt = document.get("accessTokenType") == "AT_JWT"
    return Environment(row.id, row.id, document, row.created_at, row.updated_at, row.name, row.organization_id, at_jwt)


def _changed(connection: Connection, before: Environment, document: Document, now: int) -> Environment:
    _check_name(connection, before.organization_id, document, before.id)
    values = {"name": document["name"], "document": document, "updated_at": now}
    connection.execute(update(environments).where(environments.c.id == before.id).values(**values))
    return get(connection, before.id)


def _check_name(connection: Connection, organization_id: str, document: Document, own_id: str | None) -> None:
    """See that no other environment has the name; `changed` came before, so nobody else does this at the same time.

    Raises:
        Conflict: When one has.
    """
    table = environments
    same = select(table.c.id).where(
        table.c.organization_id == organization_id, table.c.name == document["name"], table.c.id != (own_id or "")
    )
    if connection.execute(same).first() is not None:
        raise Conflict(Violation("UNIQUENESS_VIOLATION", "name", "The name is in use already; it must be unique."))
