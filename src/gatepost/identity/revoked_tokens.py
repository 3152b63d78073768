"""Access tokens that were good, and are no more."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from gatepost.identity.ids import token_hash
from gatepost.identity.store.statements import insert_if_absent
from gatepost.identity.store.tables import revoked_tokens

_FIND = select(revoked_tokens.c.jti_hash).where(revoked_tokens.c.jti_hash == bindparam("hash"))


def revoke(connection: Connection, environment_id: str, tokens: Iterable[tuple[str, int]]) -> None:
    """Revoke tokens, each named by its `jti` and the time it expires at, in milliseconds since 1970."""
    for jti, expires_at in tokens:
        row = {"jti_hash": token_hash(jti), "environment_id": environment_id, "expires_at": expires_at}
        insert_if_absent(connection, revoked_tokens, row)


def is_revoked(connection: Connection, jti: str) -> bool:
    """Tell whether the token with this `jti` was revoked."""
    return connection.execute(_FIND, {"hash": token_hash(jti)}).first() is not None
