"""Populations: every user is in one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from gatepost.identity import rows
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, NotFound, Violation
from gatepost.identity.scim_conditions import POPULATIONS, condition
from gatepost.identity.shapes.kinds import Flag, ListOf, Text
from gatepost.identity.shapes.shape import Member, Shape, reference
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.tables import password_policies, users
from gatepost.identity.store.tables import populations as table

DEFAULT_NAME = "Default"


@dataclass(frozen=True, slots=True)
class Population(Entity):
    """A population."""

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.document["name"])

    @property
    def default(self) -> bool:
        """Whether users are in it who are not said to be in another."""
        return bool(self.document.get("default"))

    @property
    def password_policy_id(self) -> str | None:
        """The identifier of its own password policy, or `None` when the environment's default holds."""
        policy = self.document.get("passwordPolicy")
        return policy["id"] if policy else None


SHAPE = Shape(
    Member("name", Text(most=256), required=True),
    Member("description", Text(most=1024)),
    Member("default", Flag(), default=False),
    Member("preferredLanguage", Text(most=256), default="en"),
    Member("passwordPolicy", reference()),
    Member("theme", reference()),
    Member("alternativeIdentifiers", ListOf(Text(most=256), most=10)),
)


def create_default(connection: Connection, environment_id: str, now: int) -> Population:
    """Return the environment's default population, which is made when there is none."""
    found = default_of(connection, environment_id)
    if found is not None:
        return found
    row = _row(new_id(), environment_id, SHAPE.created({"name": DEFAULT_NAME, "default": True}), now)
    if insert_if_absent(connection, table, row):
        return _population(row)
    made = select(table).where(table.c.environment_id == environment_id, table.c.name == DEFAULT_NAME)
    return _of_row(connection.execute(made).one())


def create(
    connection: Connection, environment_id: str, sent: object, now: int, *, population_id: str | None = None
) -> Population:
    """Return a new population.

    Raises:
        InvalidData: With everything that is wrong with it.
        Conflict: When its name is taken.
    """
    document = SHAPE.created(sent)
    _check_references(connection, environment_id, document)
    row = _row(population_id or new_id(), environment_id, document, now)
    rows.insert_unique(connection, table, row, "name")
    if document["default"]:
        _only_default(connection, environment_id, row["id"])
    return _population(row)


def get(connection: Connection, environment_id: str, population_id: str) -> Population:
    """Return a population.

    Raises:
        NotFound: When there is none.
    """
    return _of_row(rows.of_id(connection, table, environment_id, population_id))


def default_of(connection: Connection, environment_id: str) -> Population | None:
    """Return the environment's default population, or `None` when it has none."""
    found = select(table).where(table.c.environment_id == environment_id, table.c.is_default)
    row = connection.execute(found.limit(1)).first()
    return None if row is None else _of_row(row)


def listed(
    connection: Connection, environment_id: str, page: Page | None = None, filter_text: str | None = None
) -> Listing[Population]:
    """Return a part of the environment's populations.

    Raises:
        InvalidData: When the filter cannot be read.
    """
    where = [table.c.environment_id == environment_id]
    if filter_text is not None:
        where.append(condition(filter_text, POPULATIONS))
    return rows.listed(connection, table, page or Page(), _of_row, *where)


def replace(connection: Connection, environment_id: str, population_id: str, sent: object, now: int) -> Population:
    """Return the population that takes the place of one; what is left out is cleared.

    Raises:
        NotFound: When there is none.
        InvalidData: With everything that is wrong with it.
        Conflict: When its name is taken.
    """
    current = get(connection, environment_id, population_id)
    return _kept(connection, current, SHAPE.replaced(current.document, sent), now)


def patch(connection: Connection, environment_id: str, population_id: str, sent: object, now: int) -> Population:
    """Return a population with some members changed; see `replace`."""
    current = get(connection, environment_id, population_id)
    return _kept(connection, current, SHAPE.patched(current.document, sent), now)


def remove(connection: Connection, environment_id: str, population_id: str) -> None:
    """Remove a population.

    Raises:
        NotFound: When there is none.
        Conflict: When it is the default, or has users.
    """
    if get(connection, environment_id, population_id).default:
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "default", "The default population cannot be deleted."))
    # Nobody comes in from here on, and who is coming is waited for.
    connection.execute(select(table.c.id).where(table.c.id == population_id).with_for_update())
    if (
        connection.execute(select(users.c.id).where(users.c.population_id == population_id).limit(1)).first()
        is not None
    ):
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "", "The population has users; move or delete them first."))
    rows.remove(connection, table, population_id)


def user_counts(connection: Connection, population_ids: list[str]) -> dict[str, int]:
    """Return how many users are in each of these populations."""
    counts = (
        select(users.c.population_id, func.count())
        .where(users.c.population_id.in_(population_ids))
        .group_by(users.c.population_id)
    )
    return {**dict.fromkeys(population_ids, 0), **{row[0]: row[1] for row in connection.execute(counts)}}


def _kept(connection: Connection, current: Population, document: dict[str, Any], now: int) -> Population:
    if current.default and not document["default"]:
        raise InvalidData(Violation("INVALID_VALUE", "default", "Make another population the default instead."))
    _check_references(connection, current.environment_id, document)
    row = {**_row(current.id, current.environment_id, document, now), "created_at": current.created_at}
    rows.update_unique(connection, table, current.id, row, "name")
    if document["default"] and not current.default:
        _only_default(connection, current.environment_id, current.id)
    return _population(row)


def _check_references(connection: Connection, environment_id: str, document: Mapping[str, Any]) -> None:
    policy = document.get("passwordPolicy")
    if policy is None:
        return
    try:
        rows.of_id(connection, password_policies, environment_id, policy["id"])
    except NotFound:
        message = "There is no such password policy."
        raise InvalidData(Violation("REFERENCE_NOT_FOUND", "passwordPolicy.id", message)) from None


def _only_default(connection: Connection, environment_id: str, population_id: str) -> None:
    """Take the default from every other population."""
    others = table.c.environment_id == environment_id, table.c.id != population_id, table.c.is_default
    for row in connection.execute(select(table).where(*others)).all():
        values = {"is_default": False, "document": {**row.document, "default": False}}
        connection.execute(update(table).where(table.c.id == row.id).values(values))


def _row(population_id: str, environment_id: str, document: Mapping[str, Any], now: int) -> dict[str, Any]:
    return {
        "id": population_id,
        "environment_id": environment_id,
        "name": document["name"],
        "is_default": document["default"],
        "document": dict(document),
        "created_at": now,
        "updated_at": now,
    }


def _population(row: Mapping[Any, Any]) -> Population:
    return Population(row["id"], row["environment_id"], row["document"], row["created_at"], row["updated_at"])


def _of_row(row: Row[Any]) -> Population:
    return _population(row._mapping)
