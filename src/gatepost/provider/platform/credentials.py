"""Passwords of users, and secrets of applications and resources."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection

from gatepost.identity import (
    applications,
    attempts,
    client_secrets,
    one_time_codes,
    password_states,
    passwords,
    resources,
    users,
)
from gatepost.identity.client_secrets import Secret
from gatepost.identity.mail import Mail, Mailer
from gatepost.identity.password_states import PasswordState
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.shapes.kinds import Text
from gatepost.identity.shapes.shape import Member, Shape
from gatepost.provider.platform import shown
from gatepost.provider.platform.answers import Document, Work
from gatepost.provider.platform.answers import shown as answered
from gatepost.provider.platform.call import Call
from gatepost.provider.platform.endpoint import Answer
from gatepost.provider.web.response import Response

_PASSWORD = Text(least=0, most=4096)
RESET = Shape(Member("currentPassword", _PASSWORD, required=True), Member("newPassword", _PASSWORD, required=True))
CHECK = Shape(Member("password", _PASSWORD, required=True))
RECOVER = Shape(Member("recoveryCode", Text(most=64), required=True), Member("newPassword", _PASSWORD, required=True))

ROTATION = Shape(Member("previous", Shape(Member("expiresAt", Text(most=40), required=True))))

_MOST_CODES = 5
_CODES_WINDOW = 3_600_000  # milliseconds


def current_secret(connection: Connection, call: Call) -> Secret:
    """Return the secret of the application or the resource in the path."""
    return client_secrets.current(connection, call.services.sealing, _owner(connection, call), call.now)


def rotated_secret(connection: Connection, call: Call) -> Secret:
    """Give the application or the resource in the path a new secret."""
    return client_secrets.rotate(connection, call.services.sealing, _owner(connection, call), call.body, call.now)


def removed_previous_secret(connection: Connection, call: Call) -> None:
    """End the secret before the current one."""
    client_secrets.remove_previous(connection, _owner(connection, call))


def secret_answer(work: Work, *, writes: bool = False) -> Answer:
    """Answer with a secret."""

    async def answer(call: Call) -> Response:
        run = call.write if writes else call.read
        return answered(shown.secret(call, await run(lambda connection: work(connection, call))))

    return answer


async def password_state(call: Call) -> Response:
    """Answer with how a password stands."""
    user_id = call.request.parameters["userId"]
    expanded = call.named("expand")
    state = await call.read(lambda connection: password_states.of_user(connection, call.environment_id, user_id))
    body: Document = shown.password(call, state)
    if "passwordPolicy" in expanded and state.policy.id:
        body["_embedded"] = {"passwordPolicy": shown.plain("passwordPolicies")(call, state.policy)}
    return answered(body)


def with_password(change: Callable[[Call, str], Awaitable[PasswordState]]) -> Answer:
    """Answer with how a password stands once it was changed; hashing keeps nobody waiting."""

    async def answer(call: Call) -> Response:
        user_id = call.request.parameters["userId"]
        await call.read(lambda connection: users.get(connection, call.environment_id, user_id))
        state = await change(call, user_id)
        await call.write(lambda _: None)
        return answered(shown.password(call, state))

    return answer


async def set_password(call: Call, user_id: str) -> PasswordState:
    """Set a password as an administrator."""
    return await passwords.set_password(call.services.store, call.environment_id, user_id, call.body, call.now)


async def reset_password(call: Call, user_id: str) -> PasswordState:
    """Change a password as who knows the current one."""
    body = RESET.created(call.body)
    current, new = body["currentPassword"], body["newPassword"]
    own = call.actor.session_id if call.by_self else None
    return await passwords.change(
        call.services.store, call.environment_id, user_id, current, new, call.now, session_id=own
    )


async def check_password(call: Call, user_id: str) -> PasswordState:
    """Check a password; a wrong one counts towards the lockout."""
    body = CHECK.created(call.body)
    store = call.services.store
    result = await passwords.check(store, call.environment_id, user_id, body["password"], call.now)
    if result.user is None:
        raise result.refusal(call.now)
    return await store.read_async(lambda connection: password_states.of_user(connection, call.environment_id, user_id))


async def recover_password(call: Call, user_id: str) -> PasswordState:
    """Set a forgotten password anew, with the code that its owner got."""
    body = RECOVER.created(call.body)
    code, new = body["recoveryCode"], body["newPassword"]
    return await passwords.recover(call.services.store, call.environment_id, user_id, code, new, call.now)


async def unlock_password(call: Call, user_id: str) -> PasswordState:
    """Unlock a password."""
    return await passwords.unlock(call.services.store, call.environment_id, user_id)


async def force_change(call: Call) -> Response:
    """Have a user change the password at the next sign-on."""
    user_id = call.request.parameters["userId"]
    state = await call.write(lambda connection: password_states.force_change(connection, call.environment_id, user_id))
    return answered(shown.password(call, state))


def sending_recovery_code(mailer: Mailer) -> Callable[[Call, str], Awaitable[PasswordState]]:
    """Return what sends a user a code that sets a forgotten password anew."""

    async def send(call: Call, user_id: str) -> PasswordState:
        environment_id = call.environment_id

        def issued(connection: Connection) -> tuple[str, Any, PasswordState]:
            user = users.get(connection, environment_id, user_id)
            if user.email is None:
                raise InvalidData(Violation("CONSTRAINT_VIOLATION", "email", "The user has no address."))
            what = f"recovery-code:{environment_id}:{user_id}"
            if not attempts.within(connection, what, most=_MOST_CODES, window=_CODES_WINDOW, now=call.now):
                raise InvalidData(Violation("REQUEST_LIMITED", "", "Too many codes were sent; try again later."))
            code = one_time_codes.issue(
                connection, environment_id, user_id, passwords.RECOVERY, call.now, address=user.email
            )
            return code, user.email, password_states.of_user(connection, environment_id, user_id)

        code, address, state = await call.services.store.write_async(issued)
        text = f"Your code to set a new password is {code}. It is good for ten minutes."
        await mailer.send(Mail(environment_id, address, "Set a new password", text), call.now)
        return state

    return send


def _owner(connection: Connection, call: Call) -> str:
    """Return what the secret is of, which is in this environment: secrets are found by their owner alone."""
    if "applicationId" in call.request.parameters:
        return applications.get(connection, call.environment_id, call.ids[0]).id
    return resources.get(connection, call.environment_id, call.ids[0]).id
