"""Names and passwords: checked, forgotten, set anew."""

from sqlalchemy import Connection

from gatepost.identity import (
    attempts,
    passwords,
    users,
)
from gatepost.identity.passwords import CheckResult
from gatepost.identity.refusals import InvalidData, NotFound, Violation
from gatepost.identity.user_shape import USERNAME_MOST
from gatepost.identity.users import User
from gatepost.provider.signon.acting import Acting
from gatepost.provider.signon.effects import limit_codes, limited, noted
from gatepost.provider.signon.events import (
    Event,
    Named,
    PasswordOutdated,
    RecoveryAsked,
    SignedOn,
    Unverified,
)
from gatepost.provider.signon.proving.decisions import Decide, Rejected

_MOST_FAILURES, _FAILURES_WINDOW = 100, 900_000  # of one address


async def username_password(acting: Acting) -> Decide:
    """Find out what a name and a password mean."""
    username = acting.fields.get("username") or acting.flow.claimed
    if not username:
        raise InvalidData(Violation("REQUIRED_VALUE", "username", "username is required."))
    return await _checked(acting, username)


async def password(acting: Acting) -> Decide:
    """Find out what the password of the name that was given means."""
    return await _checked(acting, acting.flow.claimed)


async def lookup(acting: Acting) -> Decide:
    """Find out what a name means."""
    if "password" in acting.fields:
        return await username_password(acting)
    user = await _by_username(acting, acting.fields["username"])
    named = Named(acting.fields["username"][:USERNAME_MOST], None if user is None else user.id)
    return lambda _: named


async def _checked(acting: Acting, username: str) -> Decide:
    store, environment_id, now = acting.services.store, acting.environment_id, acting.now
    what = f"sign-on:{environment_id}:{attempts.network(acting.address)}"
    over = await store.read_async(lambda each: attempts.locked(each, what, most=_MOST_FAILURES, now=now))
    if over is not None:
        raise limited("Too many sign-ons from this address failed; try again later.")
    password = acting.fields["password"]
    result = await passwords.check_username(store, environment_id, username, password, now, acting.memory)

    def decide(connection: Connection) -> Event | Rejected:
        if result.proven is None:
            attempts.tried(connection, what, window=_FAILURES_WINDOW, now=now)
            action = "ACCOUNT.LOCKED" if result.verdict == "PASSWORD_LOCKED_OUT" else "PASSWORD.CHECK_FAILED"
            noted(connection, acting, action, "FAILED")
            return Rejected(result.refusal(now))
        return _proven(connection, acting, result.proven, result)

    return decide


def _proven(connection: Connection, acting: Acting, user: User, result: CheckResult | None = None) -> Event:
    """Return what a right password comes to."""
    if result is not None and result.verdict == "MUST_CHANGE_PASSWORD":
        return PasswordOutdated(user.username, user.id, "MUST_CHANGE_PASSWORD")
    if result is not None and result.verdict == "PASSWORD_EXPIRED":
        return PasswordOutdated(user.username, user.id, "PASSWORD_EXPIRED")
    if user.verification_required and user.email is not None:
        return Unverified(user.username, user.id)
    return SignedOn(acting.proof(connection, user))


async def forgot(acting: Acting) -> Decide:
    """Find out what a forgotten password means: a code goes to whoever has the name and an address."""
    username = acting.fields.get("username") or acting.flow.claimed
    if not username:
        raise InvalidData(Violation("REQUIRED_VALUE", "username", "username is required."))
    user = await _by_username(acting, username)
    reachable = user is not None and user.email is not None and user.can_authenticate
    asked = RecoveryAsked(username[:USERNAME_MOST], user.id if user is not None and reachable else None)
    return sending(acting, asked)


async def send_recovery_code(acting: Acting) -> Decide:
    """Find out what it means to ask for the code once more."""
    return sending(acting, RecoveryAsked(acting.flow.claimed, acting.flow.claimed_id))


def sending(acting: Acting, event: RecoveryAsked | Unverified) -> Decide:
    """Return what sends a code, as often as that may be."""

    def decide(connection: Connection) -> Event:
        limit_codes(connection, acting, event.username)
        return event

    return decide


async def recover(acting: Acting) -> Decide:
    """Find out what a recovery code and a new password mean."""
    fields, user_id = acting.fields, acting.flow.claimed_id
    state = await passwords.recover(
        acting.services.store,
        acting.environment_id,
        user_id,
        fields["recoveryCode"],
        fields["newPassword"],
        acting.now,
    )
    return _after_new_password(acting, state.user.id)


async def reset_password(acting: Acting) -> Decide:
    """Find out what the current password and a new one mean, where it has to be changed."""
    fields, user_id = acting.fields, acting.flow.claimed_id
    if user_id is None:
        raise NotFound("there is no such user")
    await passwords.change(
        acting.services.store,
        acting.environment_id,
        user_id,
        fields["currentPassword"],
        fields["newPassword"],
        acting.now,
    )
    return _after_new_password(acting, user_id)


def _after_new_password(acting: Acting, user_id: str) -> Decide:
    def decide(connection: Connection) -> Event | Rejected:
        user = users.get(connection, acting.environment_id, user_id)
        if not user.can_authenticate:
            return Rejected(CheckResult("ACCOUNT_DISABLED").refusal(acting.now))
        return _proven(connection, acting, user)

    return decide


async def _by_username(acting: Acting, username: str) -> User | None:
    return await acting.services.store.read_async(
        lambda connection: users.by_username(connection, acting.environment_id, username)
    )
