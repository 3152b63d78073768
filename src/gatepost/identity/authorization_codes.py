"""Authorization codes (RFC 6749 §4.1): each is good once; a second use ends what came of the first."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, insert, select, update

from gatepost.identity import token_families
from gatepost.identity.ids import new_id, new_token, token_hash
from gatepost.identity.store.tables import authorization_codes


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
        insert(authorization_codes).values(
            code_hash=token_hash(code),
            environment_id=environment_id,
            application_id=application_id,
            family_id=new_id(),
            document=document,
            created_at=now,
            expires_at=now + lifetime,
            used_at=None,
        )
    )
    return code


def redeem(connection: Connection, environment_id: str, application_id: str, code: str, now: int) -> Redemption:
    """Use a code. One call of however many, in however many processes, redeems it."""
    table = authorization_codes
    this = (
        table.c.code_hash == token_hash(code),
        table.c.environment_id == environment_id,
        table.c.application_id == application_id,
    )
    taken = (
        update(table)
        .where(*this, table.c.used_at.is_(None), table.c.expires_at > now)
        .values(used_at=now)
        .returning(table.c.document, table.c.family_id)
    )
    row = connection.execute(taken).first()
    if row is not None:
        return Redemption("redeemed", row.document, row.family_id)
    used = connection.execute(select(table.c.family_id).where(*this, table.c.used_at.is_not(None))).first()
    if used is None:
        return _UNKNOWN
    token_families.revoke(connection, used.family_id, now)
    return Redemption("reused", {}, used.family_id)
