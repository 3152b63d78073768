"""Codes that were sent to somebody: to set a forgotten password anew, to prove an address. Each is good once."""

import secrets
from hmac import compare_digest

from sqlalchemy import Connection, delete, insert, select, update

from gatepost.identity.folding import fold
from gatepost.identity.ids import new_id, token_hash
from gatepost.identity.store.tables import one_time_codes as table
from gatepost.identity.store.tables import users

# No vowels and nothing that looks like something else: 24^8 codes.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ2456"
_LENGTH = 8
LIFETIME = 600_000  # milliseconds
_MOST_ATTEMPTS = 5


def issue(
    connection: Connection,
    environment_id: str,
    user_id: str,
    purpose: str,
    now: int,
    *,
    address: str,
    lifetime: int = LIFETIME,
) -> str:
    """Return a new code for a purpose; those that the user got for it before are good no more.

    It is good as long as the user has the address that it is sent to: it proves nothing of another one.

    Args:
        connection: A transaction that writes.
        environment_id: The environment.
        user_id: Who gets the code.
        purpose: What it is good for, such as `PASSWORD_RECOVERY`.
        now: The time, in milliseconds since 1970.
        address: Where it is sent to.
        lifetime: How long it is good, in milliseconds.
    """
    revoke(connection, user_id, purpose)
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    connection.execute(
        insert(table).values(
            id=new_id(),
            environment_id=environment_id,
            user_id=user_id,
            purpose=purpose,
            code_hash=_hash(user_id, purpose, fold(address), code),
            attempts=0,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return code


def matches(connection: Connection, environment_id: str, user_id: str, purpose: str, code: str, now: int) -> bool:
    """Tell whether a code is right, and count it when it is not; after five wrong ones none is right.

    The transaction has to be kept whatever the answer: do not raise in it.
    """
    of_user = (
        table.c.environment_id == environment_id,
        table.c.user_id == user_id,
        table.c.purpose == purpose,
        table.c.expires_at > now,
    )
    address = _address_of(connection, user_id)
    # It is counted first, so that of many tried at once no more than five are looked at.
    counted = update(table).where(*of_user, table.c.attempts < _MOST_ATTEMPTS).values(attempts=table.c.attempts + 1)
    hashes = connection.execute(counted.returning(table.c.code_hash)).scalars().all()
    tried = _hash(user_id, purpose, address, code)
    if sum(compare_digest(each, tried) for each in hashes) == 0:
        return False
    connection.execute(update(table).where(*of_user).values(attempts=table.c.attempts - 1))
    return True


def use(connection: Connection, environment_id: str, user_id: str, purpose: str, code: str, now: int) -> bool:
    """Use a code up that `matches` found right, and tell whether this was the first time.

    In one transaction with what it is good for; the attempt was counted by `matches`.
    """
    address = _address_of(connection, user_id)
    gone = (
        delete(table)
        .where(
            table.c.environment_id == environment_id,
            table.c.user_id == user_id,
            table.c.purpose == purpose,
            table.c.code_hash == _hash(user_id, purpose, address, code),
            table.c.expires_at > now,
        )
        .returning(table.c.id)
    )
    return connection.execute(gone).first() is not None


def redeem(connection: Connection, environment_id: str, user_id: str, purpose: str, code: str, now: int) -> bool:
    """Use a code up, and tell whether it was right: `matches` and `use` in one."""
    return matches(connection, environment_id, user_id, purpose, code, now) and use(
        connection, environment_id, user_id, purpose, code, now
    )


def revoke(connection: Connection, user_id: str, purpose: str) -> None:
    """Make the codes that a user got for a purpose good no more."""
    connection.execute(delete(table).where(table.c.user_id == user_id, table.c.purpose == purpose))


def sent_at(connection: Connection, user_id: str, purpose: str) -> int | None:
    """Return when the user got the code that is good now, in milliseconds since 1970, or `None`."""
    found = select(table.c.created_at).where(table.c.user_id == user_id, table.c.purpose == purpose)
    return connection.execute(found.limit(1)).scalar()


def _address_of(connection: Connection, user_id: str) -> str:
    """Return the user's address, folded, which nobody changes until the transaction ends."""
    found = select(users.c.email_folded).where(users.c.id == user_id).with_for_update(key_share=True)
    return connection.execute(found).scalar() or ""


def _hash(user_id: str, purpose: str, address: str, code: str) -> str:
    """Return what the store keeps of a code: capitals, blanks and hyphens make no difference."""
    plain = "".join(each for each in code[:64].upper() if each in _LETTERS)
    return token_hash(f"{user_id}:{purpose}:{address}:{plain}")
