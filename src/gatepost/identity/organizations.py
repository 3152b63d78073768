"""Organizations: what environments belong to."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from gatepost.identity.entity import Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import NotFound
from gatepost.identity.rows import listed as listed_rows
from gatepost.identity.shapes.kinds import Text
from gatepost.identity.shapes.shape import Member, Shape
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.tables import organizations

SHAPE = Shape(Member("name", Text(most=256), required=True))


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization.

    Attributes:
        id: Its identifier, `org` in tokens.
        name: Its name.
        created_at: When it was made, in milliseconds since 1970.
        updated_at: When it was changed last, in milliseconds since 1970.
    """

    id: str
    name: str
    created_at: int
    updated_at: int


def create(connection: Connection, sent: object, now: int) -> Organization:
    """Make an organization.

    Raises:
        InvalidData: When what was sent does not fit.
    """
    made = Organization(new_id(), SHAPE.created(sent)["name"], now, now)
    row = {"id": made.id, "name": made.name, "created_at": now, "updated_at": now}
    connection.execute(insert(organizations).values(**row))
    changed(connection)
    return made


def get(connection: Connection, organization_id: str) -> Organization:
    """Return an organization.

    Raises:
        NotFound: When there is none such.
    """
    row = connection.execute(select(organizations).where(organizations.c.id == organization_id)).first()
    if row is None:
        raise NotFound("there is no such organization")
    return _organization(row)


def listed(connection: Connection, page: Page) -> Listing[Organization]:
    """Return a part of the organizations."""
    return listed_rows(connection, organizations, page, _organization)


def _organization(row: Row[Any]) -> Organization:
    return Organization(row.id, row.name, row.created_at, row.updated_at)
