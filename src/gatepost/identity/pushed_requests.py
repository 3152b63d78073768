"""Authorization requests that a client pushed beforehand (RFC 9126): each is used once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert

from gatepost.identity.ids import new_token, token_hash
from gatepost.identity.store.tables import pushed_requests

_INSERT = insert(pushed_requests)
PREFIX = "urn:ietf:params:oauth:request_uri:"


def push(
    connection: Connection,
    environment_id: str,
    application_id: str,
    document: Mapping[str, Any],
    *,
    now: int,
    lifetime: int,
) -> str:
    """Keep a request for `lifetime` milliseconds, and return its `request_uri`."""
    uri = PREFIX + new_token()
    connection.execute(
        _INSERT,
        {
            "uri_hash": token_hash(uri),
            "environment_id": environment_id,
            "application_id": application_id,
            "document": document,
            "created_at": now,
            "expires_at": now + lifetime,
        },
    )
    return uri


def take(
    connection: Connection, environment_id: str, application_id: str, uri: str, now: int
) -> Mapping[str, Any] | None:
    """Return the request that this application pushed, once; `None` when there is none or it has expired."""
    table = pushed_requests
    taken = (
        delete(table)
        .where(
            table.c.uri_hash == token_hash(uri),
            table.c.environment_id == environment_id,
            table.c.application_id == application_id,
        )
        .returning(table.c.document, table.c.expires_at)
    )
    row = connection.execute(taken).first()
    return None if row is None or row.expires_at <= now else row.document
