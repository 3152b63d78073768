"""Where a sign-on flow stands: a value that does not change, kept as JSON between two requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import msgspec

Status: TypeAlias = Literal[
    "USERNAME_PASSWORD_REQUIRED",
    "SIGN_ON_REQUIRED",
    "PASSWORD_REQUIRED",
    "MUST_CHANGE_PASSWORD",
    "PASSWORD_EXPIRED",
    "RECOVERY_CODE_REQUIRED",
    "VERIFICATION_CODE_REQUIRED",
    "DEVICE_SELECTION_REQUIRED",
    "OTP_REQUIRED",
    "ASSERTION_REQUIRED",
    "AGREEMENT_CONSENT_REQUIRED",
    "DAG_USER_CODE_REQUIRED",
    "DAG_CONSENT_REQUIRED",
    "COMPLETED",
    "FAILED",
]
StepType: TypeAlias = Literal[
    "LOGIN", "IDENTIFIER_FIRST", "MULTI_FACTOR_AUTHENTICATION", "AGREEMENT", "CONSENT", "USER_CODE", "DEVICE_CONSENT"
]
Kind: TypeAlias = Literal["authorize", "device"]
DeviceKind: TypeAlias = Literal["TOTP", "FIDO2", "RECOVERY_CODES"]


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """A step that has to be gone through.

    Attributes:
        id: What tells it from the others, such as its action's identifier.
        type: What it is.
        condition: When it is gone through, as JSON; see `identity.sign_on_conditions`.
        recovery: Whether a forgotten password may be recovered.
        population: The population of users who register themselves, or `None` when they may not.
        no_devices: What becomes of who has no second factor: `ENROLL`, `BLOCK` or `BYPASS`.
        factors: The kinds of second factors that count.
        name: The name of an agreement.
        text: Its text.
        may_decline: Whether saying no to it is offered.
    """

    id: str
    type: StepType
    condition: Mapping[str, Any] | None = None
    recovery: bool = False
    population: str | None = None
    no_devices: str = "ENROLL"
    factors: tuple[DeviceKind, ...] = ("TOTP", "FIDO2", "RECOVERY_CODES")
    name: str = ""
    text: str = ""
    may_decline: bool = True


@dataclass(frozen=True, slots=True)
class Who:
    """A user, as much of them as the flow shows.

    Attributes:
        id: The identifier.
        username: The name.
        given: The given name.
        family: The family name.
    """

    id: str
    username: str
    given: str | None = None
    family: str | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A second factor.

    Attributes:
        id: Its identifier; empty for a kind that may be enrolled.
        kind: What it is.
        name: What its owner calls it.
        enrolling: Whether it is about to be enrolled.
    """

    id: str
    kind: DeviceKind
    name: str = ""
    enrolling: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a flow failed, as OAuth says it (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).

    Attributes:
        error: The code, such as `access_denied`.
        description: One sentence.
    """

    error: str
    description: str


@dataclass(frozen=True, slots=True)
class Flow:
    """Where a flow stands.

    Attributes:
        kind: Whether it answers an authorization request or lets a device in.
        status: What it waits for.
        steps: The steps that are left, the present one first.
        plan: All steps of the policy, with which signing on as somebody else begins.
        policy: The name of the policy, `acr` in tokens.
        application_id: The application; empty while a device flow has no user code.
        application_name: Its name.
        request: The authorization request, as JSON; `None` in a device flow.
        scopes: The scopes that a consent is about.
        user_code: The user code of a device flow.
        claimed: The name that somebody gave, and has not proven to be theirs.
        claimed_id: Whose it is, or `None` when nobody's; never shown.
        user: Who has proven who they are.
        proofs: The methods that did, with their times in milliseconds since 1970: `pwd`, `otp`, `hwk`, `mfa`.
        fresh: Whether something was proven in this flow, and not only in the session before.
        session_id: The browser's session whose proofs count, or `None`.
        permitted: Whether the user may use the application.
        devices: The user's second factors that count, or the kinds that may be enrolled.
        device: The one that is asked.
        challenge: What it is asked, sealed, or `None`.
        session_before: Whether the browser had a session when the flow began; without, its cookie never gets one.
        cookies_before: The hashes of the values that the browser's cookie had earlier in the flow.
        forced: Whether nothing counts that was proven before this flow.
        expected: The user that the application wants, by its `id_token_hint`, or `None`.
        hint: The name that the application proposes, by its `login_hint`.
        failure: Why it failed, or `None`.
    """

    kind: Kind
    status: Status
    steps: tuple[PolicyStep, ...]
    plan: tuple[PolicyStep, ...]
    policy: str = ""
    application_id: str = ""
    application_name: str = ""
    request: Mapping[str, Any] | None = None
    scopes: tuple[str, ...] = ()
    user_code: str = ""
    claimed: str = ""
    claimed_id: str | None = None
    user: Who | None = None
    proofs: Mapping[str, int] = field(default_factory=dict)
    fresh: bool = False
    session_id: str | None = None
    permitted: bool = False
    devices: tuple[Device, ...] = ()
    device: Device | None = None
    challenge: str | None = None
    session_before: bool = True
    cookies_before: tuple[str, ...] = ()
    forced: bool = False
    expected: str | None = None
    hint: str = ""
    failure: Failure | None = None

    @property
    def step(self) -> PolicyStep | None:
        """The present step, or `None` when none is left."""
        return self.steps[0] if self.steps else None

    @property
    def ended(self) -> bool:
        """Whether nothing more can be done in it."""
        return self.status in {"COMPLETED", "FAILED"}

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Flow":
        """Return the flow that `document` returned."""
        return msgspec.convert(document, cls)
