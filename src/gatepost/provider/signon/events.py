"""What happens in a flow, once it is known to be so; and what has to be done because of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from gatepost.provider.signon.policy import Facts
from gatepost.provider.signon.state import Device, PolicyStep, Status, Who


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of a user who has proven who they are.

    Attributes:
        who: The user.
        facts: What conditions are about.
        permitted: Whether the user may use the application.
        devices: The user's second factors.
        proofs: What the user proved or agreed to before, with the times in milliseconds since 1970.
    """

    who: Who
    facts: Facts
    permitted: bool
    devices: tuple[Device, ...] = ()
    proofs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What the browser's session says.

    Attributes:
        session_id: The session.
        proof: Its user.
    """

    session_id: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody gave a name; whether anybody has it is not shown.

    Attributes:
        username: The name.
        user_id: Whose it is, or `None`.
    """

    username: str
    user_id: str | None


@dataclass(frozen=True, slots=True)
class PasswordOutdated:
    """A password was right, and has to be changed.

    Attributes:
        username: The name.
        user_id: Whose it is.
        status: Why.
    """

    username: str
    user_id: str
    status: Literal["MUST_CHANGE_PASSWORD", "PASSWORD_EXPIRED"]


@dataclass(frozen=True, slots=True)
class RecoveryAsked:
    """Somebody forgot a password, or wants the code once more.

    Attributes:
        username: The name that was given.
        user_id: Whose it is, or `None`.
    """

    username: str
    user_id: str | None


@dataclass(frozen=True, slots=True)
class Unverified:
    """A user proved who they are, or registered, and has to prove the address; or wants the code once more.

    Attributes:
        username: The name.
        user_id: Whose it is.
    """

    username: str
    user_id: str


@dataclass(frozen=True, slots=True)
class SignedOn:
    """A user proved who they are with a first factor.

    Attributes:
        proof: What is known of the user.
    """

    proof: Proof


@dataclass(frozen=True, slots=True)
class DeviceChosen:
    """A second factor was chosen.

    Attributes:
        device: Which: one of the flow's.
    """

    device: Device


@dataclass(frozen=True, slots=True)
class FactorProven:
    """The chosen second factor answered rightly.

    Attributes:
        method: How, as in `amr`.
        enrolled: The device, when it was enrolled by that, or `None`.
    """

    method: Literal["otp", "hwk"]
    enrolled: Device | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The user said yes or no.

    Attributes:
        accept: Which.
    """

    accept: bool


@dataclass(frozen=True, slots=True)
class CodeEntered:
    """The user code of a device that waits was entered.

    Attributes:
        user_code: The code.
        application_id: The device's application.
        application_name: Its name.
        policy: The name of its sign-on policy.
        plan: The policy's steps.
        scopes: What the device asks for.
        known: What the browser's session says, or `None`.
    """

    user_code: str
    application_id: str
    application_name: str
    policy: str
    plan: tuple[PolicyStep, ...]
    scopes: tuple[str, ...] = ()
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """Somebody else wants to sign on."""


Event: TypeAlias = (
    Named
    | PasswordOutdated
    | RecoveryAsked
    | Unverified
    | SignedOn
    | DeviceChosen
    | FactorProven
    | Answered
    | CodeEntered
    | Reset
)


@dataclass(frozen=True, slots=True)
class SendCode:
    """Send a code to a user.

    Attributes:
        purpose: What it is good for.
        user_id: Who gets it.
    """

    purpose: Literal["recovery", "verification"]
    user_id: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Make what a second factor is asked, and put it into the flow: a passkey's challenge, a new secret.

    Attributes:
        device: The second factor.
    """

    device: Device


@dataclass(frozen=True, slots=True)
class EndSessions:
    """End all sessions of a user, with their tokens: somebody who knew the password before is out.

    Attributes:
        user_id: The user.
    """

    user_id: str


@dataclass(frozen=True, slots=True)
class BeginSession:
    """The sign-on is complete: begin the browser's session, or go on with the one it has, under a new cookie."""


@dataclass(frozen=True, slots=True)
class RememberConsent:
    """Note what the user allowed the application.

    Attributes:
        scopes: The scopes, or the name of an agreement.
    """

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerDevice:
    """Tell the device what the user said.

    Attributes:
        allowed: Which.
    """

    allowed: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """Note that something happened.

    Attributes:
        action: What.
        result: How it ended.
    """

    action: str
    result: Literal["SUCCESS", "FAILED"] = "SUCCESS"


Effect: TypeAlias = SendCode | Ask | EndSessions | BeginSession | RememberConsent | AnswerDevice | Audit

FIRST_STATUSES: frozenset[Status] = frozenset({"USERNAME_PASSWORD_REQUIRED", "SIGN_ON_REQUIRED", "PASSWORD_REQUIRED"})
