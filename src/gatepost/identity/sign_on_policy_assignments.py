"""Which sign-on policies an application asks for, in the order of their priorities."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from gatepost.identity import rows
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.shapes.kinds import Whole
from gatepost.identity.shapes.shape import Document, Member, Shape, reference
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.tables import applications, sign_on_policies, sign_on_policy_assignments

SHAPE = Shape(
    Member("priority", Whole(1), required=True),
    Member("signOnPolicy", reference(), required=True),
)


@dataclass(frozen=True, slots=True)
class SignOnPolicyAssignment(Entity):
    """A sign-on policy of an application.

    Attributes:
        application_id: The application.
        policy_id: The policy.
        priority: Its place: the least is first.
    """

    application_id: str
    policy_id: str
    priority: int


def create(
    connection: Connection, environment_id: str, application_id: str, sent: object, now: int
) -> SignOnPolicyAssignment:
    """Let an application ask for a policy.

    Raises:
        NotFound: When there is no such application in the environment.
        InvalidData: When what was sent does not fit, or there is no such policy.
        Conflict: When the application asks for the policy already.
    """
    rows.of_id(connection, applications, environment_id, application_id)
    document = SHAPE.created(sent)
    _check(connection, environment_id, document)
    row = {
        "id": new_id(),
        "environment_id": environment_id,
        "application_id": application_id,
        "policy_id": document["signOnPolicy"]["id"],
        "priority": document["priority"],
        "created_at": now,
        "updated_at": now,
    }
    rows.insert_unique(connection, sign_on_policy_assignments, row, "signOnPolicy.id")
    changed(connection)
    return get(connection, environment_id, application_id, str(row["id"]))


def get(connection: Connection, environment_id: str, application_id: str, assignment_id: str) -> SignOnPolicyAssignment:
    """Return an assignment.

    Raises:
        NotFound: When the application has none such.
    """
    table = sign_on_policy_assignments
    mine = table.c.application_id == application_id
    return of_row(rows.of_id(connection, table, environment_id, assignment_id, mine))


def listed(
    connection: Connection, environment_id: str, application_id: str, page: Page
) -> Listing[SignOnPolicyAssignment]:
    """Return a part of an application's assignments.

    Raises:
        NotFound: When there is no such application in the environment.
    """
    rows.of_id(connection, applications, environment_id, application_id)
    table = sign_on_policy_assignments
    return rows.listed(connection, table, page, of_row, table.c.application_id == application_id)


def replace(
    connection: Connection, environment_id: str, application_id: str, assignment_id: str, sent: object, now: int
) -> SignOnPolicyAssignment:
    """Put what was sent in the place of an assignment's members.

    Raises:
        NotFound: When the application has none such.
        InvalidData: When what was sent does not fit, or there is no such policy.
        Conflict: When the application asks for the policy already.
    """
    before = get(connection, environment_id, application_id, assignment_id)
    return _changed(connection, before, SHAPE.replaced(before.document, sent), now)


def patch(
    connection: Connection, environment_id: str, application_id: str, assignment_id: str, sent: object, now: int
) -> SignOnPolicyAssignment:
    """Change those members of an assignment that were sent; errors as for `replace`."""
    before = get(connection, environment_id, application_id, assignment_id)
    return _changed(connection, before, SHAPE.patched(before.document, sent), now)


def remove(connection: Connection, environment_id: str, application_id: str, assignment_id: str) -> None:
    """Let an application no longer ask for a policy.

    Raises:
        NotFound: When the application has none such.
    """
    get(connection, environment_id, application_id, assignment_id)
    rows.remove(connection, sign_on_policy_assignments, assignment_id)
    changed(connection)


def of_row(row: Row[Any]) -> SignOnPolicyAssignment:
    """Return the assignment that a row holds."""
    document = {"priority": row.priority, "signOnPolicy": {"id": row.policy_id}}
    return SignOnPolicyAssignment(
        row.id,
        row.environment_id,
        document,
        row.created_at,
        row.updated_at,
        row.application_id,
        row.policy_id,
        row.priority,
    )


def _check(connection: Connection, environment_id: str, document: Document) -> None:
    table, policy_id = sign_on_policies, document["signOnPolicy"]["id"]
    found = select(table.c.id).where(table.c.id == policy_id, table.c.environment_id == environment_id)
    if connection.execute(found).first() is None:
        raise InvalidData(Violation("REFERENCE_NOT_FOUND", "signOnPolicy.id", "There is no such policy."))


def _changed(
    connection: Connection, before: SignOnPolicyAssignment, document: Document, now: int
) -> SignOnPolicyAssignment:
    _check(connection, before.environment_id, document)
    values = {"policy_id": document["signOnPolicy"]["id"], "priority": document["priority"], "updated_at": now}
    rows.update_unique(connection, sign_on_policy_assignments, before.id, values, "signOnPolicy.id")
    changed(connection)
    return get(connection, before.environment_id, before.application_id, before.id)
