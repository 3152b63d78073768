"""What is kept of a user's password, and how it stands. Nothing here hashes: it is quick enough for a transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, Select, and_, bindparam, case, or_, select, update

from gatepost.identity import password_policies, times, users
from gatepost.identity.folding import fold
from gatepost.identity.password_policies import Lockout, PasswordPolicy
from gatepost.identity.refusals import NotFound
from gatepost.identity.store.statements import insert_or_update
from gatepost.identity.store.tables import passwords as table
from gatepost.identity.store.tables import populations
from gatepost.identity.store.tables import users as users_table
from gatepost.identity.users import User

Status: TypeAlias = Literal["OK", "NO_PASSWORD", "MUST_CHANGE_PASSWORD", "PASSWORD_EXPIRED", "PASSWORD_LOCKED_OUT"]


class Earlier(NamedTuple):
    """A password of the past.

    Attributes:
        hash: Its hash.
        until: When another one took its place, in milliseconds since 1970.
    """

    hash: str
    until: int


@dataclass(frozen=True, slots=True)
class PasswordState:
    """A user's password.

    Attributes:
        user: Whose it is.
        policy: What holds for it.
        hash: Its hash, or `None` when there is none.
        must_change: Whether its owner has to change it.
        history: The passwords before it, the latest first.
        failures: How many wrong ones were tried in turn.
        locked_until: Until when it is locked, in milliseconds since 1970, or `None`.
        changed_at: When it was set, in milliseconds since 1970, or `None` when there is none.
    """

    user: User
    policy: PasswordPolicy
    hash: str | None
    must_change: bool
    history: Sequence[Earlier]
    failures: int
    locked_until: int | None
    changed_at: int | None

    def __repr__(self) -> str:
        """Show whose it is, and nothing of it."""
        return f"PasswordState(user={self.user.id!r})"

    def locked(self, now: int) -> bool:
        """Tell whether it is locked."""
        return self.locked_until is not None and self.locked_until > now

    def expired(self, now: int) -> bool:
        """Tell whether it is older than the policy allows."""
        age = self.policy.max_age
        return age is not None and self.changed_at is not None and self.changed_at + age <= now

    def status(self, now: int) -> Status:
        """Return how it stands."""
        if self.hash is None:
            return "NO_PASSWORD"
        if self.locked(now):
            return "PASSWORD_LOCKED_OUT"
        if self.must_change:
            return "MUST_CHANGE_PASSWORD"
        return "PASSWORD_EXPIRED" if self.expired(now) else "OK"

    def document(self, now: int) -> dict[str, Any]:
        """Return the members that the platform's API shows."""
        shown: dict[str, Any] = {
            "environment": {"id": self.user.environment_id},
            "user": {"id": self.user.id},
            "passwordPolicy": {"id": self.policy.id},
            "status": self.status(now),
        }
        if self.changed_at is not None:
            shown["lastChangedAt"] = times.write(self.changed_at)
        if self.locked(now) and self.locked_until is not None:
            shown["secondsUntilUnlock"] = seconds_until(self.locked_until, now)
        return shown


_OF_USER = (
    select(
        users_table,
        table.c.hash,
        table.c.must_change,
        table.c.history,
        table.c.failures,
        table.c.locked_until,
        table.c.changed_at,
        populations.c.document[("passwordPolicy", "id")].as_string().label("policy_id"),
    )
    .join(populations, populations.c.id == users_table.c.population_id)
    .outerjoin(table, table.c.user_id == users_table.c.id)
)
_OF_ID = _OF_USER.where(users_table.c.id == bindparam("this"), users_table.c.environment_id == bindparam("environment"))
_OF_NAME = _OF_USER.where(*users.NAMED)
_OPEN = select(table.c.user_id).where(
    table.c.user_id == bindparam("user"),
    table.c.hash == bindparam("verified"),
    or_(table.c.locked_until.is_(None), table.c.locked_until <= bindparam("now")),
)


def of_user(connection: Connection, environment_id: str, user_id: str) -> PasswordState:
    """Return a user's password.

    Raises:
        NotFound: When there is no such user.
    """
    found = _first(connection, _OF_ID, {"this": user_id, "environment": environment_id})
    if found is None:
        raise NotFound("there is no such user in this environment")
    return found


def of_username(connection: Connection, environment_id: str, username: str) -> PasswordState | None:
    """Return the password of the user of a name, or `None` when there is no such user."""
    return _first(connection, _OF_NAME, {"environment": environment_id, "folded": fold(username)})


def policy_of_population(connection: Connection, environment_id: str, population_id: str | None) -> PasswordPolicy:
    """Return the policy that holds for a population's users, or for those of the default one."""
    this = populations.c.id == population_id if population_id is not None else populations.c.is_default
    own = populations.c.document[("passwordPolicy", "id")].as_string()
    found = select(own).where(populations.c.environment_id == environment_id, this).limit(1)
    return password_policies.effective(connection, environment_id, connection.execute(found).scalar())


