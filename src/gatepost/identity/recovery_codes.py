"""Recovery codes: for who has lost every device. Ten at a time, shown once, each good once."""

import secrets

from sqlalchemy import Connection, delete, func, insert, select

from gatepost.identity import devices, users
from gatepost.identity.devices import ACTIVE, RECOVERY_CODE, FactorCheck
from gatepost.identity.ids import new_id, token_hash
from gatepost.identity.store.tables import devices as table

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ2456"
_LENGTH = 12  # 24^12: as many as 55 random bits
COUNT = 10


def issue(connection: Connection, environment_id: str, user_id: str, now: int) -> tuple[str, ...]:
    """Return new recovery codes; those that the user had are good no more.

    Raises:
        NotFound: When there is no such user.
    """
    users.get(connection, environment_id, user_id)
    connection.execute(delete(table).where(table.c.user_id == user_id, table.c.type == RECOVERY_CODE))
    codes = tuple("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(COUNT))
    row = {
        "environment_id": environment_id,
        "user_id": user_id,
        "type": RECOVERY_CODE,
        "status": ACTIVE,
        "counter": 0,
        "document": {},
        "created_at": now,
        "updated_at": now,
    }
    made = [{**row, "id": new_id(), "credential_id": _hash(user_id, code)} for code in codes]
    connection.execute(insert(table), made)
    return tuple(f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes)


def use(connection: Connection, environment_id: str, user_id: str, code: str, now: int) -> FactorCheck:
    """Use a recovery code up. Keep the transaction, whatever comes of it: wrong ones are counted."""
    guess = devices.guess(connection, user_id, now)
    if not guess.allowed:
        return FactorCheck(False, None, guess.locked_until)
    gone = delete(table).where(
        table.c.environment_id == environment_id,
        table.c.user_id == user_id,
        table.c.type == RECOVERY_CODE,
        table.c.credential_id == _hash(user_id, code),
    )
    if connection.execute(gone).rowcount == 1:
        return devices.right(connection, user_id, None)
    return FactorCheck(False, None, guess.locked_until)


def left(connection: Connection, user_id: str) -> int:
    """Return how many recovery codes a user has left."""
    count = select(func.count()).select_from(table)
    return connection.execute(count.where(table.c.user_id == user_id, table.c.type == RECOVERY_CODE)).scalar_one()


def _hash(user_id: str, code: str) -> str:
    """Return what the store keeps of a code: capitals, blanks and hyphens make no difference."""
    plain = "".join(each for each in code[:64].upper() if each in _LETTERS)
    return token_hash(f"{user_id}:{RECOVERY_CODE}:{plain}")
