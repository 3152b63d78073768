"""What people enter, and what becomes of it."""

import json

import pytest

from gatepost.identity.applications import Application
from gatepost.identity.ids import new_id
from tests.provider.pages.conftest import Page, Paged, Visitor
from tests.provider.signon.conftest import OTHER_PASSWORD, PASSWORD, Authenticator

CHECK = "usernamePassword.check"
MFA = ({"type": "LOGIN"}, {"type": "MULTI_FACTOR_AUTHENTICATION"})


def test_blanks_around_a_name_do_not_count(visitor: Visitor, app: Application) -> None:
    assert visitor.sign_on_at(visitor.arrive(app), username=" ann ").heading == "You are signed on"


def test_a_name_that_the_application_proposes_stands_there(visitor: Visitor, app: Application) -> None:
    assert visitor.arrive(app, login_hint="ann").fields(CHECK)["username"] == "ann"


def test_too_many_wrong_passwords_say_how_long_to_wait(visitor: Visitor, app: Application) -> None:
    page = visitor.arrive(app)
    for _ in range(5):
        page = visitor.sign_on_at(page, password="wrong")
    assert page.problems == ["There were too many wrong attempts. Try again in 15 minutes."]


def test_a_forgotten_password_is_set_anew(paged: Paged, visitor: Visitor, app: Application) -> None:
    page = visitor.submit(_forgot(visitor, app), "password.forgot", username="ann")
    assert "at least 8 characters" in page.text
    new = {"newPassword": OTHER_PASSWORD, "repeated": OTHER_PASSWORD}
    page = visitor.submit(page, "password.recover", recoveryCode="0000-0000", **new)
    assert page.problems == ["The code is wrong, or has expired."]
    page = visitor.submit(page, "password.recover", recoveryCode=paged.outbox.code, **new)
    assert page.heading == "You are signed on"


def test_whether_somebody_has_an_account_is_not_shown(paged: Paged, app: Application) -> None:
    pages = []
    for name in ("ann", "bob"):
        visitor = paged.visitor()
        page = visitor.submit(_forgot(visitor, app), "password.forgot", username=name)
        pages.append(page.one("main").text.replace(name, "NAME"))
        wrong = visitor.sign_on_at(visitor.arrive(app), name, "wrong")
        pages.append(wrong.one("main").text.replace(name, "NAME"))
    assert pages[:2] == pages[2:]


def test_another_code_is_sent(paged: Paged, visitor: Visitor, app: Application) -> None:
    page = visitor.submit(_forgot(visitor, app), "password.forgot", username="ann")
    first = paged.outbox.code
    page = visitor.submit(page, "password.sendRecoveryCode")
    assert page.heading == "Set a new password"
    assert paged.outbox.code != first


def test_two_new_passwords_have_to_be_the_same(paged: Paged, visitor: Visitor, app: Application) -> None:
    page = _must_change(paged, visitor, app)
    fields = {"currentPassword": PASSWORD, "newPassword": OTHER_PASSWORD, "repeated": PASSWORD}
    page = visitor.submit(page, "password.reset", **fields)
    assert page.problems == ["The two passwords are not the same."]


def test_a_new_password_that_does_not_fit_is_refused_in_words(paged: Paged, visitor: Visitor, app: Application) -> None:
    page = _must_change(paged, visitor, app)
    fields = {"currentPassword": PASSWORD, "newPassword": "aaaaaaa", "repeated": "aaaaaaa"}
    page = visitor.submit(page, "password.reset", **fields)
    assert "The password is too short or too long." in page.problems
    assert "The password repeats a character too often in a row." in page.problems
    assert not any("unsatisfied" in each or "policy" in each for each in page.problems)


def test_the_current_password_has_to_be_right(paged: Paged, visitor: Visitor, app: Application) -> None:
    page = _must_change(paged, visitor, app)
    new = {"newPassword": OTHER_PASSWORD, "repeated": OTHER_PASSWORD}
    page = visitor.submit(page, "password.reset", currentPassword="wrong", **new)
    assert page.problems == ["The current password is wrong."]
    assert visitor.submit(page, "password.reset", currentPassword=PASSWORD, **new).heading == "You are signed on"


