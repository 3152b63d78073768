"""Authenticator applications: a secret that the user scans, and a code from it that is good once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from gatepost.identity import devices, totp
from gatepost.identity.devices import ACTIVE, NICKNAME, TOTP, WAITING, Device, FactorCheck
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import NotFound
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.tables import devices as table
from gatepost.identity.users import User


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator application needs: shown once, to its user.

    Attributes:
        device: The device, which waits for its first code.
        secret: The secret in base32, to be typed.
        key_uri: The secret as a QR code says it.
    """

    device: Device
    secret: str
    key_uri: str

    def __repr__(self) -> str:
        """Show which device, and nothing of its secret."""
        return f"Enrolment(device={self.device.id!r})"


def enrol(
    connection: Connection, sealing: SealingKey, user: User, issuer: str, now: int, sent: object = None
) -> Enrolment:
    """Begin to add an application to a user; one that waits for its first code already gives way.

    Args:
        connection: A transaction that writes.
        sealing: What seals secrets.
        user: The user.
        issuer: What the application shows beside the username, such as the environment's name.
        now: The time, in milliseconds since 1970.
        sent: `{"nickname": "..."}`, or nothing.

    Raises:
        InvalidData: When the user has as many devices as one may have, or the nickname is none.
    """
    document = NICKNAME.created(sent or {})
    connection.execute(delete(table).where(table.c.user_id == user.id, table.c.type == TOTP, table.c.status == WAITING))
    secret, device_id = totp.new_secret(), new_id()
    device = devices.add(
        connection,
        user.environment_id,
        user.id,
        document,
        now,
        kind=TOTP,
        status=WAITING,
        sealed=sealing.seal(secret, _purpose(device_id)),
        device_id=device_id,
    )
    return Enrolment(device, totp.written(secret), totp.key_uri(secret, issuer, user.username))


def activate(
    connection: Connection, sealing: SealingKey, environment_id: str, user_id: str, device_id: str, code: str, now: int
) -> FactorCheck:
    """Finish adding an application, with a first code from it. Keep the transaction, whatever comes of it.

    Raises:
        NotFound: When no such application waits for its first code.
    """
    found = select(table).where(
        table.c.id == device_id,
        table.c.environment_id == environment_id,
        table.c.user_id == user_id,
        table.c.type == TOTP,
        table.c.status == WAITING,
    )
    row = connection.execute(found).first()
    if row is None:
        raise NotFound("there is no such device that waits for its activation")
    return _judged(connection, sealing, [row], user_id, code, now)


def check(
    connection: Connection,
    sealing: SealingKey,
    environment_id: str,
    user_id: str,
    code: str,
    now: int,
    *,
    device_id: str | None = None,
) -> FactorCheck:
    """Check a code from one of a user's applications, or from a certain one; each is good once.

    Keep the transaction, whatever comes of it: wrong ones are counted.
    """
    found = select(table).where(
        table.c.environment_id == environment_id,
        table.c.user_id == user_id,
        table.c.type == TOTP,
        table.c.status == ACTIVE,
        *([] if device_id is None else [table.c.id == device_id]),
    )
    return _judged(connection, sealing, list(connection.execute(found)), user_id, code, now)


def _judged(
    connection: Connection, sealing: SealingKey, rows: list[Row[Any]], user_id: str, code: str, now: int
) -> FactorCheck:
    guess = devices.guess(connection, user_id, now)
    if not guess.allowed:
        return FactorCheck(False, None, guess.locked_until)
    for row in rows:
        secret = sealing.open(row.sealed, _purpose(row.id))
        step = totp.matching_step(secret, code[:64], now, row.counter)
        if step is not None and _used(connection, row.id, step, now):
            return devices.right(connection, user_id, row.id)
    return FactorCheck(False, None, guess.locked_until)


def _used(connection: Connection, device_id: str, step: int, now: int) -> bool:
    """Use a time step of a device up, and tell whether this was the first time (RFC 6238 §5.2)."""
    used = (
        update(table)
        .where(table.c.id == device_id, table.c.counter < step)
        .values(counter=step, status=ACTIVE, updated_at=now)
    )
    return connection.execute(used).rowcount == 1


def _purpose(device_id: str) -> str:
    return f"totp:{device_id}"
