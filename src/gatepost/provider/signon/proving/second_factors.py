"""Second factors: chosen, enrolled, asked."""

from sqlalchemy import Connection

from gatepost.identity import (
    authenticators,
    passkeys,
    recovery_codes,
    users,
)
from gatepost.identity.devices import FactorCheck
from gatepost.identity.password_states import seconds_until
from gatepost.identity.refusals import IdentityError, InvalidData, NotFound, Violation
from gatepost.provider.signon import sealed_challenges
from gatepost.provider.signon.acting import Acting
from gatepost.provider.signon.effects import noted
from gatepost.provider.signon.events import (
    DeviceChosen,
    Event,
    FactorProven,
)
from gatepost.provider.signon.policy import choices
from gatepost.provider.signon.proving.decisions import Decide, Rejected
from gatepost.provider.signon.state import Device


async def select(acting: Acting) -> Decide:
    """Find out what choosing a second factor means."""
    wanted = acting.fields["device"]
    offered = choices(acting.flow)
    for each in offered:
        if each.id == wanted.get("id") if each.id else each.kind == wanted.get("type"):
            chosen = DeviceChosen(each)
            return lambda _: chosen
    allowed = [each.id or each.kind for each in offered]
    target = "device.id" if "id" in wanted else "device.type"
    raise InvalidData(
        Violation("INVALID_VALUE", target, "There is no such device to choose.", {"allowedValues": allowed})
    )


async def one_time_password(acting: Acting) -> Decide:
    """Find out what a one-time password or a recovery code means."""
    flow, otp = acting.flow, acting.fields["otp"]
    user, device = flow.user, flow.device
    if user is None or device is None:
        raise NotFound("there is no such device")
    sealing, environment_id, now = acting.services.sealing, acting.environment_id, acting.now
    challenge = sealed_challenges.opened(sealing, flow.challenge)

    def check(connection: Connection) -> FactorCheck:
        if device.kind == "RECOVERY_CODES":
            return recovery_codes.use(connection, environment_id, user.id, otp, now)
        if device.enrolling:
            return authenticators.activate(connection, sealing, environment_id, user.id, challenge["id"], otp, now)
        return authenticators.check(connection, sealing, environment_id, user.id, otp, now, device_id=device.id)

    def decide(connection: Connection) -> Event | Rejected:
        found = check(connection)
        if not found.right:
            noted(connection, acting, "MFA.FAILED", "FAILED")
            return Rejected(_wrong_otp(found, now))
        return FactorProven("otp", Device(challenge["id"], "TOTP") if device.enrolling else None)

    return decide


def _wrong_otp(found: FactorCheck, now: int) -> IdentityError:
    if found.locked_until is None:
        return InvalidData(Violation("INVALID_CREDENTIALS", "otp", "The one-time password is wrong, or was used."))
    inner = {"secondsUntilUnlock": seconds_until(found.locked_until, now)}
    text = "Too many wrong one-time passwords. Second factors are locked for a while."
    return InvalidData(Violation("PASSWORD_LOCKED_OUT", "otp", text, inner))


async def assertion(acting: Acting) -> Decide:
    """Find out what a passkey's answer means."""
    flow = acting.flow
    user, device = flow.user, flow.device
    if user is None or device is None:
        raise NotFound("there is no such device")
    challenge = str(sealed_challenges.opened(acting.services.sealing, flow.challenge).get("challenge", ""))
    credential, name = acting.fields["assertion"], acting.fields.get("name")

    def enrol(connection: Connection) -> Event | Rejected:
        owner = users.get(connection, acting.environment_id, user.id)
        sent = {"nickname": name} if name is not None else None
        made = passkeys.register(connection, owner, credential, challenge, acting.party, acting.now, sent)
        return FactorProven("hwk", Device(made.id, "FIDO2", name or ""))

    def check(connection: Connection) -> Event | Rejected:
        proof = passkeys.check(
            connection,
            acting.environment_id,
            credential,
            challenge,
            acting.party,
            acting.now,
            user_id=user.id,
        )
        if proof is None:
            noted(connection, acting, "MFA.FAILED", "FAILED")
            text = "The passkey's answer is not right."
            # A challenge is good for one answer: the next one is about another.
            return Rejected(InvalidData(Violation("INVALID_CREDENTIALS", "assertion", text)), DeviceChosen(device))
        return FactorProven("hwk")

    return enrol if device.enrolling else check