def test_somebody_registers_and_proves_the_address(paged: Paged, visitor: Visitor) -> None:
    page = _register(paged, visitor)
    fields = {"username": "eve", "email": "eve@example.com", "given": "Eve", "family": "", "password": PASSWORD}
    page = visitor.submit(page, "user.register", **fields, repeated=PASSWORD)
    assert page.heading == "Check your e-mail"
    page = visitor.submit(page, "user.verify", verificationCode=paged.outbox.code)
    assert page.heading == "You are signed on"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"username": "ann"}, "Username: somebody has this already."),
        ({"username": ""}, "Username: fill this in."),
        ({"email": "no address"}, "E-mail address: this cannot be taken."),
        ({"password": "short", "repeated": "short"}, "The password is too short or too long."),
        ({"given": "A" * 5000}, "First name: this is too long."),
    ],
)
def test_a_registration_that_cannot_be_taken_says_why_and_keeps_the_rest(
    paged: Paged, visitor: Visitor, fields: dict[str, str], problem: str
) -> None:
    page = _register(paged, visitor)
    right = {"username": "eve", "email": "eve@example.com", "password": PASSWORD, "repeated": PASSWORD}
    page = visitor.submit(page, "user.register", **{**right, **fields})
    assert page.heading == "Register"
    assert problem in page.problems
    kept = page.fields("user.register")
    assert (kept["password"], kept["repeated"]) == ("", "")
    assert kept["username" if "email" in fields else "email"] in {"eve", "eve@example.com"}


def test_an_authenticator_is_set_up_and_used(paged: Paged, visitor: Visitor) -> None:
    app = paged.application()
    paged.policy(app, *MFA)
    page = visitor.sign_on_at(visitor.arrive(app))
    page = visitor.submit(page, "device.select", device="type:TOTP")
    secret = page.one("code").text.replace(" ", "")
    assert f"secret={secret}" in page.links["Open it in an app on this device"]
    page = visitor.submit(page, "otp.check", otp="000000")
    assert page.problems == ["The code is wrong, or was used already. Wait for the next one, and try again."]
    code = Authenticator("", secret).code(paged.time)
    page = visitor.submit(page, "otp.check", otp=f"{code[:3]} {code[3:]}")
    assert page.heading == "You are signed on"
    paged.time += 60
    again = paged.visitor()
    page = again.sign_on_at(again.arrive(app))
    page = again.submit(page, "otp.check", otp=Authenticator("", secret).code(paged.time))
    assert page.heading == "You are signed on"


def test_another_way_can_be_chosen_as_long_as_there_is_one(paged: Paged, visitor: Visitor) -> None:
    app = paged.application()
    paged.policy(app, *MFA)
    page = visitor.sign_on_at(visitor.arrive(app))
    page = visitor.submit(page, "device.select", device="type:FIDO2")
    page = visitor.open(page.links["Try another way"])
    assert visitor.submit(page, "device.select", device="type:TOTP").heading == "Set up your authenticator app"


@pytest.mark.parametrize("answer", ["", "no JSON", "[]", "{}", '{"id": 1}', "[" * 5000])
def test_a_passkey_that_does_not_answer_is_refused(paged: Paged, visitor: Visitor, answer: str) -> None:
    app = paged.application()
    paged.policy(app, *MFA)
    page = visitor.sign_on_at(visitor.arrive(app))
    page = visitor.submit(page, "device.select", device="type:FIDO2")
    page = visitor.submit(page, "assertion.check", assertion=answer)
    assert page.heading == "Make a passkey"
    assert len(page.problems) == 1


def test_the_page_of_a_passkey_says_what_the_browser_is_asked(paged: Paged, visitor: Visitor) -> None:
    app = paged.application()
    paged.policy(app, *MFA)
    page = visitor.sign_on_at(visitor.arrive(app))
    page = visitor.submit(page, "device.select", device="type:FIDO2")
    options = json.loads(page.form("assertion.check").get("data-options"))
    assert options["rp"]["id"] == "id.example.com"
    assert options["user"]["name"] == "ann"


