"""Whatever somebody is called, a page shows it as text."""

from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepost.identity.flow_states import FlowState
from gatepost.provider.pages import plain
from gatepost.provider.pages.problems import problems
from gatepost.provider.pages.rendering import page as rendered
from gatepost.provider.pages.said import Wrong
from gatepost.provider.pages.view import At, ScopeWords
from gatepost.provider.pages.views import view_of
from gatepost.provider.signon import actions
from gatepost.provider.signon.flows import Step
from gatepost.provider.signon.state import Device, Flow, PolicyStep, Status, Who
from tests.provider.pages.conftest import Page
from tests.provider.signon.conftest import Answer

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)",
    "</title><script>",
    "{{ 7*7 }}",
    "{% raw %}",
    "{username} {0} {",
    "</style><style>*{display:none}",
    "javascript:alert(1)",
    "\u202eevil",
    "&amp;<",
    "]]>",
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40),
)
STATE = FlowState("f", str(UUID(int=1)), "", 0, {}, 0, 0)
# Every status, with the step that it comes from.
STEPS: tuple[tuple[Status, PolicyStep], ...] = (
    ("USERNAME_PASSWORD_REQUIRED", PolicyStep("1", "LOGIN", recovery=True, population="p")),
    ("SIGN_ON_REQUIRED", PolicyStep("1", "IDENTIFIER_FIRST", recovery=True)),
    ("PASSWORD_REQUIRED", PolicyStep("1", "IDENTIFIER_FIRST", recovery=True)),
    ("MUST_CHANGE_PASSWORD", PolicyStep("1", "LOGIN")),
    ("PASSWORD_EXPIRED", PolicyStep("1", "LOGIN")),
    ("RECOVERY_CODE_REQUIRED", PolicyStep("1", "LOGIN", recovery=True)),
    ("VERIFICATION_CODE_REQUIRED", PolicyStep("1", "LOGIN")),
    ("DEVICE_SELECTION_REQUIRED", PolicyStep("1", "MULTI_FACTOR_AUTHENTICATION")),
    ("OTP_REQUIRED", PolicyStep("1", "MULTI_FACTOR_AUTHENTICATION")),
    ("ASSERTION_REQUIRED", PolicyStep("1", "MULTI_FACTOR_AUTHENTICATION")),
    ("AGREEMENT_CONSENT_REQUIRED", PolicyStep("1", "AGREEMENT")),
    ("AGREEMENT_CONSENT_REQUIRED", PolicyStep("1", "CONSENT")),
    ("DAG_USER_CODE_REQUIRED", PolicyStep("1", "USER_CODE")),
    ("DAG_CONSENT_REQUIRED", PolicyStep("1", "DEVICE_CONSENT")),
    ("COMPLETED", PolicyStep("1", "LOGIN")),
    ("FAILED", PolicyStep("1", "MULTI_FACTOR_AUTHENTICATION")),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(at=st.sampled_from(STEPS), name=TEXTS, enrolling=st.booleans())
def test_names_and_texts_are_shown_as_text(at: tuple[Status, PolicyStep], name: str, enrolling: bool) -> None:
    harmless, hostile = _drawn(at, "harmless", enrolling), _drawn(at, name, enrolling)
    assert [each.tag for each in hostile.all()] == [each.tag for each in harmless.all()]
    assert [sorted(each.attributes) for each in hostile.all()] == [sorted(each.attributes) for each in harmless.all()]
    if "harmless" in harmless.text:
        assert " ".join(name.split()) in hostile.text
    assert " ".join(name.split()) in hostile.title


@settings(max_examples=50, deadline=None)
@given(text=TEXTS)
def test_plain_pages_show_text_as_text(text: str) -> None:
    pages = (
        plain.error(text, text, text),
        plain.message(text, text),
        plain.question(text, text, text, f"/{text}", {text: text}, None),
    )
    tags = [[each.tag for each in Page(Answer(each)).all()] for each in pages]
    harmless = (
        plain.error("t", "t", "t"),
        plain.message("t", "t"),
        plain.question("t", "t", "t", "t", {"t": "t"}, None),
    )
    assert tags == [[each.tag for each in Page(Answer(each)).all()] for each in harmless]


def _drawn(at: tuple[Status, PolicyStep], name: str, enrolling: bool) -> Page:
    status, policy_step = at
    chosen = Device("" if enrolling else "d", "TOTP", name, enrolling=enrolling)
    passkey = Device("" if enrolling else "p", "FIDO2", name, enrolling=enrolling)
    policy_step = PolicyStep(policy_step.id, policy_step.type, text=name, recovery=policy_step.recovery)
    flow = Flow(
        kind="authorize",
        status=status,
        steps=(policy_step,),
        plan=(policy_step,),
        application_name=name,
        user_code=name,
        claimed=name,
        hint=name,
        user=Who("u", name),
        permitted=True,
        devices=() if enrolling else (chosen, passkey),
        device=passkey if status == "ASSERTION_REQUIRED" else chosen,
    )
    challenge: dict[str, Any] = {"secret": "ABCD", "keyUri": "otpauth://totp/x", "options": {"user": {"name": name}}}
    step = Step(flow, STATE, actions.taken(flow), challenge, None, None, "https://id.example.com/resume?flowId=f")
    view = view_of(At(step, name, (ScopeWords(name, name),)))
    wrong = problems([Wrong("INVALID_CREDENTIALS", "password"), Wrong(name, name)], view.fields)
    values = {
        **view.values,
        "brand": name,
        "problems": wrong,
        "kept": {"username": name, "email": name, "given": name, "family": name},
        "rules": (name,),
        "may": step.actions.__contains__,
        "here": lambda link: f"?page={link}",
        "token": "t",
    }
    return Page(Answer(rendered(view.template, view.title, values, form_to="'self'", scripted=view.scripted)))
