"""Password policies: what a password has to be, how long it is good, and what happens to those who guess."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select, update

from gatepost.identity import rows
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.password_policy_shape import SHAPE, STANDARD
from gatepost.identity.refusals import Conflict, InvalidData, Violation
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.tables import password_policies as table
from gatepost.identity.store.tables import populations

__all__ = [
    "DAY",
    "SHAPE",
    "STANDARD",
    "History",
    "Lockout",
    "PasswordPolicy",
    "create",
    "create_default",
    "effective",
    "get",
    "listed",
    "patch",
    "remove",
    "replace",
]

DAY = 86_400_000
_EFFECTIVE = (
    select(table)
    .where(
        table.c.environment_id == bindparam("environment"),
        (table.c.id == bindparam("own")) | table.c.is_default,
    )
    .order_by(table.c.is_default)
    .limit(1)
)


class Lockout(NamedTuple):
    """When a password is locked.

    Attributes:
        failures: After how many wrong ones in turn.
        duration: For how long, in milliseconds.
    """

    failures: int
    duration: int


@dataclass(frozen=True, slots=True)
class History:
    """Which passwords of the past cannot come back.

    Attributes:
        count: How many, the latest first.
        retention: For how long after they were given up, in milliseconds.
    """

    count: int
    retention: int


@dataclass(frozen=True, slots=True)
class PasswordPolicy(Entity):
    """A password policy."""

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.document["name"])

    @property
    def default(self) -> bool:
        """Whether it holds where a population has none of its own."""
        return bool(self.document.get("default"))

    @property
    def lockout(self) -> Lockout | None:
        """When a password is locked, or `None` for never."""
        found = self.document.get("lockout")
        return Lockout(found["failureCount"], found["durationSeconds"] * 1000) if found else None

    @property
    def history(self) -> History | None:
        """Which passwords of the past cannot come back, or `None` when they may."""
        found = self.document.get("history")
        return History(found["count"], found["retentionDays"] * DAY) if found else None

    @property
    def max_age(self) -> int | None:
        """How long a password is good, in milliseconds, or `None` for ever."""
        days = self.document.get("maxAgeDays")
        return days * DAY if days else None

    @property
    def min_age(self) -> int:
        """How long its owner has to keep a password, in milliseconds."""
        return int(self.document.get("minAgeDays", 0)) * DAY


def create_default(connection: Connection, environment_id: str, now: int) -> PasswordPolicy:
    """Return the environment's policy "Standard", which is made when it is not there."""
    row = _row(new_id(), environment_id, STANDARD, now)
    if insert_if_absent(connection, table, row):
        changed(connection)
        return _policy(row)
    found = select(table).where(table.c.environment_id == environment_id, table.c.name == STANDARD["name"])
    return _of_row(connection.execute(found).one())


def create(connection: Connection, environment_id: str, sent: object, now: int) -> PasswordPolicy:
    """Return a new policy.

    Raises:
        InvalidData: With everything that is wrong with it.
        Conflict: When its name is taken.
    """
    row = _row(new_id(), environment_id, SHAPE.created(sent), now)
    rows.insert_unique(connection, table, row, "name")
    if row["is_default"]:
        _only_default(connection, environment_id, row["id"])
    changed(connection)
    return _policy(row)


def get(connection: Connection, environment_id: str, policy_id: str) -> PasswordPolicy:
    """Return a policy.

    Raises:
        NotFound: When there is none.
    """
    return _of_row(rows.of_id(connection, table, environment_id, policy_id))


def listed(connection: Connection, environment_id: str, page: Page | None = None) -> Listing[PasswordPolicy]:
    """Return the environment's policies."""
    return rows.listed(connection, table, page or Page(), _of_row, table.c.environment_id == environment_id)


def replace(connection: Connection, environment_id: str, policy_id: str, sent: object, now: int) -> PasswordPolicy:
    """Return the policy that takes the place of one; what is left out is cleared.

    Raises:
        NotFound: When there is none.
        InvalidData: With everything that is wrong with it.
        Conflict: When its name is taken.
    """
    policy = get(connection, environment_id, policy_id)
    return _kept(connection, policy, SHAPE.replaced(policy.document, sent), now)


def patch(connection: Connection, environment_id: str, policy_id: str, sent: object, now: int) -> PasswordPolicy:
    """Return a policy with some members changed; see `replace`."""
    policy = get(connection, environment_id, policy_id)
    return _kept(connection, policy, SHAPE.patched(policy.document, sent), now)


def remove(connection: Connection, environment_id: str, policy_id: str) -> None:
    """Remove a policy.

    Raises:
        NotFound: When there is none.
        Conflict: When it is the default, or a population's.
    """
    if get(connection, environment_id, policy_id).default:
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "default", "The default password policy cannot be deleted."))
    using = populations.c.document[("passwordPolicy", "id")].as_string() == policy_id
    if connection.execute(select(populations.c.id).where(_in(environment_id), using).limit(1)).first() is not None:
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "", "A population uses the password policy."))
    rows.remove(connection, table, policy_id)
    changed(connection)


def effective(connection: Connection, environment_id: str, policy_id: str | None) -> PasswordPolicy:
    """Return a policy by its identifier, or else the environment's default, or else "Standard" as it comes."""
    row = connection.execute(_EFFECTIVE, {"environment": environment_id, "own": policy_id or ""}).first()
    return _of_row(row) if row is not None else PasswordPolicy("", environment_id, STANDARD, 0, 0)


def _kept(connection: Connection, policy: PasswordPolicy, document: dict[str, Any], now: int) -> PasswordPolicy:
    if policy.default and not document["default"]:
        raise InvalidData(Violation("INVALID_VALUE", "default", "Make another policy the default instead."))
    row = _row(policy.id, policy.environment_id, document, now)
    row["created_at"] = policy.created_at
    rows.update_unique(connection, table, policy.id, row, "name")
    if document["default"] and not policy.default:
        _only_default(connection, policy.environment_id, policy.id)
    changed(connection)
    return _policy(row)


def _only_default(connection: Connection, environment_id: str, policy_id: str) -> None:
    """Take the default from every other policy."""
    others = table.c.environment_id == environment_id, table.c.id != policy_id, table.c.is_default
    for row in connection.execute(select(table).where(*others)).all():
        values = {"is_default": False, "document": {**row.document, "default": False}}
        connection.execute(update(table).where(table.c.id == row.id).values(values))


def _in(environment_id: str) -> ColumnElement[bool]:
    return populations.c.environment_id == environment_id


def _row(policy_id: str, environment_id: str, document: Mapping[str, Any], now: int) -> dict[str, Any]:
    return {
        "id": policy_id,
        "environment_id": environment_id,
        "name": document["name"],
        "is_default": document["default"],
        "document": dict(document),
        "created_at": now,
        "updated_at": now,
    }


def _policy(row: Mapping[Any, Any]) -> PasswordPolicy:
    return PasswordPolicy(row["id"], row["environment_id"], row["document"], row["created_at"], row["updated_at"])


def _of_row(row: Row[Any]) -> PasswordPolicy:
    return _policy(row._mapping)
