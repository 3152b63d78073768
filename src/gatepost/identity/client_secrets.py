"""Secrets of applications and resources: sealed, rotated, and for a while together with the one before."""

import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, select, update

from gatepost.identity import times
from gatepost.identity.refusals import InvalidData, NotFound, Violation
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.tables import secrets

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
LENGTH = 64  # octets, as HS512 needs
_LEAST_PREVIOUS = 60_000
_MOST_PREVIOUS = 30 * 86_400_000
_NOTED_EVERY = 3_600_000


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret, with the one that it took the place of.

    Attributes:
        owner_id: The application or the resource.
        value: The secret.
        previous: The one before, or `None`.
        previous_expires_at: Until when that one is good, in milliseconds since 1970, or `None`.
        previous_used_at: When that one was used last, about, in milliseconds since 1970, or `None`.
        created_at: When the secret was made, in milliseconds since 1970.
    """

    owner_id: str
    value: str
    previous: str | None
    previous_expires_at: int | None
    previous_used_at: int | None
    created_at: int

    def __repr__(self) -> str:
        """Show whose it is, and nothing of it."""
        return f"Secret(owner_id={self.owner_id!r})"

    def good(self, now: int) -> tuple[str, ...]:
        """Return what is good as the secret: the current one first."""
        if self.previous is None or self.previous_expires_at is None or self.previous_expires_at <= now:
            return (self.value,)
        return (self.value, self.previous)


def generate() -> str:
    """Return a new secret."""
    return "".join(random.choice(ALPHABET) for _ in range(LENGTH))


def matches(secret: Secret, presented: str, now: int) -> Literal["current", "previous"] | None:
    """Tell which of the secrets that are good now was presented, if one; in a time that tells nothing of them."""
    sent = presented.encode("utf-8", "surrogatepass")
    current, *previous = (compare_digest(each.encode(), sent) for each in secret.good(now))
    if current:
        return "current"
    return "previous" if any(previous) else None


def create(
    connection: Connection,
    environment_id: str,
    owner_id: str,
    now: int,
    sealing: SealingKey,
    *,
    value: str | None = None,
) -> Secret:
    """Give an application or a resource its first secret: `value`, or a new one."""
    value = value or generate()
    row = {
        "owner_id": owner_id,
        "environment_id": environment_id,
        "sealed": sealing.seal(value.encode(), _purpose(owner_id)),
        "previous_sealed": None,
        "previous_expires_at": None,
        "previous_used_at": None,
        "created_at": now,
    }
    if not insert_if_absent(connection, secrets, row):
        return current(connection, sealing, owner_id)
    changed(connection)
    return Secret(owner_id, value, None, None, None, now)


def current(connection: Connection, sealing: SealingKey, owner_id: str, now: int | None = None) -> Secret:
    """Return the secret of an application or a resource; with `now`, the previous one only while it is good.

    Raises:
        NotFound: When it has none.
    """
    secret = find(connection, sealing, owner_id)
    if secret is None:
        raise NotFound("there is no such secret")
    if now is None or len(secret.good(now)) > 1 or secret.previous is None:
        return secret
    return Secret(owner_id, secret.value, None, None, None, secret.created_at)


def find(connection: Connection, sealing: SealingKey, owner_id: str) -> Secret | None:
    """Return the secret of an application or a resource, or `None`."""
    row = connection.execute(select(secrets).where(secrets.c.owner_id == owner_id)).first()
    return None if row is None else opened(row, sealing)


def rotate(connection: Connection, sealing: SealingKey, owner_id: str, sent: object, now: int) -> Secret:
    """Give a new secret.

    Args:
        connection: A transaction that writes.
        sealing: What seals secrets.
        owner_id: The application or the resource.
        sent: The request's body: `None`, or an object with `previous.expiresAt`, until when the secret of today is
            good still; it ends at once without.
        now: The time, in milliseconds since 1970.

    Raises:
        NotFound: When it has none.
        InvalidData: When `previous.expiresAt` is not between a minute and 30 days from now.
    """
    before = current(connection, sealing, owner_id)
    until = _previous_until(sent, now)
    value, purpose = generate(), _purpose(owner_id)
    connection.execute(
        update(secrets)
        .where(secrets.c.owner_id == owner_id)
        .values(
            sealed=sealing.seal(value.encode(), purpose),
            previous_sealed=None if until is None else sealing.seal(before.value.encode(), purpose),
            previous_expires_at=until,
            previous_used_at=None,
            created_at=now,
        )
    )
    changed(connection)
    return Secret(owner_id, value, None if until is None else before.value, until, None, now)


def remove_previous(connection: Connection, owner_id: str) -> None:
    """End the previous secret, if there is one.

    Raises:
        NotFound: When there is no secret.
    """
    ended = (
        update(secrets)
        .where(secrets.c.owner_id == owner_id)
        .values(previous_sealed=None, previous_expires_at=None, previous_used_at=None)
    )
    if connection.execute(ended).rowcount == 0:
        raise NotFound("there is no such secret")
    changed(connection)


def remove(connection: Connection, owner_id: str) -> None:
    """Remove the secret of what is removed itself."""
    connection.execute(delete(secrets).where(secrets.c.owner_id == owner_id))


def previous_used(connection: Connection, owner_id: str, now: int) -> None:
    """Note that the previous secret was used: once an hour is often enough to know."""
    seen = secrets.c.previous_used_at
    connection.execute(
        update(secrets)
        .where(secrets.c.owner_id == owner_id, seen.is_(None) | (seen <= now - _NOTED_EVERY))
        .where(secrets.c.previous_sealed.is_not(None))
        .values(previous_used_at=now)
    )


def opened(row: Row[Any], sealing: SealingKey) -> Secret:
    """Return the secret that a row holds."""
    purpose = _purpose(row.owner_id)
    previous = row.previous_sealed
    return Secret(
        row.owner_id,
        sealing.open(row.sealed, purpose).decode(),
        None if previous is None else sealing.open(previous, purpose).decode(),
        row.previous_expires_at,
        row.previous_used_at,
        row.created_at,
    )


def _purpose(owner_id: str) -> str:
    return f"client-secret:{owner_id}"


def _previous_until(sent: object, now: int) -> int | None:
    """Return until when the secret before is good, in milliseconds since 1970, or `None` when it ends at once."""
    previous = sent.get("previous") if isinstance(sent, Mapping) else sent
    if previous is None:
        return None
    target = "previous.expiresAt"
    text = previous.get("expiresAt") if isinstance(previous, Mapping) else None
    if text is None:
        raise InvalidData(Violation("REQUIRED_VALUE", target, "expiresAt is required."))
    at = times.read(text)
    if at is None:
        raise InvalidData(Violation("INVALID_VALUE", target, "The value must be a time such as 2026-03-23T16:37:59Z."))
    if not _LEAST_PREVIOUS <= at - now <= _MOST_PREVIOUS:
        raise InvalidData(Violation("INVALID_VALUE", target, "The time must be 1 minute to 30 days from now."))
    return at
