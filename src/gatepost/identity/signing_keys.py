"""Keys that an environment signs its tokens with, and how one follows another.

Of each algorithm one key is CURRENT, and signs. A NEXT one is published before it signs, so that whoever keeps the
published keys for a while knows it by then. A PREVIOUS one is published as long as there may be tokens that it signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from gatepost.identity import certificates, rows, times
from gatepost.identity.entity import Entity, Listing, Page
from gatepost.identity.ids import new_id
from gatepost.identity.key_shape import NAMES, VALIDITY_DAYS, Algorithm
from gatepost.identity.key_shape import SHAPE as SHAPE  # noqa: PLC0414
from gatepost.identity.key_shape import wanted as wanted  # noqa: PLC0414
from gatepost.identity.refusals import Conflict, Violation
from gatepost.identity.store.configuration import changed
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.store.tables import keys, resources
from gatepost.jose.signing_key import SigningKey

Status: TypeAlias = Literal["NEXT", "CURRENT", "PREVIOUS"]

_DAY = 86_400_000
# How long tokens live that no resource's setting speaks of, in milliseconds: ID tokens, and some time for clocks.
_LEAST_OVERLAP = 2 * 3_600_000


class NewKey(NamedTuple):
    """A key that was made and is not kept yet: making one takes long, and is done outside of transactions.

    Attributes:
        id: Its identifier, `kid` in tokens.
        algorithm: Its algorithm.
        private_pem: The private key.
        certificate: Its certificate, PEM.
        starts_at: When the certificate begins, in milliseconds since 1970.
        expires_at: When the certificate ends, in milliseconds since 1970.
    """

    id: str
    algorithm: Algorithm
    private_pem: str
    certificate: str
    starts_at: int
    expires_at: int

    def __repr__(self) -> str:
        """Show its name, and nothing of the key."""
        return f"NewKey(id={self.id!r}, algorithm={self.algorithm!r})"


@dataclass(frozen=True, slots=True)
class Key(Entity):
    """A key.

    Attributes:
        name: Its name.
        algorithm: Its algorithm.
        status: Whether it signs.
        sealed: The private key, sealed.
        certificate: Its certificate, PEM.
        starts_at: Since when it may sign, in milliseconds since 1970.
        expires_at: Until when it is published, in milliseconds since 1970.
    """

    name: str
    algorithm: Algorithm
    status: Status
    sealed: str
    certificate: str
    starts_at: int
    expires_at: int


def generate(algorithm: Algorithm = "RS256", *, now: int, days: int = VALIDITY_DAYS, name: str = "Gatepost") -> NewKey:
    """Return a new key with a certificate that it signed itself, for that many days."""
    key_id = new_id()
    pem = SigningKey.generate(algorithm, kid=key_id).to_private_pem()
    ends = now + days * _DAY
    return NewKey(
        key_id, algorithm, pem, certificates.self_signed(pem, name=name, starts_at=now, expires_at=ends), now, ends
    )


def keep(
    connection: Connection,
    environment_id: str,
    new: NewKey,
    now: int,
    sealing: SealingKey,
    *,
    name: str | None = None,
    status: Status | None = None,
) -> Key:
    """Keep a new key: as the CURRENT one when its algorithm has none, and as a NEXT one when it has."""
    changed(connection)
    if status is None:
        status = "NEXT" if _of_status(connection, environment_id, new.algorithm, "CURRENT") else "CURRENT"
    row = {
        "id": new.id,
        "environment_id": environment_id,
        "name": name or f"{new.algorithm} {times.write(now)[:10]}",
        "algorithm": new.algorithm,
        "usage": "SIGNING",
        "status": status,
        "sealed": sealing.seal(new.private_pem.encode(), _purpose(new.id)),
        "certificate": new.certificate,
        "starts_at": new.starts_at,
        "expires_at": new.expires_at,
        "created_at": now,
        "updated_at": now,
    }
    connection.execute(insert(keys).values(**row))
    return get(connection, environment_id, new.id)


def create(
    connection: Connection, environment_id: str, sent: object, now: int, sealing: SealingKey, *, new: NewKey
) -> Key:
    """Keep the key that a request asked for, and that `generate` made with what `wanted` returned.

    Raises:
        InvalidData: When what was sent does not fit.
    """
    document = SHAPE.created(sent)
    key = keep(connection, environment_id, new, now, sealing, name=document["name"])
    return _make_current(connection, key, now, None) if document["default"] else key


def get(connection: Connection, environment_id: str, key_id: str) -> Key:
    """Return a key.

    Raises:
        NotFound: When there is none such in the environment.
    """
    return of_row(rows.of_id(connection, keys, environment_id, key_id))


def listed(connection: Connection, environment_id: str, page: Page) -> Listing[Key]:
    """Return a part of the environment's keys."""
    return rows.listed(connection, keys, page, of_row, keys.c.environment_id == environment_id)


def replace(connection: Connection, environment_id: str, key_id: str, sent: object, now: int) -> Key:
    """Rename a key, or make it the one that signs; nothing else of it changes.

    Raises:
        NotFound: When there is none such in the environment.
        InvalidData: When what was sent does not fit.
        Conflict: When none would sign.
    """
    before = get(connection, environment_id, key_id)
    return _changed(connection, before, SHAPE.replaced(before.document, sent), now)


