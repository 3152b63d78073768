"""The flow machine: pure, whole in its table, and never at its end before every step was gone through."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gatepost.provider.signon import actions
from gatepost.provider.signon.events import (
    AnswerDevice,
    Answered,
    BeginSession,
    CodeEntered,
    DeviceChosen,
    Event,
    FactorProven,
    Known,
    Named,
    PasswordOutdated,
    Proof,
    RecoveryAsked,
    Reset,
    SignedOn,
    Unverified,
)
from gatepost.provider.signon.machine import NotNow, Outcome, begin, take
from gatepost.provider.signon.policy import Facts, choices, needed, proof_of
from gatepost.provider.signon.state import Device, Flow, PolicyStep, Status, StepType, Who

NOW = 1_800_000_000_000
ANN, BOB = Who("ann", "ann"), Who("bob", "bob")
TOTP = Device("totp-1", "TOTP")
PASSKEY = Device("key-1", "FIDO2")
LOGIN = PolicyStep("login", "LOGIN", recovery=True)
MFA = PolicyStep("mfa", "MULTI_FACTOR_AUTHENTICATION")


def proof(who: Who = ANN, *devices: Device, permitted: bool = True, **proofs: int) -> Proof:
    return Proof(who, Facts({"id": who.id}), permitted, devices, proofs)


EVENTS: tuple[Event, ...] = (
    Named("ann", "ann"),
    PasswordOutdated("ann", "ann", "MUST_CHANGE_PASSWORD"),
    RecoveryAsked("ann", "ann"),
    Unverified("ann", "ann"),
    SignedOn(proof()),
    DeviceChosen(TOTP),
    FactorProven("otp"),
    FactorProven("hwk"),
    Answered(accept=True),
    CodeEntered("BCDFGHJK", "app", "App", "Policy", (LOGIN,)),
    Reset(),
)
_FIRST = {"Named", "PasswordOutdated", "RecoveryAsked", "Unverified", "SignedOn"}
# What can happen where; Named is for where a name is asked for, or was given.
TABLE: dict[Status, set[str]] = {
    "USERNAME_PASSWORD_REQUIRED": {*_FIRST - {"Named"}, "Reset"},
    "SIGN_ON_REQUIRED": {*_FIRST, "Reset"},
    "PASSWORD_REQUIRED": {*_FIRST, "Reset"},
    "MUST_CHANGE_PASSWORD": {"Unverified", "SignedOn", "Reset"},
    "PASSWORD_EXPIRED": {"Unverified", "SignedOn", "Reset"},
    "RECOVERY_CODE_REQUIRED": {"Unverified", "SignedOn", "RecoveryAsked", "Reset"},
    "VERIFICATION_CODE_REQUIRED": {"Unverified", "SignedOn", "Reset"},
    "DEVICE_SELECTION_REQUIRED": {"DeviceChosen", "Reset"},
    "OTP_REQUIRED": {"DeviceChosen", "FactorProven:otp", "Reset"},
    "ASSERTION_REQUIRED": {"DeviceChosen", "FactorProven:hwk", "Reset"},
    "AGREEMENT_CONSENT_REQUIRED": {"Answered", "Reset"},
    "DAG_USER_CODE_REQUIRED": {"CodeEntered"},
    "DAG_CONSENT_REQUIRED": {"Answered", "Reset"},
    "COMPLETED": set(),
    "FAILED": set(),
}
_STEPS: dict[Status, PolicyStep] = {
    "DEVICE_SELECTION_REQUIRED": MFA,
    "OTP_REQUIRED": MFA,
    "ASSERTION_REQUIRED": MFA,
    "AGREEMENT_CONSENT_REQUIRED": PolicyStep("consent", "CONSENT"),
    "DAG_USER_CODE_REQUIRED": PolicyStep("code", "USER_CODE"),
    "DAG_CONSENT_REQUIRED": PolicyStep("device-consent", "DEVICE_CONSENT"),
}


def name_of(event: Event) -> str:
    return f"FactorProven:{event.method}" if isinstance(event, FactorProven) else type(event).__name__


def flow_in(status: Status) -> Flow:
    step = _STEPS.get(status, LOGIN)
    known = ANN if step.type not in {"LOGIN", "USER_CODE"} else None
    steps = () if status in {"COMPLETED", "FAILED"} else (step,)
    return Flow("authorize", status, steps, (LOGIN, MFA), user=known, permitted=True, devices=(TOTP, PASSKEY))


def test_the_table_has_every_status() -> None:
    assert set(TABLE) == set(get_args(Status))


@pytest.mark.parametrize("event", EVENTS, ids=name_of)
@pytest.mark.parametrize("status", get_args(Status))
def test_an_event_happens_where_the_table_says_and_nowhere_else(status: Status, event: Event) -> None:
    flow = flow_in(status)
    if name_of(event) in TABLE[status]:
        assert take(flow, event, NOW).flow is not flow
    else:
        with pytest.raises(NotNow):
            take(flow, event, NOW)


@pytest.mark.parametrize("status", get_args(Status))
def test_what_is_offered_is_known(status: Status) -> None:
    offered = actions.taken(flow_in(status))
    assert set(offered) <= set(actions.ACTIONS)
    assert bool(offered) is (status not in {"COMPLETED", "FAILED"})


def test_a_flow_is_kept_as_json_and_comes_back_as_it_was() -> None:
    flow = replace(
        flow_in("OTP_REQUIRED"), device=TOTP, proofs={"pwd": NOW}, request={"scopes": ["openid"]}, challenge="sealed"
    )
    assert Flow.of_document(flow.document()) == flow


# ── What a session answers ───────────────────────────────────────────────────────────────────────────────────────

_OLD = {"secondsSince": "${session.lastSignOn.withAuthenticator.pwd.at}", "greater": 600}
_OF_ANN = {"value": "${user.id}", "equals": "ann"}


@pytest.mark.parametrize(
    ("step", "proofs", "expected"),
    [
        (LOGIN, {}, True),
        (LOGIN, {"pwd": NOW - 10**9}, False),
        (replace(LOGIN, condition=_OLD), {"pwd": NOW - 600_000}, False),
        (replace(LOGIN, condition=_OLD), {"pwd": NOW - 600_001}, True),
        (replace(LOGIN, condition=_OLD), {}, True),
        (MFA, {"pwd": NOW}, True),
        (MFA, {"pwd": NOW, "mfa": NOW - 10**9}, False),
        (replace(MFA, condition=_OF_ANN), {"pwd": NOW}, True),
        (replace(MFA, condition=_OF_ANN), {"pwd": NOW, "mfa": NOW}, False),
        (replace(MFA, condition={"not": _OF_ANN}), {"pwd": NOW}, False),
        (PolicyStep("consent", "CONSENT"), {"pwd": NOW, "mfa": NOW}, True),
        (PolicyStep("terms", "AGREEMENT", name="terms"), {"agreement:terms": NOW}, False),
        (PolicyStep("terms", "AGREEMENT", name="terms"), {"agreement:other": NOW}, True),
    ],
)
def test_a_step_is_gone_through_unless_the_session_answers_it(
    step: PolicyStep, proofs: dict[str, int], expected: bool
) -> None:
    assert needed(step, proofs, Facts({"id": "ann"}), NOW) is expected


def authorize(*plan: PolicyStep, known: Known | None = None, **members: object) -> Outcome:
    flow = replace(Flow("authorize", "USERNAME_PASSWORD_REQUIRED", (), plan), **members)  # type: ignore[arg-type]
    return begin(flow, known, NOW)


def test_a_session_that_answers_everything_completes_the_flow_at_once() -> None:
    outcome = authorize(LOGIN, known=Known("s", proof(ANN, pwd=NOW)))
    assert outcome.flow.status == "COMPLETED"
    assert not outcome.flow.fresh
    assert outcome.effects == (BeginSession(),)


def test_a_session_without_the_second_factor_is_asked_for_it_alone() -> None:
    outcome = authorize(LOGIN, MFA, known=Known("s", proof(ANN, TOTP, pwd=NOW)))
    assert outcome.flow.status == "OTP_REQUIRED"
    assert outcome.flow.user == ANN


def test_nothing_of_a_session_counts_for_somebody_else_who_signs_on() -> None:
    login = replace(LOGIN, condition=_OLD)
    anns = Known("s", proof(ANN, TOTP, pwd=NOW - 10**9, mfa=NOW))
    flow = authorize(login, MFA, known=anns).flow
    assert flow.status == "USERNAME_PASSWORD_REQUIRED"
    assert flow.user is None
    assert not flow.proofs
    assert flow.hint == "ann"
    assert take(flow, SignedOn(proof(BOB, TOTP)), NOW).flow.status == "OTP_REQUIRED"


def test_a_second_factor_of_the_session_counts_for_its_user_who_signs_on_again() -> None:
    login = replace(LOGIN, condition=_OLD)
    flow = authorize(login, MFA, known=Known("s", proof(ANN, TOTP, pwd=NOW - 10**9, mfa=NOW))).flow
    assert take(flow, SignedOn(proof(ANN, TOTP, mfa=NOW)), NOW).flow.status == "COMPLETED"


def test_another_user_than_the_expected_one_does_not_complete_the_flow() -> None:
    flow = authorize(LOGIN, expected="bob").flow
    failed = take(flow, SignedOn(proof(ANN)), NOW).flow
    assert failed.status == "FAILED"
    assert failed.failure is not None
    assert failed.failure.error == "login_required"


def test_a_user_who_may_not_use_the_application_fails_the_flow() -> None:
    failed = take(authorize(LOGIN).flow, SignedOn(proof(ANN, permitted=False)), NOW).flow
    assert failed.failure is not None
    assert failed.failure.error == "access_denied"


@pytest.mark.parametrize("plan", [(), (MFA,), (PolicyStep("consent", "CONSENT"),)])
def test_a_policy_that_finds_nobody_out_lets_nobody_in(plan: tuple[PolicyStep, ...]) -> None:
    outcome = authorize(*plan)
    assert outcome.flow.status == "FAILED"
    assert BeginSession() not in outcome.effects


def test_a_user_with_a_second_factor_cannot_enrol_another_one_instead() -> None:
    flow = take(authorize(LOGIN, MFA).flow, SignedOn(proof(ANN, TOTP)), NOW).flow
    assert flow.status == "OTP_REQUIRED"
    with pytest.raises(NotNow):
        take(flow, DeviceChosen(Device("", "FIDO2", enrolling=True)), NOW)


def test_recovery_codes_alone_are_no_second_factor() -> None:
    flow = take(authorize(LOGIN, MFA).flow, SignedOn(proof(ANN, Device("r", "RECOVERY_CODES"))), NOW).flow
    assert flow.status == "DEVICE_SELECTION_REQUIRED"
    assert all(each.enrolling for each in choices(flow))


@pytest.mark.parametrize("known", [None, Known("s", proof(ANN, pwd=NOW))])
def test_somebody_else_begins_with_the_first_step(known: Known | None) -> None:
    flow = authorize(LOGIN, PolicyStep("consent", "CONSENT"), known=known).flow
    if known is None:
        flow = take(flow, SignedOn(proof()), NOW).flow
    assert flow.status == "AGREEMENT_CONSENT_REQUIRED"
    anew = take(flow, Reset(), NOW).flow
    assert anew.steps == flow.plan
    assert anew.status == "USERNAME_PASSWORD_REQUIRED"
    assert anew.user is None
    assert not anew.proofs


_TYPES: tuple[StepType, ...] = ("LOGIN", "IDENTIFIER_FIRST", "MULTI_FACTOR_AUTHENTICATION", "AGREEMENT", "CONSENT")
_RIGHT: dict[Status, Event] = {
    "USERNAME_PASSWORD_REQUIRED": SignedOn(proof(ANN, TOTP)),
    "SIGN_ON_REQUIRED": SignedOn(proof(ANN, TOTP)),
    "OTP_REQUIRED": FactorProven("otp"),
    "AGREEMENT_CONSENT_REQUIRED": Answered(accept=True),
}


@pytest.mark.parametrize("first", ["LOGIN", "IDENTIFIER_FIRST"])
@pytest.mark.parametrize("second", _TYPES)
@pytest.mark.parametrize("third", _TYPES)
def test_every_step_is_asked_for_in_turn(first: StepType, second: StepType, third: StepType) -> None:
    plan = tuple(PolicyStep(f"{at}", each, name=f"{at}") for at, each in enumerate((first, second, third)))
    flow, asked = authorize(*plan).flow, []
    while flow.step is not None:
        asked.append(flow.step)
        flow = take(flow, _RIGHT[flow.status], NOW).flow
    assert flow.status == "COMPLETED"
    # a password that was right a moment ago is not asked for again
    again = [each for each in plan[1:] if each.type in {"LOGIN", "IDENTIFIER_FIRST"}]
    assert asked == [each for each in plan if each not in again]


# ── Every way through every policy ───────────────────────────────────────────────────────────────────────────────

_CONDITIONS = st.sampled_from([None, _OLD, _OF_ANN, {"not": _OF_ANN}])


@st.composite
def plans(draw: st.DrawFn) -> tuple[PolicyStep, ...]:
    types = draw(
        st.lists(
            st.sampled_from(["LOGIN", "IDENTIFIER_FIRST", "MULTI_FACTOR_AUTHENTICATION", "AGREEMENT", "CONSENT"]),
            max_size=5,
        )
    )
    return tuple(_any_step(draw, at, each) for at, each in enumerate(types))  # type: ignore[arg-type]


def _any_step(draw: st.DrawFn, at: int, step_type: StepType) -> PolicyStep:
    return PolicyStep(
        f"step-{at}",
        step_type,
        condition=None if step_type == "CONSENT" else draw(_CONDITIONS),
        recovery=draw(st.booleans()),
        no_devices=draw(st.sampled_from(["ENROLL", "BLOCK", "BYPASS"])),
        factors=draw(st.sampled_from([("TOTP", "FIDO2", "RECOVERY_CODES"), ("TOTP",), ("FIDO2",)])),
        name=f"agreement-{at}",
    )


_DEVICES = st.lists(
    st.sampled_from([TOTP, Device("totp-2", "TOTP"), PASSKEY, Device("recovery-codes", "RECOVERY_CODES")]), unique=True
).map(tuple)
_WHO = st.sampled_from([ANN, BOB])


class SigningOn(RuleBasedStateMachine):
    """Anything happens in any order, and what was really proven is counted beside the machine."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.forget()

    def forget(self) -> None:
        self.passwords = 0
        self.factors = 0
        self.yes: set[str] = set()
        self.session: dict[str, int] = {}

    @initialize(
        plan=plans(),
        device=st.booleans(),
        expected=st.sampled_from([None, "ann"]),
        known=st.none() | st.sampled_from([{"pwd": NOW}, {"pwd": NOW - 10**9}, {"pwd": NOW, "mfa": NOW}]),
        devices=_DEVICES,
        permitted=st.booleans(),
    )
    def begins(
        self,
        plan: tuple[PolicyStep, ...],
        device: bool,
        expected: str | None,
        known: dict[str, int] | None,
        devices: tuple[Device, ...],
        permitted: bool,
    ) -> None:
        session = None
        if known is not None:
            session = Known("session", Proof(ANN, Facts({"id": "ann"}), permitted, devices, known))
        if device:
            code = PolicyStep("code", "USER_CODE")
            outcome = begin(Flow("device", "DAG_USER_CODE_REQUIRED", (), (code,), scopes=("a",)), None, self.now)
            self.outcome = take(
                outcome.flow, CodeEntered("BCDFGHJK", "app", "App", "P", plan, ("a",), session), self.now
            )
        else:
            flow = Flow("authorize", "FAILED", (), plan, expected=expected, application_id="app", scopes=("a",))
            self.outcome = begin(flow, session, self.now)
        self.plan = self.outcome.flow.plan
        if self.outcome.flow.user is not None and known is not None:
            self.session = known

    @property
    def flow(self) -> Flow:
        return self.outcome.flow

    def happens(self, event: Event) -> bool:
        self.now += 1000
        try:
            self.outcome = take(self.flow, event, self.now)
        except NotNow:
            return False
        return True

    @rule(event=st.sampled_from([each for each in EVENTS if not isinstance(each, SignedOn | FactorProven)]))
    def something_that_proves_nothing_happens(self, event: Event) -> None:
        step = self.flow.step
        if not self.happens(event):
            return
        if isinstance(event, Answered) and step is not None:
            self.yes.add(step.id)
        if isinstance(event, Reset):
            self.forget()

    @rule(who=_WHO, devices=_DEVICES, permitted=st.booleans())
    def a_password_is_right(self, who: Who, devices: tuple[Device, ...], permitted: bool) -> None:
        proven = Proof(who, Facts({"id": who.id}), permitted, devices)
        if self.happens(SignedOn(proven)):
            self.passwords += 1
            self.session = {}

    @rule(method=st.sampled_from(["otp", "hwk"]))
    def a_second_factor_is_right(self, method: str) -> None:
        device = self.flow.device
        if self.happens(FactorProven("otp" if method == "otp" else "hwk")):
            assert device is not None
            assert (device.kind == "FIDO2") is (method == "hwk")
            self.factors += 1

    @precondition(lambda self: bool(choices(self.flow)))
    @rule(data=st.data())
    def a_device_is_chosen(self, data: st.DataObject) -> None:
        self.happens(DeviceChosen(data.draw(st.sampled_from(choices(self.flow)))))

    @rule(devices=_DEVICES, data=st.data())
    def what_is_asked_for_happens(self, devices: tuple[Device, ...], data: st.DataObject) -> None:
        if self.flow.status in {"USERNAME_PASSWORD_REQUIRED", "SIGN_ON_REQUIRED"}:
            self.a_password_is_right(ANN, devices, permitted=True)
        elif self.flow.status == "DEVICE_SELECTION_REQUIRED":
            self.a_device_is_chosen(data)
        elif self.flow.status == "OTP_REQUIRED":
            self.a_second_factor_is_right("otp")
        elif self.flow.status == "ASSERTION_REQUIRED":
            self.a_second_factor_is_right("hwk")
        else:
            self.something_that_proves_nothing_happens(Answered(accept=True))

    @rule()
    def a_no_ends_it(self) -> None:
        if self.happens(Answered(accept=False)):
            assert self.flow.status == "FAILED"
            assert AnswerDevice(True) not in self.outcome.effects

    @invariant()
    def a_session_begins_only_with_the_end(self) -> None:
        if hasattr(self, "outcome"):
            begins = BeginSession() in self.outcome.effects
            assert begins <= (self.flow.status == "COMPLETED")

    @invariant()
    def nobody_is_let_in_before_every_step(self) -> None:
        if not hasattr(self, "outcome") or self.flow.status != "COMPLETED":
            return
        flow = self.flow
        assert flow.user is not None
        assert flow.permitted
        assert flow.expected in {None, flow.user.id}
        assert not flow.steps
        assert self.passwords or "pwd" in self.session
        facts = Facts({"id": flow.user.id})
        for step in self.plan:
            if step.type == "MULTI_FACTOR_AUTHENTICATION":
                without = not any(each.kind in step.factors and each.kind != "RECOVERY_CODES" for each in flow.devices)
                bypassed = step.no_devices == "BYPASS" and without
                skipped = not needed(step, {**self.session, "pwd": self.now}, facts, self.now)
                assert self.factors or "mfa" in self.session or bypassed or skipped, step
            if step.type in {"CONSENT", "DEVICE_CONSENT"}:
                assert step.id in self.yes, step
            if step.type == "AGREEMENT" and needed(step, {"pwd": self.now}, facts, self.now):
                assert proof_of(step) in flow.proofs, step


TestSigningOn = SigningOn.TestCase
TestSigningOn.settings = settings(
    max_examples=150, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
