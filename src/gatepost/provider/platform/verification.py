"""Users prove that an address is theirs, with a code that is sent there."""

from sqlalchemy import Connection

from gatepost.identity import attempts, one_time_codes, users
from gatepost.identity.mail import Mail, Mailer
from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.shapes.kinds import Text
from gatepost.identity.shapes.shape import Member, Shape
from gatepost.identity.users import User
from gatepost.provider.platform import shown
from gatepost.provider.platform.answers import shown as answered
from gatepost.provider.platform.call import Call
from gatepost.provider.platform.endpoint import Answer
from gatepost.provider.web.response import Response

PURPOSE = "EMAIL_VERIFICATION"
CODE = Shape(Member("verificationCode", Text(most=64), required=True))
MOST_CODES = 5
CODES_WINDOW = 3_600_000  # milliseconds


def sending_code(mailer: Mailer) -> Answer:
    """Return what sends a user a code that proves the address."""

    async def answer(call: Call) -> Response:
        user, code = await call.write(lambda connection: _issued(connection, call))
        text = f"Your verification code is {code}. It is good for ten minutes."
        await mailer.send(Mail(call.environment_id, user.email or "", "Verify your address", text), call.now)
        return answered(shown.user(call, user))

    return answer


async def verify(call: Call) -> Response:
    """Answer with the user, whose address is proven now."""
    code = CODE.created(call.body)["verificationCode"]
    await call.read(lambda _: None)
    # What is wrong is counted, and so not in the transaction that is undone then.
    right = await call.services.store.write_async(
        lambda connection: one_time_codes.matches(connection, call.environment_id, call.ids[0], PURPOSE, code, call.now)
    )

    def work(connection: Connection) -> User:
        if not (right and one_time_codes.use(connection, call.environment_id, call.ids[0], PURPOSE, code, call.now)):
            message = "The code is wrong, or has expired."
            raise InvalidData(Violation("INVALID_VALUE", "verificationCode", message))
        return users.email_verified(connection, call.environment_id, call.ids[0], call.now)

    return answered(shown.user(call, await call.write(work)))


def _issued(connection: Connection, call: Call) -> tuple[User, str]:
    environment_id, (user_id,) = call.environment_id, call.ids
    user = users.get(connection, environment_id, user_id)
    if user.email is None:
        raise InvalidData(Violation("CONSTRAINT_VIOLATION", "email", "The user has no address."))
    what = f"verification-code:{environment_id}:{user_id}"
    if not attempts.within(connection, what, most=MOST_CODES, window=CODES_WINDOW, now=call.now):
        raise InvalidData(Violation("REQUEST_LIMITED", "", "Too many codes were sent; try again later."))
    code = one_time_codes.issue(connection, environment_id, user_id, PURPOSE, call.now, address=user.email)
    return user, code