def patch(connection: Connection, environment_id: str, key_id: str, sent: object, now: int) -> Key:
    """Change those members of a key that were sent; errors as for `replace`."""
    before = get(connection, environment_id, key_id)
    return _changed(connection, before, SHAPE.patched(before.document, sent), now)


def remove(connection: Connection, environment_id: str, key_id: str) -> None:
    """Remove a key; tokens that it signed are good no more.

    Raises:
        NotFound: When there is none such in the environment.
        Conflict: When it is the one that signs.
    """
    changed(connection)
    if get(connection, environment_id, key_id).status == "CURRENT":
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "default", "The key that signs cannot be removed."))
    rows.remove(connection, keys, key_id)


def rotate(
    connection: Connection,
    environment_id: str,
    new: NewKey,
    now: int,
    sealing: SealingKey,
    *,
    overlap: int | None = None,
) -> Key:
    """Let the NEXT key of an algorithm sign, and publish a new one as the next.

    Args:
        connection: A transaction that writes.
        environment_id: The environment.
        new: The new key.
        now: The time, in milliseconds since 1970.
        sealing: What seals the private key.
        overlap: For how long the one before is published still, in milliseconds; by default as long as tokens may live.

    Returns:
        The key that signs now.
    """
    changed(connection)
    following = _of_status(connection, environment_id, new.algorithm, "NEXT")
    kept = keep(connection, environment_id, new, now, sealing, status="NEXT")
    return _make_current(connection, following[0] if following else kept, now, overlap)


def remove_expired(connection: Connection, now: int) -> int:
    """Remove the PREVIOUS keys whose time is over, and return how many these are."""
    over = delete(keys).where(keys.c.status == "PREVIOUS", keys.c.expires_at <= now)
    gone = connection.execute(over).rowcount
    if gone:
        changed(connection)
    return gone


def opened(key: Key, sealing: SealingKey) -> SigningKey:
    """Return the private key, ready to sign."""
    return SigningKey.from_pem(sealing.open(key.sealed, _purpose(key.id)), key.algorithm, kid=key.id)


def of_row(row: Row[Any]) -> Key:
    """Return the key that a row holds."""
    kind, length, signature = NAMES[row.algorithm]
    document = {
        "name": row.name,
        "algorithm": kind,
        "keyLength": length,
        "signatureAlgorithm": signature,
        "usageType": row.usage,
        "validityPeriod": max(1, min((row.expires_at - row.starts_at) // _DAY, VALIDITY_DAYS)),
        "default": row.status == "CURRENT",
        "status": "VALID",
        "rotationStatus": row.status,
        "startsAt": times.write(row.starts_at),
        "expiresAt": times.write(row.expires_at),
    }
    return Key(
        row.id,
        row.environment_id,
        document,
        row.created_at,
        row.updated_at,
        row.name,
        cast("Algorithm", row.algorithm),
        cast("Status", row.status),
        row.sealed,
        row.certificate,
        row.starts_at,
        row.expires_at,
    )


def _purpose(key_id: str) -> str:
    return f"signing-key:{key_id}"


def _of_status(connection: Connection, environment_id: str, algorithm: str, status: Status) -> list[Key]:
    """Return the keys of a status, the one that came first at the beginning."""
    found = (
        select(keys)
        .where(keys.c.environment_id == environment_id, keys.c.algorithm == algorithm, keys.c.status == status)
        .order_by(keys.c.created_at, keys.c.id)
    )
    return [of_row(row) for row in connection.execute(found)]


def _make_current(connection: Connection, key: Key, now: int, overlap: int | None) -> Key:
    until = now + (_longest(connection, key.environment_id) if overlap is None else overlap)
    for each in _of_status(connection, key.environment_id, key.algorithm, "CURRENT"):
        if each.id != key.id:
            ended = update(keys).where(keys.c.id == each.id)
            connection.execute(ended.values(status="PREVIOUS", expires_at=until, updated_at=now))
    values = {"status": "CURRENT", "expires_at": certificates.ends(key.certificate), "updated_at": now}
    connection.execute(update(keys).where(keys.c.id == key.id).values(**values))
    return get(connection, key.environment_id, key.id)


def _longest(connection: Connection, environment_id: str) -> int:
    """Return how long a token that was just signed may live, in milliseconds."""
    seconds = resources.c.document["accessTokenValiditySeconds"].as_integer()
    longest = select(func.max(seconds)).where(resources.c.environment_id == environment_id)
    return _LEAST_OVERLAP + 1000 * (connection.execute(longest).scalar() or 0)


def _changed(connection: Connection, before: Key, document: Mapping[str, Any], now: int) -> Key:
    changed(connection)
    if before.status == "CURRENT" and not document["default"]:
        message = "A key has to sign; make another one the default instead."
        raise Conflict(Violation("CONSTRAINT_VIOLATION", "default", message))
    connection.execute(update(keys).where(keys.c.id == before.id).values(name=document["name"], updated_at=now))
    if document["default"] and before.status != "CURRENT":
        return _make_current(connection, before, now, None)
    return get(connection, before.environment_id, before.id)
