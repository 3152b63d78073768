"""Takes away what has expired, a little at a time, so that nobody waits for it."""

from sqlalchemy import Connection, Table, delete, select

from gatepost.identity.store import tables

_KEPT_AFTER_USE = 86_400_000  # a used code or refresh token is known for a day longer, to notice a second use

_EXPIRING: tuple[tuple[Table, int], ...] = (
    (tables.flows, 0),
    (tables.pushed_requests, 0),
    (tables.used_once, 0),
    (tables.attempts, 0),
    (tables.one_time_codes, 0),
    (tables.revoked_tokens, 0),
    (tables.sessions, 0),
    (tables.device_codes, 600_000),
    (tables.authorization_codes, _KEPT_AFTER_USE),
    (tables.refresh_tokens, _KEPT_AFTER_USE),
    (tables.token_families, _KEPT_AFTER_USE),
)


def sweep(connection: Connection, now: int, most: int = 500) -> int:
    """Delete up to `most` expired rows of each table, and return how many went."""
    gone = 0
    for table, kept in _EXPIRING:
        key = next(iter(table.primary_key.columns))
        expired = select(key).where(table.c.expires_at < now - kept).limit(most)
        gone += connection.execute(delete(table).where(key.in_(expired))).rowcount
    return gone
