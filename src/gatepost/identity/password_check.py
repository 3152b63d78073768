"""Whether a password is right. Argon2 runs on threads of its own, and never within a transaction."""

from functools import partial
from typing import Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection

from gatepost.identity import attempts, password_hashing, password_states
from gatepost.identity.folding import fold
from gatepost.identity.password_hashing import hashing
from gatepost.identity.password_policies import Lockout, PasswordPolicy
from gatepost.identity.password_states import PasswordState, seconds_until
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.store.store import Store
from gatepost.identity.users import User
from gatepost.identity.verified_passwords import VerifiedPasswords

_NEVER = Lockout(2**31 - 1, 0)

Verdict: TypeAlias = Literal[
    "OK", "MUST_CHANGE_PASSWORD", "PASSWORD_EXPIRED", "INVALID_CREDENTIALS", "PASSWORD_LOCKED_OUT", "ACCOUNT_DISABLED"
]


class CheckResult(NamedTuple):
    """What a password was found to be.

    Attributes:
        verdict: What it is; `ACCOUNT_DISABLED` is a right password of a user who may not sign on.
        user: Whose it is, when it is right.
        locked_until: Until when nobody can sign on with it, in milliseconds since 1970, when it is locked.
    """

    verdict: Verdict
    user: User | None = None
    locked_until: int | None = None

    @property
    def proven(self) -> User | None:
        """The user, when they proved who they are and may go on, if only to change the password."""
        return self.user if self.verdict in {"OK", "MUST_CHANGE_PASSWORD", "PASSWORD_EXPIRED"} else None

    def refusal(self, now: int, target: str = "password") -> InvalidData:
        """Return the refusal to show: the same for everything that is not a lock."""
        if self.verdict == "PASSWORD_LOCKED_OUT":
            inner = {"secondsUntilUnlock": seconds_until(self.locked_until or now, now)}
            message = "Too many unsuccessful sign-on attempts. The account is locked for a while."
            return InvalidData(Violation("PASSWORD_LOCKED_OUT", target, message, inner))
        message = "The provided credentials are invalid: the username or the password is wrong."
        return InvalidData(Violation("INVALID_CREDENTIALS", target, message))


async def check_username(
    store: Store, environment_id: str, username: str, cleartext: str, now: int, memory: VerifiedPasswords | None = None
) -> CheckResult:
    """Check who somebody says they are. Names that nobody has take the same time, and are locked in the same way."""
    state = await store.read_async(lambda connection: password_states.of_username(connection, environment_id, username))
    if state is None:
        return await _nobody(store, environment_id, fold(username), cleartext, now)
    return await _checked(store, state, cleartext, now, memory)


async def check(
    store: Store, environment_id: str, user_id: str, cleartext: str, now: int, memory: VerifiedPasswords | None = None
) -> CheckResult:
    """Check a user's password; a wrong one is counted towards the lockout.

    Raises:
        NotFound: When there is no such user.
    """
    state = await _state(store, environment_id, user_id)
    return await _checked(store, state, cleartext, now, memory)


async def _checked(
    store: Store, state: PasswordState, cleartext: str, now: int, memory: VerifiedPasswords | None
) -> CheckResult:
    user, kept = state.user, state.hash
    if kept is None:
        return await _nobody(store, user.environment_id, user.id, cleartext, now, state.policy)
    if state.locked(now):
        return CheckResult("PASSWORD_LOCKED_OUT", None, state.locked_until)
    if memory is not None and memory.knows(user.id, kept, cleartext, now):
        right = password_hashing.Verified(True)
    else:
        right = await hashing(partial(password_hashing.verified, kept, cleartext))
    if not right.matches:
        lockout = state.policy.lockout or _NEVER
        until = await store.write_async(lambda connection: password_states.failed(connection, user.id, lockout, now))
        return CheckResult("PASSWORD_LOCKED_OUT" if until else "INVALID_CREDENTIALS", None, until)
    if not await _counts(store, state, kept, now):
        fresh = await _state(store, user.environment_id, user.id)
        verdict: Verdict = "PASSWORD_LOCKED_OUT" if fresh.locked(now) else "INVALID_CREDENTIALS"
        return CheckResult(verdict, None, fresh.locked_until)
    if right.outdated:
        kept = await _rehashed(store, user, kept, cleartext)
    if memory is not None:
        memory.learn(user.id, kept, cleartext, now)
    if not user.can_authenticate:
        return CheckResult("ACCOUNT_DISABLED", user)
    if state.must_change:
        return CheckResult("MUST_CHANGE_PASSWORD", user)
    return CheckResult("PASSWORD_EXPIRED" if state.expired(now) else "OK", user)


async def _counts(store: Store, state: PasswordState, kept: str, now: int) -> bool:
    """Tell whether a right password counts: not when others failed often enough to lock it while it was verified."""
    user_id = state.user.id
    if state.failures:
        return await store.write_async(lambda connection: password_states.succeeded(connection, user_id, kept, now))
    return await store.read_async(lambda connection: password_states.still_open(connection, user_id, kept, now))


async def _rehashed(store: Store, user: User, kept: str, cleartext: str) -> str:
    anew = await hashing(partial(password_hashing.hashed, cleartext))
    await store.write_async(lambda connection: password_states.rehashed(connection, user.id, kept, anew))
    return anew


async def _nobody(
    store: Store, environment_id: str, who: str, cleartext: str, now: int, policy: PasswordPolicy | None = None
) -> CheckResult:
    """Do as much as for a wrong password."""
    what = f"no-password:{environment_id}:{who}"

    def begin(connection: Connection) -> tuple[Lockout, int | None]:
        found = policy or password_states.policy_of_population(connection, environment_id, None)
        lockout = found.lockout or _NEVER
        return lockout, attempts.locked(connection, what, most=lockout.failures, now=now)

    lockout, until = await store.read_async(begin)
    if until is not None:
        return CheckResult("PASSWORD_LOCKED_OUT", None, until)
    await hashing(partial(password_hashing.spend_time, cleartext))
    guess = await store.write_async(
        lambda connection: attempts.guess(connection, what, most=lockout.failures, duration=lockout.duration, now=now)
    )
    verdict: Verdict = "INVALID_CREDENTIALS" if guess.locked_until is None else "PASSWORD_LOCKED_OUT"
    return CheckResult(verdict, None, guess.locked_until)


async def _state(store: Store, environment_id: str, user_id: str) -> PasswordState:
    return await store.read_async(lambda connection: password_states.of_user(connection, environment_id, user_id))
