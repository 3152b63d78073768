"""Passwords: set, changed and checked. Argon2 runs on threads of its own, and never within a transaction."""

from functools import partial

from sqlalchemy import Connection

from gatepost.identity import (
    attempts,
    one_time_codes,
    password_hashing,
    password_rules,
    password_states,
    sessions,
    token_families,
    users,
)
from gatepost.identity.password_check import CheckResult, Verdict, check, check_username
from gatepost.identity.password_hashing import hashing
from gatepost.identity.password_policies import DAY, PasswordPolicy
from gatepost.identity.password_states import PasswordState
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.store.store import Store
from gatepost.identity.user_shape import PASSWORD, SHAPE
from gatepost.identity.users import NewPassword, User

__all__ = [
    "RECOVERY",
    "CheckResult",
    "Verdict",
    "change",
    "check",
    "check_username",
    "create_user",
    "for_bootstrap",
    "for_new_user",
    "recover",
    "set_password",
    "unlock",
]

RECOVERY = "PASSWORD_RECOVERY"  # the purpose of the codes that set a forgotten password anew


async def create_user(store: Store, environment_id: str, sent: object, now: int, *, hash_allowed: bool = False) -> User:
    """Return a new user, with the password that `sent` has, if any; see `users.create` and `for_new_user`."""
    password = await for_new_user(store, environment_id, sent, hash_allowed=hash_allowed)
    return await store.write_async(
        lambda connection: users.create(connection, environment_id, sent, now, password=password)
    )


async def for_new_user(
    store: Store, environment_id: str, sent: object, *, hash_allowed: bool = False
) -> NewPassword | None:
    """Return the password of a user who is about to be created, checked and hashed, or `None` when there is none.

    Args:
        store: The store.
        environment_id: The environment.
        sent: The user.
        hash_allowed: Whether the password may be a hash that was made elsewhere, which no policy can be held against:
            for administrators who import users, never for who registers.

    Raises:
        InvalidData: With everything that is wrong with the user, or with the password.
    """
    document = SHAPE.created(sent)
    password = document.get("password")
    if password is None:
        return None
    population = document.get("population")
    policy = await store.read_async(
        lambda connection: password_states.policy_of_population(
            connection, environment_id, population["id"] if population else None
        )
    )
    profile = password_rules.profile_of(document)
    value = password["value"]
    made = await hashing(partial(password_hashing.imported, value)) if hash_allowed else None
    if made is None:
        made = await hashing(partial(_accepted, policy, value, profile, "password.value", None))
    return NewPassword(made, password["forceChange"])


async def set_password(store: Store, environment_id: str, user_id: str, sent: object, now: int) -> PasswordState:
    """Set a user's password as an administrator: `{"value": "...", "forceChange": false}`.

    The value may be a hash that was made elsewhere; see `password_hashing.imported`.

    Raises:
        NotFound: When there is no such user.
        InvalidData: When the password does not fit the policy, or was used before.
    """
    body = PASSWORD.created(sent)
    state = await _state(store, environment_id, user_id)
    made = await hashing(partial(password_hashing.imported, body["value"]))
    if made is None:
        made = await hashing(partial(_prepared, state, body["value"], None, "value", now))
    return await _keep(store, state, made, must_change=body["forceChange"], now=now)


async def change(
    store: Store, environment_id: str, user_id: str, current: str, new: str, now: int, *, session_id: str | None = None
) -> PasswordState:
    """Change a password as its owner, who knows the current one; a wrong one is counted towards the lockout.

    Args:
        store: The store.
        environment_id: The environment.
        user_id: Whose password it is.
        current: The current one.
        new: The new one.
        now: The time, in milliseconds since 1970.
        session_id: The owner's session in which it is changed, which goes on as the only one, or `None`.

    Raises:
        NotFound: When there is no such user.
        InvalidData: When the current password is wrong or locked, the user may not sign on, or the new one does not
            fit the policy, was used before, or comes too soon.
    """
    result = await check(store, environment_id, user_id, current, now)
    if result.proven is None:
        raise result.refusal(now, "currentPassword")
    state = await _state(store, environment_id, user_id)
    if result.verdict == "OK" and state.changed_at is not None and now < state.changed_at + state.policy.min_age:
        days = state.policy.min_age // DAY
        message = f"The password may be changed again {days} day(s) after it was changed."
        raise InvalidData(Violation("CONSTRAINT_VIOLATION", "newPassword", message))
    made = await hashing(partial(_changed, state, new, current, now))
    return await _keep(store, state, made, must_change=False, now=now, verified=state.hash, session_id=session_id)


