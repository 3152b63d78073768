"""Users who register themselves, and prove their address."""

from sqlalchemy import Connection

from gatepost.identity import (
    attempts,
    one_time_codes,
    passwords,
    users,
)
from gatepost.identity.ids import new_id
from gatepost.identity.passwords import CheckResult
from gatepost.identity.refusals import InvalidData, NotFound, Violation
from gatepost.provider.signon.acting import Acting
from gatepost.provider.signon.effects import VERIFICATION, limit_codes, limited, noted
from gatepost.provider.signon.events import (
    Event,
    SignedOn,
    Unverified,
)
from gatepost.provider.signon.proving.decisions import Decide, Rejected
from gatepost.provider.signon.proving.passwords import sending

_MOST_REGISTRATIONS, _REGISTRATIONS_WINDOW = 20, 3_600_000


async def register(acting: Acting) -> Decide:
    """Find out what it means to register."""
    step, fields = acting.flow.step, acting.fields
    if step is None or step.population is None:
        raise NotFound("users do not register themselves here")
    sent = {
        "username": fields["username"],
        "email": fields["email"],
        "password": {"value": fields["password"]},
        "population": {"id": step.population},
        "lifecycle": {"status": "VERIFICATION_REQUIRED"},
        **({"name": fields["name"]} if "name" in fields else {}),
    }
    store = acting.services.store
    # Before anything is looked at, and for itself: what is refused then counts too, as it tells which names are taken.
    if not await store.write_async(lambda connection: _within(connection, acting)):
        raise limited("Too many registrations from this address; try again later.")
    password, user_id = await passwords.for_new_user(store, acting.environment_id, sent), new_id()

    def decide(connection: Connection) -> Event:
        user = users.create(connection, acting.environment_id, sent, acting.now, password=password, user_id=user_id)
        noted(connection, acting, "USER.CREATED", "SUCCESS")
        limit_codes(connection, acting, user.username)
        return Unverified(user.username, user.id)

    return decide


def _within(connection: Connection, acting: Acting) -> bool:
    what = f"registration:{acting.environment_id}:{attempts.network(acting.address)}"
    return attempts.within(connection, what, most=_MOST_REGISTRATIONS, window=_REGISTRATIONS_WINDOW, now=acting.now)


async def verify(acting: Acting) -> Decide:
    """Find out what a verification code means."""
    user_id, code = acting.flow.claimed_id, acting.fields["verificationCode"]

    def decide(connection: Connection) -> Event | Rejected:
        environment_id, now = acting.environment_id, acting.now
        if user_id is None or not one_time_codes.redeem(connection, environment_id, user_id, VERIFICATION, code, now):
            text = "The code is wrong, or has expired."
            return Rejected(InvalidData(Violation("INVALID_VALUE", "verificationCode", text)))
        user = users.email_verified(connection, environment_id, user_id, now)
        if not user.can_authenticate:
            return Rejected(CheckResult("ACCOUNT_DISABLED").refusal(now))
        return SignedOn(acting.proof(connection, user))

    return decide


async def send_verification_code(acting: Acting) -> Decide:
    """Find out what it means to ask for the code once more."""
    if acting.flow.claimed_id is None:
        raise NotFound("there is no such user")
    return sending(acting, Unverified(acting.flow.claimed, acting.flow.claimed_id))
