"""Sign-on policies: which actions somebody goes through to sign on, and which application asks for which policy."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from gatepost.identity import rows
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, Violation
from gatepost.identity.shapes.kinds import Flag, Text
from gatepost.identity.shapes.shape import Document, Member, Shape
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.tables import sign_on_policies, sign_on_policy_assignments

SHAPE = Shape(
    # a name is an `acr` value, of which several may stand in one text
    Member("name", Text(most=256, pattern=r"[A-Za-z0-9._~+/=:-]+"), required=True),
    Member("description", Text(most=1024)),
    Member("default", Flag(), default=False),
)
SINGLE_FACTOR, MULTI_FACTOR = "Single_Factor", "Multi_Factor"


@dataclass(frozen=True, slots=True)
class SignOnPolicy(Entity):
    """A sign-on policy.

    Attributes:
        name: Its name, `acr` in tokens.
        is_default: Whether applications without a policy of their own have it.
    """

    name: str
    is_default: bool


def create(connection: Connection, environment_id: str, sent: object, now: int) -> SignOnPolicy:
    """Make a sign-on policy without actions.

    Raises:
        InvalidData: When what was sent does not fit.
        Conflict: When the name is taken.
    """
    changed(connection)
    document = SHAPE.created(sent)
    row = {
        "id": new_id(),
        "environment_id": environment_id,
        "name": document["name"],
        "is_default": document["default"],
        "document": _kept(document),
        "created_at": now,
        "updated_at": now,
    }
    rows.insert_unique(connection, sign_on_policies, row, "name")
    policy_id = str(row["id"])
    if document["default"]:
        _only_default(connection, environment_id, policy_id)
    return get(connection, environment_id, policy_id)


def get(connection: Connection, environment_id: str, policy_id: str) -> SignOnPolicy:
    """Return a sign-on policy.

    Raises:
        NotFound: When there is none such in the environment.
    """
    return of_row(rows.of_id(connection, sign_on_policies, environment_id, policy_id))


def listed(connection: Connection, environment_id: str, page: Page) -> Listing[SignOnPolicy]:
    """Return a part of the environment's sign-on policies."""
    return rows.listed(connection, sign_on_policies, page, of_row, sign_on_policies.c.environment_id == environment_id)


def replace(connection: Connection, environment_id: str, policy_id: str, sent: object, now: int) -> SignOnPolicy:
    """Put what was sent in the place of a sign-on policy's members.

    Raises:
        NotFound: When there is none such in the environment.
        InvalidData: When what was sent does not fit.
        Conflict: When the name is taken, or no policy would be the default one.
    """
    changed(connection)
    before = get(connection, environment_id, policy_id)
    return _changed(connection, before, SHAPE.replaced(before.document, sent), now)


def patch(connection: Connection, environment_id: str, policy_id: str, sent: object, now: int) -> SignOnPolicy:
    """Change those members of a sign-on policy that were sent; errors as for `replace`."""
    changed(connection)
    before = get(connection, environment_id, policy_id)
    return _changed(connection, before, SHAPE.patched(before.document, sent), now)


def remove(connection: Connection, environment_id: str, policy_id: str) -> None:
    """Remove a sign-on policy with its actions.

    Raises:
        NotFound: When there is none such in the environment.
        Conflict: When it is the default one, or an application asks for it.
    """
    changed(connection)
    policy = get(connection, environment_id, policy_id)
    if policy.is_default:
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "default", "The default policy cannot be removed."))
    table = sign_on_policy_assignments
    users_of_it = list(
        connection.execute(select(table.c.application_id).where(table.c.policy_id == policy_id)).scalars()
    )
    if users_of_it:
        inner = {"referencedValues": users_of_it}
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "", "An application asks for this policy.", inner))
    rows.remove(connection, sign_on_policies, policy_id)


def of_row(row: Row[Any]) -> SignOnPolicy:
    """Return the sign-on policy that a row holds."""
    document = {**row.document, "default": row.is_default}
    return SignOnPolicy(row.id, row.environment_id, document, row.created_at, row.updated_at, row.name, row.is_default)


def _kept(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "default"}


def _changed(connection: Connection, before: SignOnPolicy, document: Document, now: int) -> SignOnPolicy:
    if before.is_default and not document["default"]:
        message = "One policy is the default; make another one the default instead."
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "default", message))
    values = {
        "name": document["name"],
        "is_default": document["default"],
        "document": _kept(document),
        "updated_at": now,
    }
    rows.update_unique(connection, sign_on_policies, before.id, values, "name")
    if document["default"]:
        _only_default(connection, before.environment_id, before.id)
    return get(connection, before.environment_id, before.id)


def _only_default(connection: Connection, environment_id: str, policy_id: str) -> None:
    table = sign_on_policies
    others = update(table).where(table.c.environment_id == environment_id, table.c.id != policy_id)
    connection.execute(others.values(is_default=False))
