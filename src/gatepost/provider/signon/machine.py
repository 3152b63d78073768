"""The flow machine: what a flow becomes by an event, and what has to be done. Pure: no clock, no store, no chance."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from gatepost.errors import GatepostError
from gatepost.provider.signon.events import (
    FIRST_STATUSES,
    AnswerDevice,
    Answered,
    Ask,
    Audit,
    BeginSession,
    CodeEntered,
    DeviceChosen,
    Effect,
    EndSessions,
    Event,
    FactorProven,
    Known,
    Named,
    PasswordOutdated,
    Proof,
    RecoveryAsked,
    RememberConsent,
    Reset,
    SendCode,
    SignedOn,
    Unverified,
)
from gatepost.provider.signon.policy import FIRST_FACTORS, choices, left, proof_of
from gatepost.provider.signon.state import Device, Failure, Flow, PolicyStep, Status, StepType

_STATUS: Mapping[StepType, Status] = MappingProxyType(
    {
        "LOGIN": "USERNAME_PASSWORD_REQUIRED",
        "IDENTIFIER_FIRST": "SIGN_ON_REQUIRED",
        "AGREEMENT": "AGREEMENT_CONSENT_REQUIRED",
        "CONSENT": "AGREEMENT_CONSENT_REQUIRED",
        "USER_CODE": "DAG_USER_CODE_REQUIRED",
        "DEVICE_CONSENT": "DAG_CONSENT_REQUIRED",
    }
)


class NotNow(GatepostError):
    """An event cannot happen where the flow stands."""


class Outcome(NamedTuple):
    """What an event leads to.

    Attributes:
        flow: Where the flow stands.
        effects: What has to be done together with keeping that.
    """

    flow: Flow
    effects: tuple[Effect, ...] = ()


def begin(flow: Flow, known: Known | None, now: int) -> Outcome:
    """Return a flow, with its whole plan before it, at the first step that the browser's session does not answer.

    Args:
        flow: The flow.
        known: What the session says of its user, or `None` when there is none, or it does not count.
        now: The time, in milliseconds since 1970.
    """
    return _arrive(_planned(flow, known, now), now)


def take(flow: Flow, event: Event, now: int) -> Outcome:
    """Return what an event leads to.

    Raises:
        NotNow: When it cannot happen where the flow stands.
    """
    return _TAKING[type(event)](flow, event, now)


# ── Who it is ────────────────────────────────────────────────────────────────────────────────────────────────────


def _named(flow: Flow, event: Named, _: int) -> Outcome:
    _expect(flow, "SIGN_ON_REQUIRED", "PASSWORD_REQUIRED")
    return Outcome(_claimed(flow, "PASSWORD_REQUIRED", event.username, event.user_id))


def _outdated(flow: Flow, event: PasswordOutdated, _: int) -> Outcome:
    _expect(flow, *FIRST_STATUSES)
    return Outcome(_claimed(flow, event.status, event.username, event.user_id), (Audit("PASSWORD.CHECK_SUCCEEDED"),))


def _recovery(flow: Flow, event: RecoveryAsked, _: int) -> Outcome:
    _expect(flow, *FIRST_STATUSES, "RECOVERY_CODE_REQUIRED")
    if flow.step is None or not flow.step.recovery:
        raise NotNow("the sign-on policy does not let a password be recovered")
    effects: tuple[Effect, ...] = (Audit("PASSWORD.RECOVERY_REQUESTED"),)
    if event.user_id is not None:
        effects = (SendCode("recovery", event.user_id), *effects)
    return Outcome(_claimed(flow, "RECOVERY_CODE_REQUIRED", event.username, event.user_id), effects)


def _unverified(flow: Flow, event: Unverified, _: int) -> Outcome:
    _expect(flow, *FIRST_STATUSES, *_PROVING, "VERIFICATION_CODE_REQUIRED")
    moved = _claimed(flow, "VERIFICATION_CODE_REQUIRED", event.username, event.user_id)
    return Outcome(moved, (SendCode("verification", event.user_id),))


def _signed_on(flow: Flow, event: SignedOn, now: int) -> Outcome:
    _expect(flow, *FIRST_STATUSES, *_PROVING, "VERIFICATION_CODE_REQUIRED")
    step = flow.step
    if step is None or step.type not in FIRST_FACTORS or flow.user is not None:
        raise NotNow("no first factor is asked for")
    proof = event.proof
    proofs = {**proof.proofs, proof_of(step): now}
    steps = left(flow.steps[1:], proofs, proof.facts, now)
    known = _known(flow, proof, proofs, steps)
    arrived = _arrive(replace(known, fresh=True, claimed="", claimed_id=None), now)
    recovered: tuple[Effect, ...] = (EndSessions(proof.who.id),) if flow.status == "RECOVERY_CODE_REQUIRED" else ()
    return Outcome(arrived.flow, (*recovered, Audit("USER.SIGN_ON"), *arrived.effects))


def _reset(flow: Flow, _: Reset, now: int) -> Outcome:
    if flow.ended or flow.status == "DAG_USER_CODE_REQUIRED":
        raise NotNow("nobody has begun to sign on")
    anew = Flow(
        kind=flow.kind,
        status=flow.status,
        steps=flow.plan,
        plan=flow.plan,
        policy=flow.policy,
        application_id=flow.application_id,
        application_name=flow.application_name,
        request=flow.request,
        scopes=flow.scopes,
        user_code=flow.user_code,
        expected=flow.expected,
        session_before=flow.session_before,
        cookies_before=flow.cookies_before,
        forced=flow.forced,
    )
    return _arrive(anew, now)


# ── The second factor ────────────────────────────────────────────────────────────────────────────────────────────


def _chosen(flow: Flow, event: DeviceChosen, now: int) -> Outcome:
    _expect(flow, "DEVICE_SELECTION_REQUIRED", "OTP_REQUIRED", "ASSERTION_REQUIRED")
    if event.device not in choices(flow):
        raise NotNow("there is no such device to choose")
    return _asking(flow, event.device)


def _factor(flow: Flow, event: FactorProven, now: int) -> Outcome:
    _expect(flow, "OTP_REQUIRED" if event.method == "otp" else "ASSERTION_REQUIRED")
    proofs = {**flow.proofs, event.method: now, "mfa": now}
    devices = flow.devices if event.enrolled is None else (*flow.devices, event.enrolled)
    on = replace(flow, steps=flow.steps[1:], proofs=proofs, devices=devices, fresh=True, device=None, challenge=None)
    return _adding(Audit("MFA.SUCCEEDED"), _arrive(on, now))


# ── Yes and no ───────────────────────────────────────────────────────────────────────────────────────────────────


def _answered(flow: Flow, event: Answered, now: int) -> Outcome:
    _expect(flow, "AGREEMENT_CONSENT_REQUIRED", "DAG_CONSENT_REQUIRED")
    step = flow.step
    if step is None or flow.user is None:
        raise NotNow("nobody has signed on")
    device: tuple[Effect, ...] = (AnswerDevice(event.accept),) if step.type == "DEVICE_CONSENT" else ()
    if not event.accept:
        if flow.kind == "device":
            device = (AnswerDevice(False),)
        failed = _failed(flow, "access_denied", "The user did not consent")
        return Outcome(failed.flow, (*device, Audit("CONSENT.DENIED", "FAILED"), *failed.effects))
    agreed = (proof_of(step),) if step.type == "AGREEMENT" else flow.scopes
    proofs = {**flow.proofs, proof_of(step): now} if step.type == "AGREEMENT" else flow.proofs
    on = _arrive(replace(flow, steps=flow.steps[1:], proofs=proofs), now)
    return Outcome(on.flow, (RememberConsent(agreed), *device, Audit("CONSENT.GIVEN"), *on.effects))


def _code_entered(flow: Flow, event: CodeEntered, now: int) -> Outcome:
    _expect(flow, "DAG_USER_CODE_REQUIRED")
    named = replace(
        flow,
        plan=(*event.plan, PolicyStep("device-consent", "DEVICE_CONSENT")),
        policy=event.policy,
        application_id=event.application_id,
        application_name=event.application_name,
        scopes=event.scopes,
        user_code=event.user_code,
    )
    return _arrive(_planned(named, event.known, now), now)


# ── Where it goes on ─────────────────────────────────────────────────────────────────────────────────────────────


def _planned(flow: Flow, known: Known | None, now: int) -> Flow:
    """Return the flow with the steps of its plan that are left."""
    if known is None:
        return replace(flow, steps=flow.plan)
    proof = known.proof
    steps = left(flow.plan, proof.proofs, proof.facts, now)
    if any(each.type in FIRST_FACTORS for each in steps):
        # Who signs on now may be somebody else, for whom nothing of the session counts.
        return replace(flow, steps=flow.plan, hint=flow.hint or proof.who.username)
    return replace(_known(flow, proof, proof.proofs, steps), session_id=known.session_id)


def _known(flow: Flow, proof: Proof, proofs: Mapping[str, int], steps: tuple[PolicyStep, ...]) -> Flow:
    return replace(flow, steps=steps, user=proof.who, proofs=proofs, permitted=proof.permitted, devices=proof.devices)


def _arrive(flow: Flow, now: int) -> Outcome:
    """Return the flow at its present step, or at its end."""
    if flow.user is not None:
        if not flow.permitted:
            return _failed(flow, "access_denied", "The user may not use the application")
        if flow.expected is not None and flow.expected != flow.user.id:
            return _failed(flow, "login_required", "Another user signed on than the one that id_token_hint names")
    step = flow.step
    if step is None:
        return _completed(flow)
    if step.type not in FIRST_FACTORS and step.type != "USER_CODE" and flow.user is None:
        return _failed(flow, "access_denied", "The sign-on policy does not begin with finding out who signs on")
    if step.type == "MULTI_FACTOR_AUTHENTICATION":
        return _second_factor(flow, step, now)
    return Outcome(replace(flow, status=_STATUS[step.type], device=None, challenge=None))


def _second_factor(flow: Flow, step: PolicyStep, now: int) -> Outcome:
    offered = choices(flow)
    if all(each.enrolling or each.kind == "RECOVERY_CODES" for each in offered):
        if step.no_devices == "BYPASS" and not flow.devices:
            return _arrive(replace(flow, steps=flow.steps[1:]), now)
        if step.no_devices != "ENROLL" or not offered:
            text = "The user has no second factor of a kind that the sign-on policy takes"
            return _failed(flow, "access_denied", text)
    real = [each for each in offered if not each.enrolling and each.kind != "RECOVERY_CODES"]
    if len(real) == 1:
        return _asking(flow, real[0])
    return Outcome(replace(flow, status="DEVICE_SELECTION_REQUIRED", device=None, challenge=None))


def _asking(flow: Flow, device: Device) -> Outcome:
    status: Status = "ASSERTION_REQUIRED" if device.kind == "FIDO2" else "OTP_REQUIRED"
    effects: tuple[Effect, ...] = (Ask(device),) if device.enrolling or device.kind == "FIDO2" else ()
    return Outcome(replace(flow, status=status, device=device, challenge=None), effects)


def _completed(flow: Flow) -> Outcome:
    if flow.user is None:
        return _failed(flow, "access_denied", "Nobody has signed on")
    return Outcome(replace(flow, status="COMPLETED", device=None, challenge=None), (BeginSession(),))


def _failed(flow: Flow, error: str, description: str) -> Outcome:
    effects: tuple[Effect, ...] = (Audit("FLOW.FAILED", "FAILED"),)
    failed = replace(flow, status="FAILED", failure=Failure(error, description), device=None, challenge=None)
    return Outcome(failed, effects)


def _claimed(flow: Flow, status: Status, username: str, user_id: str | None) -> Flow:
    return replace(flow, status=status, claimed=username, claimed_id=user_id)


def _adding(effect: Effect, outcome: Outcome) -> Outcome:
    return Outcome(outcome.flow, (effect, *outcome.effects))


def _expect(flow: Flow, *statuses: Status) -> None:
    if flow.status not in statuses:
        raise NotNow(f"the flow's status is {flow.status}")


# Where a password is set anew.
_PROVING: tuple[Status, ...] = ("MUST_CHANGE_PASSWORD", "PASSWORD_EXPIRED", "RECOVERY_CODE_REQUIRED")

_TAKING: Mapping[type, Callable[[Flow, Any, int], Outcome]] = MappingProxyType(
    {
        Named: _named,
        PasswordOutdated: _outdated,
        RecoveryAsked: _recovery,
        Unverified: _unverified,
        SignedOn: _signed_on,
        Reset: _reset,
        DeviceChosen: _chosen,
        FactorProven: _factor,
        Answered: _answered,
        CodeEntered: _code_entered,
    }
)
