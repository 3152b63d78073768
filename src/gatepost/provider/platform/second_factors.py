"""Users get an authenticator application as their second factor; passkeys are registered in a browser, at sign-on."""

from sqlalchemy import Connection

from gatepost.identity import authenticators, devices, environments, users
from gatepost.identity.authenticators import Enrolment
from gatepost.identity.password_states import seconds_until
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.shapes.kinds import Choice, Text
from gatepost.identity.shapes.shape import Member, Shape
from gatepost.provider.platform import shown
from gatepost.provider.platform.answers import created
from gatepost.provider.platform.answers import shown as answered
from gatepost.provider.platform.call import Call
from gatepost.provider.web.response import Response

NEW = Shape(Member("type", Choice("TOTP"), required=True), *devices.NICKNAME.members.values())
ACTIVATION = Shape(Member("otp", Text(most=16), required=True))


async def enrol(call: Call) -> Response:
    """Answer with a new authenticator application, its secret among it: this once."""
    document = NEW.created(call.body)
    nickname = {"nickname": document["nickname"]} if "nickname" in document else {}

    def work(connection: Connection) -> Enrolment:
        user = users.get(connection, call.environment_id, call.ids[0])
        issuer = environments.get(connection, call.environment_id).name
        made = authenticators.enrol(connection, call.services.sealing, user, issuer, call.now, nickname)
        call.note(made.device.id)
        return made

    made = await call.write(work)
    return created({**shown.device(call, made.device), "secret": made.secret, "keyUri": made.key_uri})


async def activate(call: Call) -> Response:
    """Answer with an authenticator application, which works now that its first code has come."""
    code = ACTIVATION.created(call.body)["otp"]
    await call.read(lambda _: None)
    user_id, device_id = call.ids
    # What is wrong is counted, and so not in the transaction that is undone then.
    check = await call.services.store.write_async(
        lambda connection: authenticators.activate(
            connection, call.services.sealing, call.environment_id, user_id, device_id, code, call.now
        )
    )
    if not check.right:
        until = check.locked_until
        inner = None if until is None else {"secondsUntilUnlock": seconds_until(until, call.now)}
        raise InvalidData(Violation("INVALID_VALUE", "otp", "The code is wrong.", inner))
    device = await call.write(lambda connection: devices.get(connection, call.environment_id, user_id, device_id))
    return answered(shown.device(call, device))