def keep(connection: Connection, state: PasswordState, new_hash: str, *, must_change: bool, now: int) -> PasswordState:
    """Keep a password that was checked and hashed; nothing is locked any more, and the one before is history."""
    policy, earlier = state.policy.history, list(state.history)
    if state.hash is not None:
        earlier.insert(0, Earlier(state.hash, now))
    history = [each for each in earlier if policy and each.until + policy.retention > now]
    kept = history[: policy.count if policy else 0]
    values = {
        "user_id": state.user.id,
        "environment_id": state.user.environment_id,
        "hash": new_hash,
        "must_change": must_change,
        "history": [list(each) for each in kept],
        "failures": 0,
        "locked_until": None,
        "changed_at": now,
    }
    changed = tuple(name for name in values if name not in {"user_id", "environment_id"})
    insert_or_update(connection, table, ("user_id",), values, changed)
    return PasswordState(state.user, state.policy, new_hash, must_change, kept, 0, None, now)


def failed(connection: Connection, user_id: str, lockout: Lockout, now: int) -> int | None:
    """Count a wrong password, and return until when the password is locked by now, or `None`."""
    open_again = and_(table.c.locked_until.is_not(None), table.c.locked_until <= now)
    failures = case((open_again, 1), else_=table.c.failures + 1)
    counted = (
        update(table)
        .where(table.c.user_id == user_id, or_(table.c.locked_until.is_(None), table.c.locked_until <= now))
        .values(
            failures=failures, locked_until=case((failures >= lockout.failures, now + lockout.duration), else_=None)
        )
        .returning(table.c.locked_until)
    )
    row = connection.execute(counted).first()
    if row is None:
        row = connection.execute(select(table.c.locked_until).where(table.c.user_id == user_id)).first()
    return None if row is None else row.locked_until


def succeeded(connection: Connection, user_id: str, verified_hash: str, now: int) -> bool:
    """Forget the wrong ones after a right one, and tell whether that counts: not when it was locked meanwhile."""
    cleared = (
        update(table)
        .where(
            table.c.user_id == user_id,
            table.c.hash == verified_hash,
            or_(table.c.locked_until.is_(None), table.c.locked_until <= now),
        )
        .values(failures=0, locked_until=None)
    )
    return connection.execute(cleared).rowcount == 1


def still_open(connection: Connection, user_id: str, verified_hash: str, now: int) -> bool:
    """Tell whether a password is the one it was, and is not locked."""
    return connection.execute(_OPEN, {"user": user_id, "verified": verified_hash, "now": now}).first() is not None


def still_is(connection: Connection, user_id: str, verified_hash: str) -> bool:
    """Tell whether a password is the one it was; nobody changes it until the transaction ends."""
    found = select(table.c.user_id).where(table.c.user_id == user_id, table.c.hash == verified_hash)
    return connection.execute(found.with_for_update()).first() is not None


def rehashed(connection: Connection, user_id: str, old_hash: str, new_hash: str) -> None:
    """Keep another hash of the same password."""
    connection.execute(update(table).where(table.c.user_id == user_id, table.c.hash == old_hash).values(hash=new_hash))


def unlock(connection: Connection, environment_id: str, user_id: str) -> PasswordState:
    """Unlock a password.

    Raises:
        NotFound: When there is no such user.
    """
    connection.execute(update(table).where(table.c.user_id == user_id).values(failures=0, locked_until=None))
    return of_user(connection, environment_id, user_id)


def force_change(connection: Connection, environment_id: str, user_id: str) -> PasswordState:
    """Have a user change the password at the next sign-on.

    Raises:
        NotFound: When there is no such user.
    """
    connection.execute(
        update(table)
        .where(table.c.user_id == user_id, table.c.environment_id == environment_id)
        .values(must_change=True)
    )
    return of_user(connection, environment_id, user_id)


def seconds_until(at: int, now: int) -> int:
    """Return how many seconds there are until a time, rounded up."""
    return max(-((now - at) // 1000), 0)


def _first(connection: Connection, statement: Select[Any], which: Mapping[str, str]) -> PasswordState | None:
    row = connection.execute(statement, which).first()
    if row is None:
        return None
    user = users.of_row(row)
    policy = password_policies.effective(connection, user.environment_id, row.policy_id)
    if row.hash is None:
        return PasswordState(user, policy, None, False, (), 0, None, None)
    return PasswordState(
        user,
        policy,
        row.hash,
        row.must_change,
        tuple(Earlier(*each) for each in row.history),
        row.failures,
        row.locked_until,
        row.changed_at,
    )