def test_somebody_else_signs_on(paged: Paged, visitor: Visitor) -> None:
    app = paged.application()
    paged.policy(app, {"type": "IDENTIFIER_FIRST"})
    page = visitor.submit(visitor.arrive(app), "user.lookup", username="ann")
    assert page.fields("password.check")["username"] == "ann"
    page = visitor.submit(page, "session.reset")
    assert page.heading == "Sign on"
    assert page.fields("user.lookup")["username"] == ""


def test_a_form_of_a_page_that_is_past_leads_to_the_present_one(visitor: Visitor, app: Application) -> None:
    page = visitor.submit(_forgot(visitor, app), "password.forgot", username="ann")
    old = visitor.submit(page, "session.reset")
    visitor.sign_on_at(old, password="wrong")
    now = visitor.open(visitor.submit(_again(visitor, old), CHECK, username="ann", password="x").links[FORGOT])
    visitor.submit(now, "password.forgot", username="ann")
    stale = visitor.submit(old, CHECK, username="ann", password=PASSWORD)
    assert stale.heading == "Set a new password"
    assert stale.problems == ["This page was out of date. Here is where you are."]


def test_a_page_that_is_not_possible_there_is_the_present_one(visitor: Visitor, app: Application) -> None:
    visitor.arrive(app)
    for link in ("register", "devices", "nothing"):
        assert visitor.open(f"{visitor.at}&page={link}").heading == "Sign on"


def test_an_agreement_that_has_to_be_accepted_offers_no_other_way(paged: Paged, visitor: Visitor) -> None:
    app = paged.application()
    agreement = {"id": new_id(), "text": "Be kind."}
    paged.policy(app, {"type": "LOGIN"}, {"type": "AGREEMENT", "agreement": agreement, "disableDeclineOption": True})
    page = visitor.sign_on_at(visitor.arrive(app))
    assert page.heading == "Please read and accept"
    assert "Be kind." in page.text
    assert [each.text for each in page.form("user.consent").all("button")] == ["Accept"]
    assert visitor.submit(page, "user.consent", accept="yes").heading == "You are signed on"


def test_a_consent_says_what_it_is_about(paged: Paged, visitor: Visitor, app: Application) -> None:
    page = visitor.sign_on_at(visitor.arrive(app, prompt="consent", scope="openid"))
    assert [each.text for each in page.one("ul").all("li")] == ["Know that it is you"]


@pytest.mark.parametrize(
    ("path", "body", "media_type", "status"),
    [
        ("flowId=F", b"action=nothing&token=T", None, 400),
        ("flowId=F", b"token=T", None, 400),
        ("flowId=F", b"token=T&token=T&action=user.lookup", None, 400),
        ("flowId=F", b"{}", "application/json", 400),
        ("flowId=F&flowId=F", b"token=T", None, 400),
        ("", b"token=T", None, 400),
        ("flowId=F", b"\xff", None, 400),
    ],
)
def test_a_request_that_no_page_sends_gets_a_page_that_says_so(
    visitor: Visitor, app: Application, path: str, body: bytes, media_type: str | None, status: int
) -> None:
    page = visitor.arrive(app)
    flow_id = page.form(CHECK).get("action").partition("=")[2]
    token = page.fields(CHECK)["token"].encode()
    headers = {"content-type": media_type or "application/x-www-form-urlencoded"}
    place = f"/{visitor.served.environment_id}/signon/"
    answer = visitor._send("POST", place, path.replace("F", flow_id), body.replace(b"T", token), headers)
    assert answer.status == status
    assert Page(answer).heading in {"That could not be sent", "This link does not work"}


FORGOT = "Forgot your password?"


def _forgot(visitor: Visitor, app: Application) -> Page:
    return visitor.open(visitor.arrive(app).links[FORGOT])


def _again(visitor: Visitor, page: Page) -> Page:
    return visitor.open(page.form(CHECK).get("action"))


def _must_change(paged: Paged, visitor: Visitor, app: Application) -> Page:
    paged.user("new", must_change=True)
    return visitor.sign_on_at(visitor.arrive(app), "new")


def _register(paged: Paged, visitor: Visitor) -> Page:
    app = paged.application()
    paged.policy(app, paged.registration())
    return visitor.open(visitor.arrive(app).links["No account yet? Register"])