async def recover(
    store: Store, environment_id: str, user_id: str | None, code: str, new: str, now: int
) -> PasswordState:
    """Set a forgotten password anew, with the code that was sent to its owner; the code is used up only then.

    Args:
        store: The store.
        environment_id: The environment.
        user_id: Whose password it is, or `None` for somebody who does not exist: refused like a wrong code.
        code: The code.
        new: The new password.
        now: The time, in milliseconds since 1970.

    Raises:
        InvalidData: When the code is wrong, or the new password does not fit the policy or was used before.
    """
    if user_id is None or not await store.write_async(
        lambda connection: one_time_codes.matches(connection, environment_id, user_id, RECOVERY, code, now)
    ):
        raise _wrong_code()
    state = await _state(store, environment_id, user_id)
    made = await hashing(partial(_prepared, state, new, None, "newPassword", now))

    def keep(connection: Connection) -> PasswordState:
        if not one_time_codes.use(connection, environment_id, user_id, RECOVERY, code, now):
            raise _wrong_code()
        _end_sessions(connection, user_id, now)
        return password_states.keep(connection, state, made, must_change=False, now=now)

    return await store.write_async(keep)


async def unlock(store: Store, environment_id: str, user_id: str) -> PasswordState:
    """Unlock a user's password.

    Raises:
        NotFound: When there is no such user.
    """

    def work(connection: Connection) -> PasswordState:
        state = password_states.unlock(connection, environment_id, user_id)
        attempts.forget(connection, f"no-password:{environment_id}:{user_id}")
        return state

    return await store.write_async(work)


def for_bootstrap(cleartext: str, *, must_change: bool = False) -> NewPassword:
    """Return a password that a program chose, hashed here and now, and not held against any policy."""
    return NewPassword(password_hashing.hashed(cleartext), must_change)


def _accepted(policy: PasswordPolicy, value: str, profile: tuple[str, ...], target: str, current: str | None) -> str:
    """Return the hash of a password that fits the policy."""
    unsatisfied = password_rules.unsatisfied(policy.document, value, profile, current)
    if unsatisfied:
        raise password_rules.refusal(unsatisfied, target)
    return password_hashing.hashed(value)


def _prepared(state: PasswordState, value: str, current: str | None, target: str, now: int) -> str:
    """Return the hash of a password that fits the policy and is none of those before."""
    made = _accepted(state.policy, value, password_rules.profile_of(state.user.document), target, current)
    if state.policy.document.get("bypassPolicy"):
        return made
    if (
        state.policy.document.get("notSimilarToCurrent")
        and state.hash
        and password_hashing.verified(state.hash, value).matches
    ):
        raise password_rules.refusal(["notSimilarToCurrent"], target)
    history = state.policy.history
    if history is not None:
        past = [each.hash for each in state.history[: history.count] if each.until + history.retention > now]
        if any(password_hashing.verified(each, value).matches for each in [state.hash, *past] if each):
            raise password_rules.refusal(["history"], target)
    return made


async def _state(store: Store, environment_id: str, user_id: str) -> PasswordState:
    return await store.read_async(lambda connection: password_states.of_user(connection, environment_id, user_id))


async def _keep(
    store: Store,
    state: PasswordState,
    made: str,
    *,
    must_change: bool,
    now: int,
    verified: str | None = None,
    session_id: str | None = None,
) -> PasswordState:
    """Keep a password, and end what came of the one before.

    Args:
        store: The store.
        state: How the password stood.
        made: The hash of the new one.
        must_change: Whether its owner has to change it.
        now: The time, in milliseconds since 1970.
        verified: The hash of the one that its owner showed to know, which it still has to be.
        session_id: The session that goes on, or `None`.
    """

    def work(connection: Connection) -> PasswordState:
        if verified is not None and not password_states.still_is(connection, state.user.id, verified):
            raise _other_password()
        _end_sessions(connection, state.user.id, now, session_id)
        fresh = password_states.of_user(connection, state.user.environment_id, state.user.id)
        return password_states.keep(connection, fresh, made, must_change=must_change, now=now)

    return await store.write_async(work)


def _changed(state: PasswordState, value: str, current: str, now: int) -> str:
    """Return the hash of a new password, where the current one is the one of this state."""
    if state.hash is None or not password_hashing.verified(state.hash, current).matches:
        raise _other_password()  # somebody changed it since it was checked
    return _prepared(state, value, current, "newPassword", now)


def _end_sessions(connection: Connection, user_id: str, now: int, session_id: str | None = None) -> None:
    """End what came of a password, but for one session: whoever knew it is out."""
    sessions.end_of_user(connection, user_id, but=session_id)
    token_families.revoke_of_user(connection, user_id, now, but_of=session_id)


def _other_password() -> InvalidData:
    return InvalidData(Violation("INVALID_VALUE", "currentPassword", "The password was changed meanwhile."))


def _wrong_code() -> InvalidData:
    return InvalidData(Violation("INVALID_VALUE", "recoveryCode", "The code is wrong, or has expired."))
