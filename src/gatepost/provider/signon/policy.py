"""Which steps a sign-on needs: those of the application's policy that the browser's session does not answer."""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from gatepost.identity.sign_on_actions import SignOnAction
from gatepost.identity.sign_on_conditions import holds
from gatepost.provider.signon.state import Device, DeviceKind, Flow, PolicyStep, StepType

# What shows in a session that a step was gone through.
PROOF: Mapping[StepType, str] = MappingProxyType(
    {"LOGIN": "pwd", "IDENTIFIER_FIRST": "pwd", "MULTI_FACTOR_AUTHENTICATION": "mfa"}
)
FIRST_FACTORS = frozenset({"LOGIN", "IDENTIFIER_FIRST"})
_FACTORS: tuple[tuple[DeviceKind, tuple[str, ...]], ...] = (
    ("TOTP", ("authenticator",)),
    ("FIDO2", ("securityKey", "boundBiometrics")),
)
AGREED = "agreement:"


class Facts(NamedTuple):
    """What conditions are about.

    Attributes:
        user: The user's members, as the platform's API shows them.
        address: The address of who asks.
        identifier: The name that was given.
    """

    user: Mapping[str, Any]
    address: str = ""
    identifier: str = ""

    def value(self, path: str, proofs: Mapping[str, int]) -> object:
        """Return the value of a condition's variable, or `None`."""
        if path == "identifier":
            return self.identifier or None
        if path == "flow.request.http.remoteIp":
            return self.address
        parts = path.split(".")
        if parts[:3] == ["session", "lastSignOn", "withAuthenticator"]:
            return proofs.get(parts[3])
        found: object = self.user
        for part in parts[1:]:
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


def steps_of(actions: Iterable[SignOnAction]) -> tuple[PolicyStep, ...]:
    """Return the steps of a policy's actions."""
    return tuple(_step(each) for each in actions)


def needed(step: PolicyStep, proofs: Mapping[str, int], facts: Facts, now: int) -> bool:
    """Tell whether a user has to go through a step, given what they have proven before.

    A step whose condition does not speak of the last sign-on, or that has none, was gone through once its method is
    among the proofs; one whose condition does is gone through when the condition holds.

    Args:
        step: The step.
        proofs: The methods with their times, in milliseconds since 1970.
        facts: What conditions are about.
        now: The time, in milliseconds since 1970.
    """
    condition = step.condition
    timed = condition is not None and "${session." in json.dumps(condition)
    if not timed and proof_of(step) in proofs:
        return False
    return holds(condition, lambda path: facts.value(path, proofs), now)


def left(steps: Iterable[PolicyStep], proofs: Mapping[str, int], facts: Facts, now: int) -> tuple[PolicyStep, ...]:
    """Return the steps that a user has to go through; see `needed`."""
    return tuple(each for each in steps if needed(each, proofs, facts, now))


def choices(flow: Flow) -> tuple[Device, ...]:
    """Return the second factors that a user may choose from: their own, or else the kinds that may be enrolled."""
    step = flow.step
    if step is None or step.type != "MULTI_FACTOR_AUTHENTICATION":
        return ()
    own = tuple(each for each in flow.devices if each.kind in step.factors)
    if any(each.kind != "RECOVERY_CODES" for each in own):
        return own
    if any(each.kind != "RECOVERY_CODES" for each in flow.devices):
        return ()  # of a kind that is not taken: who has only the password must not get by with another that is new
    if step.no_devices != "ENROLL":
        return ()
    return tuple(Device("", kind, enrolling=True) for kind in step.factors if kind != "RECOVERY_CODES")


def proof_of(step: PolicyStep) -> str:
    """Return the method that shows that a step was gone through."""
    return f"{AGREED}{step.name}" if step.type == "AGREEMENT" else PROOF.get(step.type, f"step:{step.id}")


def methods(proofs: Mapping[str, int]) -> tuple[str, ...]:
    """Return the methods as tokens say them, in `amr` (RFC 8176)."""
    return tuple(sorted(name for name in proofs if ":" not in name))


def _step(action: SignOnAction) -> PolicyStep:
    document = action.document
    agreement = document.get("agreement", {})
    return PolicyStep(
        id=action.id,
        type=action.type,
        condition=action.condition,
        recovery=action.recovery,
        population=action.registration_population,
        no_devices=action.no_devices_mode,
        factors=_factors(document),
        name=str(agreement.get("id", "")),
        text=str(agreement.get("text", "")),
        may_decline=not document.get("disableDeclineOption", False),
    )


def _factors(document: Mapping[str, Any]) -> tuple[DeviceKind, ...]:
    """Return the kinds of second factors that an action takes: all, when it names none."""
    named = {name: document[name].get("enabled", False) for _, names in _FACTORS for name in names if name in document}
    if not named:
        return ("TOTP", "FIDO2", "RECOVERY_CODES")
    return (*(kind for kind, names in _FACTORS if any(named.get(name) for name in names)), "RECOVERY_CODES")
