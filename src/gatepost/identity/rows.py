"""Rows of the things that an environment is configured with: found, listed, inserted, changed and removed."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from gatepost.identity.entity import Listing, Page
from gatepost.identity.refusals import Conflict, NotFound, Violation
from gatepost.identity.store.statements import insert_if_absent

T = TypeVar("T")


def of_id(
    connection: Connection, table: Table, environment_id: str, row_id: str, *where: ColumnElement[bool]
) -> Row[Any]:
    """Return the row with an identifier.

    Raises:
        NotFound: When there is none in the environment.
    """
    found = _of_id(table)
    if where:
        found = found.where(*where)
    row = connection.execute(found, {"this": row_id, "environment": environment_id}).first()
    if row is None:
        raise NotFound("there is no such thing in this environment")
    return row


@cache
def _of_id(table: Table) -> Select[Any]:
    return select(table).where(table.c.id == bindparam("this"), table.c.environment_id == bindparam("environment"))


def listed(
    connection: Connection, table: Table, page: Page, make: Callable[[Row[Any]], T], *where: ColumnElement[bool]
) -> Listing[T]:
    """Return a part of the rows for which `where` holds, in the order of their identifiers."""
    wanted = select(table).where(*where).order_by(table.c.id).limit(page.limit + 1)
    if page.after is not None:
        wanted = wanted.where(table.c.id > page.after)
    found = connection.execute(wanted).all()
    total = connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
    shown = found[: page.limit]
    return Listing(tuple(make(row) for row in shown), shown[-1].id if len(found) > page.limit else None, total)


def insert_unique(connection: Connection, table: Table, values: Mapping[str, Any], target: str) -> None:
    """Insert a row.

    Raises:
        Conflict: When what has to be unique is taken; `target` is the member to blame.
    """
    if not insert_if_absent(connection, table, values):
        raise taken(target)


def update_unique(connection: Connection, table: Table, row_id: str, values: Mapping[str, Any], target: str) -> None:
    """Change a row.

    Raises:
        Conflict: When what has to be unique is taken; `target` is the member to blame.
    """
    try:
        with connection.begin_nested():
            connection.execute(update(table).where(table.c.id == row_id).values(**values))
    except IntegrityError:
        raise taken(target) from None


def remove(connection: Connection, table: Table, row_id: str) -> None:
    """Remove a row.

    Raises:
        NotFound: When somebody else just did.
    """
    if connection.execute(delete(table).where(table.c.id == row_id)).rowcount == 0:
        raise NotFound("there is no such thing in this environment")


def taken(target: str) -> Conflict:
    """Return the refusal of a value that has to be unique and is not."""
    return Conflict(Violation("UNIQUENESS_VIOLATION", target, f"The {target} is in use already; it must be unique."))
