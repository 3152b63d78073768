"""Authorization codes (RFC 6749 §4.1): each is good once; a second use ends what came of the first."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from gatepost.identity import token_families
from gatepost.identity.ids import new_id, new_token, token_hash
from gatepost.identity.store.tables import authorization_codes

_THIS = (
    authorization_codes.c.code_hash == bindparam("hash"),
    authorization_codes.c.environment_id == bindparam("environment"),
    authorization_codes.c.application_id == bindparam("application"),
)
_INSERT = insert(authorization_codes)
_TAKE = (
    update(authorization_codes)
    .where(*_THIS, authorization_codes.c.used_at.is_(None), authorization_codes.c.expires_at > bindparam("now"))
    .values(used_at=bindparam("now"))
    .returning(authorization_codes.c.document, authorization_codes.c.family_id)
)
_USED = select(authorization_codes.c.family_id).where(*_THIS, authorization_codes.c.used_at.is_not(None))


class Redemption(NamedTuple):
    """What came of a code.

    Attributes:
        outcome: `redeemed`; `unknown`, when there is no such code for this application or it has expired; or `reused`,
            when it was used before: then everything that came of it has ended.
        document: What was asked for with it; empty unless it was redeemed.
        family_id: The identifier that the family of tokens is to have.
    """

    outcome: Literal["redeemed", "unknown", "reused"]
    document: Mapping[str, Any]
    family_id: str = ""


_UNKNOWN = Redemption("unknown", {})


def issue(
    connection: Connection,
    environment_id: str,
    application_id: str,
    document: Mapping[str, Any],
    *,
    now: int,
    lifetime: int,
) -> str:
    """Return a new code.

    Args:
        connection: A transaction that writes.
        environment_id: The environment.
        application_id: The application that may redeem it.
        document: What is needed to make tokens of it: user, session, scopes, redirect URI, PKCE, nonce and so on.
        now: The time, in milliseconds since 1970.
        lifetime: How long it is good, in milliseconds.
    """
    code = new_token()
    connection.execute(
        _INSERT,
        {
            "code_hash": token_hash(code),
            "environment_id": environment_id,
            "application_id": application_id,
            "family_id": new_id(),
            "document": document,
            "created_at": now,
            "expires_at": now + lifetime,
            "used_at": None,
        },
    )
    return code


def redeem(connection: Connection, environment_id: str, application_id: str, code: str, now: int) -> Redemption:
    """Use a code. One call of however many, in however many processes, redeems it."""
    this = {"hash": token_hash(code), "environment": environment_id, "application": application_id}
    row = connection.execute(_TAKE, {**this, "now": now}).first()
    if row is not None:
        return Redemption("redeemed", row.document, row.family_id)
    used = connection.execute(_USED, this).first()
    if used is None:
        return _UNKNOWN
    token_families.revoke(connection, used.family_id, now)
    return Redemption("reused", {}, used.family_id)
