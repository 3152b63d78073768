"""Second factors of users: authenticator applications (TOTP) and passkeys (FIDO2)."""

from collections.abc import ItemsView, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, func, select, update

from gatepost.identity import attempts, rows, users
from gatepost.identity.attempts import Guess
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import Conflict, InvalidData, Violation
from gatepost.identity.shapes.kinds import Text
from gatepost.identity.shapes.shape import Member, Shape
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.tables import devices as table
from gatepost.identity.store.tables import users as users_table

TOTP: Literal["TOTP"] = "TOTP"
FIDO2: Literal["FIDO2"] = "FIDO2"
RECOVERY_CODE = "RECOVERY_CODE"  # one of the codes for who lost their devices; it is not listed among them
ACTIVE = "ACTIVE"
WAITING = "ACTIVATION_REQUIRED"

MOST = 10  # devices of one user
_MOST_WRONG = 5
_LOCKED_FOR = 300_000  # milliseconds

NICKNAME = Shape(Member("nickname", Text(most=100)))


@dataclass(frozen=True, slots=True)
class Device(Entity):
    """A second factor.

    Attributes:
        user_id: Whose it is.
        type: `TOTP` or `FIDO2`.
        status: `ACTIVE`, or `ACTIVATION_REQUIRED` until its first code came.
    """

    user_id: str
    type: str
    status: str

    @property
    def active(self) -> bool:
        """Whether it can be used."""
        return self.status == ACTIVE


class FactorCheck(NamedTuple):
    """What a code was found to be.

    Attributes:
        right: Whether it is right.
        device_id: The device that it came from, if it came from one.
        locked_until: Until when none is right, after too many wrong ones, in milliseconds since 1970.
    """

    right: bool
    device_id: str | None = None
    locked_until: int | None = None


def get(connection: Connection, environment_id: str, user_id: str, device_id: str) -> Device:
    """Return a user's device.

    Raises:
        NotFound: When there is none.
    """
    return of_row(rows.of_id(connection, table, environment_id, device_id, table.c.user_id == user_id, _SHOWN))


def listed(connection: Connection, environment_id: str, user_id: str, page: Page | None = None) -> Listing[Device]:
    """Return a part of a user's devices.

    Raises:
        NotFound: When there is no such user.
    """
    users.get(connection, environment_id, user_id)
    return rows.listed(connection, table, page or Page(), of_row, table.c.user_id == user_id, _SHOWN)


def active_types(connection: Connection, user_id: str) -> frozenset[str]:
    """Return which kinds of devices a user can use now."""
    found = select(table.c.type).where(table.c.user_id == user_id, table.c.status == ACTIVE, _SHOWN).distinct()
    return frozenset(connection.execute(found).scalars())


def rename(connection: Connection, environment_id: str, user_id: str, device_id: str, sent: object, now: int) -> Device:
    """Give a device the nickname that `{"nickname": "..."}` says, or none.

    Raises:
        NotFound: When there is none.
        InvalidData: When that is no name.
    """
    nickname = NICKNAME.created(sent)
    rest = {name: value for name, value in _held(connection, environment_id, user_id, device_id) if name != "nickname"}
    values = {"document": {**rest, **nickname}, "updated_at": now}
    connection.execute(update(table).where(table.c.id == device_id).values(values))
    return get(connection, environment_id, user_id, device_id)


def remove(connection: Connection, environment_id: str, user_id: str, device_id: str) -> None:
    """Remove a user's device.

    Raises:
        NotFound: When there is none.
    """
    get(connection, environment_id, user_id, device_id)
    rows.remove(connection, table, device_id)


def add(
    connection: Connection,
    environment_id: str,
    user_id: str,
    document: Mapping[str, Any],
    now: int,
    *,
    kind: str,
    status: str,
    credential_id: str | None = None,
    sealed: str | None = None,
    counter: int = 0,
    device_id: str | None = None,
) -> Device:
    """Give a user a device.

    Raises:
        NotFound: When there is no such user.
        InvalidData: When the user has as many as one may have.
        Conflict: When the credential is known already.
    """
    users.get(connection, environment_id, user_id)
    # One at a time for one user, so that the limit holds.
    connection.execute(select(users_table.c.id).where(users_table.c.id == user_id).with_for_update())
    count = select(func.count()).select_from(table).where(table.c.user_id == user_id, _SHOWN)
    if connection.execute(count).scalar_one() >= MOST:
        raise InvalidData(Violation("CONSTRAINT_VIOLATION", "", f"A user may have at most {MOST} devices."))
    made = device_id or new_id()
    row = {
        "id": made,
        "environment_id": environment_id,
        "user_id": user_id,
        "type": kind,
        "status": status,
        "credential_id": credential_id,
        "sealed": sealed,
        "counter": counter,
        "document": dict(document),
        "created_at": now,
        "updated_at": now,
    }
    if not insert_if_absent(connection, table, row):
        raise Conflict(Violation("UNIQUENESS_VIOLATION", "id", "The passkey is registered already."))
    return get(connection, environment_id, user_id, made)


def guess(connection: Connection, user_id: str, now: int) -> Guess:
    """Count a guess at one of a user's codes before it is looked at: five wrong ones in turn lock for five minutes."""
    return attempts.guess(connection, _what(user_id), most=_MOST_WRONG, duration=_LOCKED_FOR, now=now)


def right(connection: Connection, user_id: str, device_id: str | None) -> FactorCheck:
    """Return the result of a right guess, and forget the wrong ones."""
    attempts.forget(connection, _what(user_id))
    return FactorCheck(True, device_id)


def of_row(row: Row[Any]) -> Device:
    """Return the device that a row holds, without what a passkey is checked with."""
    document = {name: value for name, value in row.document.items() if name != "credential"}
    return Device(
        row.id, row.environment_id, document, row.created_at, row.updated_at, row.user_id, row.type, row.status
    )


_SHOWN = table.c.type != RECOVERY_CODE


def _held(connection: Connection, environment_id: str, user_id: str, device_id: str) -> ItemsView[str, Any]:
    row = rows.of_id(connection, table, environment_id, device_id, table.c.user_id == user_id, _SHOWN)
    return dict(row.document).items()


def _what(user_id: str) -> str:
    return f"second-factor:{user_id}"
