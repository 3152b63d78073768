"""Yes and no, the codes of devices, and somebody else."""

from sqlalchemy import Connection

from gatepost.identity import (
    attempts,
    device_codes,
)
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.provider.signon import known_users
from gatepost.provider.signon.acting import Acting
from gatepost.provider.signon.effects import limited
from gatepost.provider.signon.events import (
    Answered,
    CodeEntered,
    Event,
    Reset,
)
from gatepost.provider.signon.policy import steps_of
from gatepost.provider.signon.proving.decisions import Decide, Rejected

_MOST_USER_CODES, _USER_CODES_WINDOW = 20, 900_000


async def consent(acting: Acting) -> Decide:
    """Find out what a yes or a no means."""
    answered = Answered(acting.fields["accept"])
    return lambda _: answered


async def reset(_: Acting) -> Decide:
    """Find out what it means to begin again."""
    return lambda _: Reset()


async def user_code(acting: Acting) -> Decide:
    """Find out what the user code of a device means."""
    what = f"user-code:{acting.environment_id}:{attempts.network(acting.address)}"
    code = acting.fields["userCode"]

    def decide(connection: Connection) -> Event | Rejected:
        # RFC 8628 §5.1
        if not attempts.within(connection, what, most=_MOST_USER_CODES, window=_USER_CODES_WINDOW, now=acting.now):
            raise limited("Too many codes were entered; try again later.")
        return entered(connection, acting, code)

    return decide


def entered(connection: Connection, acting: Acting, code: str) -> CodeEntered | Rejected:
    """Return what a user code comes to."""
    request = device_codes.of_user_code(connection, acting.environment_id, code[:64], acting.now)
    application = None if request is None else acting.configuration.applications.get(request.application_id)
    if request is None or application is None or not application.enabled:
        text = "The code is wrong, or has expired."
        return Rejected(InvalidData(Violation("INVALID_VALUE", "userCode", text)))
    policies = acting.configuration.policies_of(application.id)
    plan = steps_of(acting.configuration.actions_of(policies[0].id)) if policies else ()
    known = known_users.of_session(
        connection, acting.session(connection), application, plan, address=acting.address, now=acting.now
    )
    return CodeEntered(
        request.user_code,
        application.id,
        application.name,
        policies[0].name if policies else "",
        plan,
        tuple(request.document.get("scopes", ())),
        known,
    )
