"""Actions of sign-on policies: the steps of signing on, in the order of their priorities."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from sqlalchemy import Connection, Row, func, insert, select, update

from gatepost.identity import rows, sign_on_policies
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, Violation
from gatepost.identity.shapes.kinds import AnyJson, Choice, Flag, ListOf, Text, Whole
from gatepost.identity.shapes.shape import Document, Member, Shape, reference
from gatepost.identity.sign_on_conditions import faults
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.tables import populations, sign_on_actions

ActionType: TypeAlias = Literal["LOGIN", "MULTI_FACTOR_AUTHENTICATION", "IDENTIFIER_FIRST", "AGREEMENT"]

MOST_PER_POLICY = 20
TYPES = ("LOGIN", "MULTI_FACTOR_AUTHENTICATION", "IDENTIFIER_FIRST", "AGREEMENT")
METHODS = ("totp", "security_key", "platform", "email", "recovery_code")


def _condition_faults(document: Mapping[str, Any]) -> Iterator[Violation]:
    if "condition" in document:
        yield from faults(document["condition"], "condition")


def _registration_faults(document: Mapping[str, Any]) -> Iterator[Violation]:
    if document["enabled"] and "population" not in document:
        yield Violation("REQUIRED_VALUE", "population", "Registration needs the population of new users.")


_COMMON = (
    Member("type", Choice(*TYPES), required=True, fixed=True),
    Member("priority", Whole(1), required=True),
    Member("condition", AnyJson(most=8192)),
)
_SIGN_ON = (
    Member("recovery", Shape(Member("enabled", Flag(), required=True)), default={"enabled": True}),
    Member(
        "registration",
        Shape(
            Member("enabled", Flag(), required=True),
            Member("population", reference()),
            Member("confirmIdentityProviderAttributes", Flag()),
            rules=(_registration_faults,),
        ),
        default={"enabled": False},
    ),
    Member("enforceLockoutForIdentityProviders", Flag()),
)
_METHOD = Shape(Member("enabled", Flag(), required=True))
SHAPES: Mapping[str, Shape] = {
    "LOGIN": Shape(*_COMMON, *_SIGN_ON, rules=(_condition_faults,)),
    "IDENTIFIER_FIRST": Shape(*_COMMON, *_SIGN_ON, rules=(_condition_faults,)),
    "MULTI_FACTOR_AUTHENTICATION": Shape(
        *_COMMON,
        Member("noDevicesMode", Choice("BLOCK", "BYPASS", "ENROLL"), default="ENROLL"),
        Member("deviceAuthenticationPolicy", reference()),
        *(
            Member(name, _METHOD)
            for name in ("authenticator", "securityKey", "boundBiometrics", "email", "sms", "voice")
        ),
        rules=(_condition_faults,),
    ),
    "AGREEMENT": Shape(
        *_COMMON,
        Member("agreement", Shape(Member("id", Text(most=256), required=True), Member("text", Text(most=16_384)))),
        Member("disableDeclineOption", Flag(), default=False),
        Member("prompts", ListOf(Text(most=256))),
        rules=(_condition_faults,),
    ),
}


@dataclass(frozen=True, slots=True)
class SignOnAction(Entity):
    """A step of signing on.

    Attributes:
        policy_id: Its policy.
        type: What it is.
        priority: Its place: the least is first.
        condition: When it is gone through, as JSON; see `sign_on_conditions`; `None` for always.
        recovery: Whether somebody may recover a password that they forgot.
        registration_population: The population of users that register themselves, or `None` when they may not.
        no_devices_mode: What becomes of who has no second factor: `ENROLL`, `BLOCK` or `BYPASS`.
    """

    policy_id: str
    type: ActionType
    priority: int
    condition: Mapping[str, Any] | None
    recovery: bool
    registration_population: str | None
    no_devices_mode: str


def create(connection: Connection, environment_id: str, policy_id: str, sent: object, now: int) -> SignOnAction:
    """Add an action to a policy.

    Raises:
        NotFound: When there is no such policy in the environment.
        InvalidData: When what was sent does not fit.
        Conflict: When the policy has 20 actions.
    """
    changed(connection)
    sign_on_policies.get(connection, environment_id, policy_id)
    document = _shape(sent.get("type") if isinstance(sent, dict) else None).created(sent)
    _check(connection, environment_id, document)
    counted = select(func.count()).select_from(sign_on_actions).where(sign_on_actions.c.policy_id == policy_id)
    if connection.execute(counted).scalar_one() >= MOST_PER_POLICY:
        message = f"A policy has at most {MOST_PER_POLICY} actions."
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "", message, {"maximumValue": MOST_PER_POLICY}))
    action_id = new_id()
    row = {
        "id": action_id,
        "environment_id": environment_id,
        "policy_id": policy_id,
        "priority": document["priority"],
        "type": document["type"],
        "document": document,
        "created_at": now,
        "updated_at": now,
    }
    connection.execute(insert(sign_on_actions).values(**row))
    return get(connection, environment_id, policy_id, action_id)


def get(connection: Connection, environment_id: str, policy_id: str, action_id: str) -> SignOnAction:
    """Return an action.

    Raises:
        NotFound: When the policy has none such.
    """
    mine = sign_on_actions.c.policy_id == policy_id
    return of_row(rows.of_id(connection, sign_on_actions, environment_id, action_id, mine))


def listed(connection: Connection, environment_id: str, policy_id: str, page: Page) -> Listing[SignOnAction]:
    """Return a part of a policy's actions, in the order of their identifiers.

    Raises:
        NotFound: When there is no such policy in the environment.
    """
    sign_on_policies.get(connection, environment_id, policy_id)
    return rows.listed(connection, sign_on_actions, page, of_row, sign_on_actions.c.policy_id == policy_id)


def replace(
    connection: Connection, environment_id: str, policy_id: str, action_id: str, sent: object, now: int
) -> SignOnAction:
    """Put what was sent in the place of an action's members; its type stays.

    Raises:
        NotFound: When the policy has none such.
        InvalidData: When what was sent does not fit.
    """
    before = get(connection, environment_id, policy_id, action_id)
    return _changed(connection, before, _shape(before.type).replaced(before.document, sent), now)


def patch(
    connection: Connection, environment_id: str, policy_id: str, action_id: str, sent: object, now: int
) -> SignOnAction:
    """Change those members of an action that were sent; errors as for `replace`."""
    before = get(connection, environment_id, policy_id, action_id)
    return _changed(connection, before, _shape(before.type).patched(before.document, sent), now)


def remove(connection: Connection, environment_id: str, policy_id: str, action_id: str) -> None:
    """Remove an action.

    Raises:
        NotFound: When the policy has none such.
    """
    get(connection, environment_id, policy_id, action_id)
    rows.remove(connection, sign_on_actions, action_id)
    changed(connection)


def of_row(row: Row[Any]) -> SignOnAction:
    """Return the action that a row holds."""
    document: Mapping[str, Any] = row.document
    registration = document.get("registration", {})
    return SignOnAction(
        row.id,
        row.environment_id,
        document,
        row.created_at,
        row.updated_at,
        row.policy_id,
        cast("ActionType", row.type),
        row.priority,
        document.get("condition"),
        document.get("recovery", {}).get("enabled", False),
        registration.get("population", {}).get("id") if registration.get("enabled") else None,
        document.get("noDevicesMode", "ENROLL"),
    )


def _shape(action_type: object) -> Shape:
    return SHAPES.get(str(action_type), SHAPES["LOGIN"])


def _check(connection: Connection, environment_id: str, document: Document) -> None:
    population_id = document.get("registration", {}).get("population", {}).get("id")
    if population_id is None:
        return
    found = select(populations.c.id).where(
        populations.c.id == population_id, populations.c.environment_id == environment_id
    )
    if connection.execute(found).first() is None:
        target = "registration.population.id"
        raise InvalidData(Violation("REFERENCE_NOT_FOUND", target, "There is no such population."))


def _changed(connection: Connection, before: SignOnAction, document: Document, now: int) -> SignOnAction:
    _check(connection, before.environment_id, document)
    values = {"priority": document["priority"], "document": document, "updated_at": now}
    connection.execute(update(sign_on_actions).where(sign_on_actions.c.id == before.id).values(**values))
    changed(connection)
    return get(connection, before.environment_id, before.policy_id, before.id)
