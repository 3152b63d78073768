"""What can be done in a flow: the actions, where each is taken, and the members of their bodies."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.shapes.fitness import unfit
from gatepost.provider.signon.policy import choices
from gatepost.provider.signon.state import Flow, Status

Action: TypeAlias = Literal[
    "usernamePassword.check",
    "user.lookup",
    "password.check",
    "password.forgot",
    "password.recover",
    "password.sendRecoveryCode",
    "password.reset",
    "user.register",
    "user.verify",
    "user.sendVerificationCode",
    "session.reset",
    "otp.check",
    "device.select",
    "assertion.check",
    "user.consent",
    "deviceAuthGrant.userCode.verify",
    "deviceAuthGrant.consent",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
Fields: TypeAlias = Mapping[str, Any]

_PREFIX = "application/vnd.pingidentity."
_LONGEST = 4096
_LONGEST_ASSERTION = 65_536


class Member(NamedTuple):
    """A member of a body.

    Attributes:
        kind: What it is.
        required: Whether it has to be there.
    """

    kind: type
    required: bool = True


_TEXT, _OPTIONAL, _FLAG = Member(str), Member(str, required=False), Member(bool)
MEMBERS: Mapping[Action, Mapping[str, Member]] = MappingProxyType(
    {
        "usernamePassword.check": {"username": _OPTIONAL, "password": _TEXT},
        "user.lookup": {"username": _TEXT, "password": _OPTIONAL},
        "password.check": {"password": _TEXT},
        "password.forgot": {"username": _OPTIONAL},
        "password.recover": {"recoveryCode": _TEXT, "newPassword": _TEXT},
        "password.sendRecoveryCode": {},
        "password.reset": {"currentPassword": _TEXT, "newPassword": _TEXT},
        "user.register": {"username": _TEXT, "email": _TEXT, "password": _TEXT, "name": Member(dict, required=False)},
        "user.verify": {"verificationCode": _TEXT},
        "user.sendVerificationCode": {},
        "session.reset": {},
        "otp.check": {"otp": _TEXT},
        "device.select": {"device": Member(dict)},
        "assertion.check": {"assertion": Member(object), "origin": _OPTIONAL, "name": _OPTIONAL},
        "user.consent": {"accept": _FLAG},
        "deviceAuthGrant.userCode.verify": {"userCode": _TEXT},
        "deviceAuthGrant.consent": {"accept": _FLAG},
    }
)
_TAKEN: Mapping[Status, tuple[Action, ...]] = MappingProxyType(
    {
        "USERNAME_PASSWORD_REQUIRED": ("usernamePassword.check",),
        "SIGN_ON_REQUIRED": ("user.lookup",),
        "PASSWORD_REQUIRED": ("usernamePassword.check", "password.check"),
        "MUST_CHANGE_PASSWORD": ("password.reset",),
        "PASSWORD_EXPIRED": ("password.reset",),
        "RECOVERY_CODE_REQUIRED": ("password.recover", "password.sendRecoveryCode"),
        "VERIFICATION_CODE_REQUIRED": ("user.verify", "user.sendVerificationCode"),
        "DEVICE_SELECTION_REQUIRED": ("device.select",),
        "OTP_REQUIRED": ("otp.check",),
        "ASSERTION_REQUIRED": ("assertion.check",),
        "AGREEMENT_CONSENT_REQUIRED": ("user.consent",),
        "DAG_USER_CODE_REQUIRED": ("deviceAuthGrant.userCode.verify",),
        "DAG_CONSENT_REQUIRED": ("deviceAuthGrant.consent",),
        "COMPLETED": (),
        "FAILED": (),
    }
)
_FIRST: frozenset[Status] = frozenset({"USERNAME_PASSWORD_REQUIRED", "SIGN_ON_REQUIRED", "PASSWORD_REQUIRED"})


def taken(flow: Flow) -> tuple[Action, ...]:
    """Return what can be done where a flow stands."""
    found = list(_TAKEN[flow.status])
    step = flow.step
    if flow.status in _FIRST and step is not None:
        if step.recovery:
            found.append("password.forgot")
        if step.population is not None and flow.status != "PASSWORD_REQUIRED":
            found.append("user.register")
    if flow.status in {"OTP_REQUIRED", "ASSERTION_REQUIRED"} and len(choices(flow)) > 1:
        found.append("device.select")
    begun = flow.user is not None or flow.claimed or flow.status not in _FIRST
    if begun and not flow.ended and flow.status != "DAG_USER_CODE_REQUIRED":
        found.append("session.reset")
    return tuple(found)


def of_media_type(media_type: str) -> Action | None:
    """Return the action that a media type names, or `None`; `+json` may be left out, as PingOne's own pages do."""
    if not media_type.startswith(_PREFIX):
        return None
    name = media_type[len(_PREFIX) :].removesuffix("+json")
    return _BY_NAME.get(name.lower())


def is_of_vendor(media_type: str) -> bool:
    """Tell whether a media type is one of PingOne's, known or not."""
    return media_type.startswith(_PREFIX)


def read(action: Action, sent: object) -> dict[str, Any]:
    """Return the members of an action's body; others are ignored, `null` is none.

    Raises:
        InvalidData: With everything that is wrong with it.
    """
    if not isinstance(sent, dict):
        raise InvalidData(Violation("INVALID_VALUE", "", "The request body must be a JSON object."))
    found: dict[str, Any] = {}
    told: list[Violation] = []
    for name, member in MEMBERS[action].items():
        value = sent.get(name)
        if value is None or value == "":
            if member.required:
                told.append(Violation("REQUIRED_VALUE", name, f"{name} is required."))
        elif not isinstance(value, member.kind) or (member.kind is bool) is not isinstance(value, bool):
            told.append(Violation("INVALID_VALUE", name, f"The value must be {_SAID[member.kind]}."))
        elif isinstance(value, str) and len(value) > (_LONGEST_ASSERTION if name == "assertion" else _LONGEST):
            told.append(Violation("SIZE_LIMIT_EXCEEDED", name, "The value is too long."))
        elif faults := unfit(value, name):
            told.extend(faults)
        else:
            found[name] = value
    if told:
        raise InvalidData(*told)
    return found


_SAID = {str: "a string", bool: "true or false", dict: "an object", object: "an object or a string"}
_BY_NAME: Mapping[str, Action] = MappingProxyType({each.lower(): each for each in ACTIONS})
