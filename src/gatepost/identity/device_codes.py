"""Device codes (RFC 8628): a device asks, a person says yes or no elsewhere, the device gets its answer once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, delete, select, update

from gatepost.identity.ids import new_token, token_hash
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.tables import device_codes

# RFC 8628 §6.1: no vowels, so that no words come out; 20^8 codes.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH = 8
_TRIES = 8
_SLACK = 500  # milliseconds by which a device may be early

Status = Literal["PENDING", "ALLOWED", "DENIED"]


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """What a device asked for.

    Attributes:
        application_id: The application that runs on it.
        user_code: What the person types, without a hyphen.
        status: What the person said.
        user_id: Who said it, or `None`.
        document: Scopes, and once it is allowed how the person signed on.
        expires_at: When it ends, in milliseconds since 1970.
    """

    application_id: str
    user_code: str
    status: Status
    user_id: str | None
    document: Mapping[str, Any]
    expires_at: int


class Poll(NamedTuple):
    """What a device hears.

    Attributes:
        outcome: `pending`, `slow_down`, `allowed`, `denied`, `expired` or `unknown`.
        request: What it asked for, when it is allowed: this once.
    """

    outcome: Literal["pending", "slow_down", "allowed", "denied", "expired", "unknown"]
    request: DeviceRequest | None = None


def ask(
    connection: Connection,
    environment_id: str,
    application_id: str,
    document: Mapping[str, Any],
    *,
    now: int,
    lifetime: int,
) -> tuple[str, str]:
    """Return the device's code and the person's code of a new request.

    Raises:
        RuntimeError: When no free code was found, as good as never.
    """
    code = new_token()
    for _ in range(_TRIES):
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        row = {
            "code_hash": token_hash(code),
            "environment_id": environment_id,
            "application_id": application_id,
            "user_code": user_code,
            "status": "PENDING",
            "user_id": None,
            "document": document,
            "polled_at": None,
            "created_at": now,
            "expires_at": now + lifetime,
        }
        if insert_if_absent(connection, device_codes, row):
            return code, user_code
    raise RuntimeError("no free device code was found")


def of_user_code(connection: Connection, environment_id: str, user_code: str, now: int) -> DeviceRequest | None:
    """Return the request that waits under what a person typed: capitals, hyphens and blanks make no difference."""
    table = device_codes
    plain = "".join(letter for letter in user_code.upper() if letter in _LETTERS)
    row = connection.execute(
        select(table).where(
            table.c.environment_id == environment_id,
            table.c.user_code == plain,
            table.c.status == "PENDING",
            table.c.expires_at > now,
        )
    ).first()
    return None if row is None else _request(row)


def answer(
    connection: Connection,
    environment_id: str,
    request: DeviceRequest,
    *,
    allowed: bool,
    user_id: str,
    document: Mapping[str, Any],
    now: int,
) -> bool:
    """Note what the person said, and tell whether it still mattered."""
    table = device_codes
    said = (
        update(table)
        .where(
            table.c.environment_id == environment_id,
            table.c.user_code == request.user_code,
            table.c.status == "PENDING",
            table.c.expires_at > now,
        )
        .values(status="ALLOWED" if allowed else "DENIED", user_id=user_id, document=document)
    )
    return connection.execute(said).rowcount == 1


def poll(
    connection: Connection, environment_id: str, application_id: str, code: str, *, now: int, interval: int
) -> Poll:
    """Tell a device how its request stands; once it is decided, the request is gone.

    Args:
        connection: A transaction that writes.
        environment_id: The environment.
        application_id: The application that asks.
        code: The device's code.
        now: The time, in milliseconds since 1970.
        interval: How long it has to wait between two questions, in milliseconds.
    """
    table = device_codes
    this = (
        table.c.code_hash == token_hash(code),
        table.c.environment_id == environment_id,
        table.c.application_id == application_id,
    )
    row = connection.execute(delete(table).where(*this, table.c.status != "PENDING").returning(table)).first()
    if row is not None:
        if row.expires_at <= now:
            return Poll("expired")
        return Poll("allowed", _request(row)) if row.status == "ALLOWED" else Poll("denied")
    row = connection.execute(select(table).where(*this)).first()
    if row is None:
        return Poll("unknown")
    if row.expires_at <= now:
        return Poll("expired")
    connection.execute(update(table).where(*this).values(polled_at=now))
    early = row.polled_at is not None and now - row.polled_at < interval - _SLACK
    return Poll("slow_down" if early else "pending")


def _request(row: Row[Any]) -> DeviceRequest:
    return DeviceRequest(row.application_id, row.user_code, row.status, row.user_id, row.document, row.expires_at)
