"""Finding out what an action means: whether a password is right, whose a name is, what a code is good for.

What takes long (Argon2) is done before; what it comes to is decided in the transaction that keeps it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gatepost.provider.signon.acting import Acting
from gatepost.provider.signon.actions import Action
from gatepost.provider.signon.proving import answers, passwords, registration, second_factors
from gatepost.provider.signon.proving.decisions import Decide, Prove, Rejected

__all__ = ["Decide", "Rejected", "decided_by"]


async def decided_by(action: Action, acting: Acting) -> Decide:
    """Return what decides, in a transaction that writes, what an action comes to.

    What it raises leaves no trace; what it returns is kept.

    Raises:
        IdentityError: When it is decided already that it comes to nothing.
    """
    return await _PROVING[action](acting)


_PROVING: Mapping[Action, Prove] = MappingProxyType(
    {
        "usernamePassword.check": passwords.username_password,
        "user.lookup": passwords.lookup,
        "password.check": passwords.password,
        "password.forgot": passwords.forgot,
        "password.recover": passwords.recover,
        "password.sendRecoveryCode": passwords.send_recovery_code,
        "password.reset": passwords.reset_password,
        "user.register": registration.register,
        "user.verify": registration.verify,
        "user.sendVerificationCode": registration.send_verification_code,
        "session.reset": answers.reset,
        "otp.check": second_factors.one_time_password,
        "device.select": second_factors.select,
        "assertion.check": second_factors.assertion,
        "user.consent": answers.consent,
        "deviceAuthGrant.userCode.verify": answers.user_code,
        "deviceAuthGrant.consent": answers.consent,
    }
)
