"""Every page that a flow can be at is whole: its fields, labels, titles, headers."""

import re
from collections.abc import Callable
from typing import TypeAlias

import pytest

from gatepost.identity import recovery_codes
from gatepost.identity.ids import new_id
from tests.provider.pages.conftest import Element, Page, Paged, Visitor
from tests.provider.signon.conftest import DAY, PASSWORD

Going: TypeAlias = Callable[[Paged, Visitor], Page]

SECOND = {"type": "MULTI_FACTOR_AUTHENTICATION"}


def sign_on(paged: Paged, visitor: Visitor) -> Page:
    return visitor.arrive(paged.application(name="Orders"))


def wrong(paged: Paged, visitor: Visitor) -> Page:
    return visitor.sign_on_at(sign_on(paged, visitor), password="wrong")


def identifier(paged: Paged, visitor: Visitor) -> Page:
    app = paged.application(name="Orders")
    paged.policy(app, {"type": "IDENTIFIER_FIRST", **_registration(paged)})
    return visitor.arrive(app)


def password(paged: Paged, visitor: Visitor) -> Page:
    return visitor.submit(identifier(paged, visitor), "user.lookup", username="ann")


def forgot(paged: Paged, visitor: Visitor) -> Page:
    return visitor.open(sign_on(paged, visitor).links["Forgot your password?"])


def recover(paged: Paged, visitor: Visitor) -> Page:
    return visitor.submit(forgot(paged, visitor), "password.forgot", username="ann")


def must_change(paged: Paged, visitor: Visitor) -> Page:
    paged.user("new", must_change=True)
    return visitor.sign_on_at(sign_on(paged, visitor), "new")


def expired(paged: Paged, visitor: Visitor) -> Page:
    paged.time += 200 * DAY
    return visitor.sign_on_at(sign_on(paged, visitor))


def register(paged: Paged, visitor: Visitor) -> Page:
    return visitor.open(identifier(paged, visitor).links["No account yet? Register"])


def verify(paged: Paged, visitor: Visitor) -> Page:
    fields = {"username": "eve", "email": "eve@example.com", "password": PASSWORD, "repeated": PASSWORD}
    return visitor.submit(register(paged, visitor), "user.register", **fields)


def enrol(paged: Paged, visitor: Visitor) -> Page:
    app = paged.application(name="Orders")
    paged.policy(app, {"type": "LOGIN"}, SECOND)
    return visitor.sign_on_at(visitor.arrive(app))


def enrol_authenticator(paged: Paged, visitor: Visitor) -> Page:
    return visitor.submit(enrol(paged, visitor), "device.select", device="type:TOTP")


def enrol_passkey(paged: Paged, visitor: Visitor) -> Page:
    return visitor.submit(enrol(paged, visitor), "device.select", device="type:FIDO2")


def otp(paged: Paged, visitor: Visitor) -> Page:
    paged.authenticator(paged.ann)
    return enrol(paged, visitor)


def devices(paged: Paged, visitor: Visitor) -> Page:
    paged.authenticator(paged.ann)
    paged.write(lambda c: recovery_codes.issue(c, paged.environment_id, paged.ann, paged.now))
    return visitor.open(enrol(paged, visitor).links["Try another way"])


def recovery_code(paged: Paged, visitor: Visitor) -> Page:
    return visitor.submit(devices(paged, visitor), "device.select", device="id:recovery-codes")


def consent(paged: Paged, visitor: Visitor) -> Page:
    return visitor.sign_on_at(visitor.arrive(paged.application(name="Orders"), prompt="consent"))


def completed(paged: Paged, visitor: Visitor) -> Page:
    return visitor.sign_on_at(sign_on(paged, visitor))


def denied(paged: Paged, visitor: Visitor) -> Page:
    return visitor.submit(consent(paged, visitor), "user.consent", accept="no")


def not_permitted(paged: Paged, visitor: Visitor) -> Page:
    app = paged.application(name="Orders", accessControl={"role": {"type": "ADMIN_USERS_ONLY"}})
    return visitor.sign_on_at(visitor.arrive(app))


def no_factor(paged: Paged, visitor: Visitor) -> Page:
    app = paged.application(name="Orders")
    paged.policy(app, {"type": "LOGIN"}, {**SECOND, "noDevicesMode": "BLOCK"})
    return visitor.sign_on_at(visitor.arrive(app))


def user_code(paged: Paged, visitor: Visitor) -> Page:
    return visitor.open(visitor.get(f"/{paged.environment_id}/device").location)


def device_consent(paged: Paged, visitor: Visitor) -> Page:
    tv = paged.application(name="TV", type="NATIVE_APP", grantTypes=["DEVICE_CODE"], tokenEndpointAuthMethod="NONE")
    asked = visitor.post(f"/{paged.environment_id}/as/device_authorization", {"client_id": tv.id, "scope": "openid"})
    page = visitor.submit(
        user_code(paged, visitor), "deviceAuthGrant.userCode.verify", userCode=asked.json["user_code"]
    )
    return visitor.sign_on_at(page)


def device_done(paged: Paged, visitor: Visitor) -> Page:
    return visitor.submit(device_consent(paged, visitor), "deviceAuthGrant.consent", accept="yes")


def device_denied(paged: Paged, visitor: Visitor) -> Page:
    return visitor.submit(device_consent(paged, visitor), "deviceAuthGrant.consent", accept="no")


def unknown_flow(paged: Paged, visitor: Visitor) -> Page:
    sign_on(paged, visitor)
    return visitor.open(f"/{paged.environment_id}/signon/?flowId={new_id()}")


def no_cookie(paged: Paged, visitor: Visitor) -> Page:
    return visitor.open(f"/{paged.environment_id}/signon/?flowId={new_id()}")


def bad_link(paged: Paged, visitor: Visitor) -> Page:
    return visitor.open(f"/{paged.environment_id}/signon/")


def no_environment(paged: Paged, visitor: Visitor) -> Page:
    return visitor.open(f"/{new_id()}/signon/?flowId={new_id()}")


def _registration(paged: Paged) -> dict[str, object]:
    return {"registration": paged.registration()["registration"]}


# The way to a page, its heading, the action of its main form, and the fields with their `autocomplete`.
PAGES: tuple[tuple[Going, str, str, dict[str, str]], ...] = (
    (sign_on, "Sign on", "usernamePassword.check", {"username": "username", "password": "current-password"}),
    (wrong, "Sign on", "usernamePassword.check", {"username": "username", "password": "current-password"}),
    (identifier, "Sign on", "user.lookup", {"username": "username"}),
    (password, "Enter your password", "password.check", {"username": "username", "password": "current-password"}),
    (forgot, "Forgot your password?", "password.forgot", {"username": "username"}),
    (
        recover,
        "Set a new password",
        "password.recover",
        {"recoveryCode": "one-time-code", "newPassword": "new-password", "repeated": "new-password"},
    ),
    (
        must_change,
        "Change your password",
        "password.reset",
        {"currentPassword": "current-password", "newPassword": "new-password", "repeated": "new-password"},
    ),
    (
        expired,
        "Your password has expired",
        "password.reset",
        {"currentPassword": "current-password", "newPassword": "new-password", "repeated": "new-password"},
    ),
    (
        register,
        "Register",
        "user.register",
        {
            "username": "username",
            "email": "email",
            "given": "given-name",
            "family": "family-name",
            "password": "new-password",
            "repeated": "new-password",
        },
    ),
    (verify, "Check your e-mail", "user.verify", {"verificationCode": "one-time-code"}),
    (enrol, "Protect your account", "device.select", {}),
    (enrol_authenticator, "Set up your authenticator app", "otp.check", {"otp": "one-time-code"}),
    (enrol_passkey, "Make a passkey", "assertion.check", {"name": "off"}),
    (otp, "Enter your code", "otp.check", {"otp": "one-time-code"}),
    (devices, "Show that it is you", "device.select", {}),
    (recovery_code, "Enter a recovery code", "otp.check", {"otp": "one-time-code"}),
    (consent, "Allow access?", "user.consent", {}),
    (completed, "You are signed on", "", {}),
    (denied, "Access was not allowed", "", {}),
    (not_permitted, "You cannot sign on", "", {}),
    (no_factor, "You cannot sign on", "", {}),
    (user_code, "Connect a device", "deviceAuthGrant.userCode.verify", {"userCode": "off"}),
    (device_consent, "Connect this device?", "deviceAuthGrant.consent", {}),
    (device_done, "Your device is connected", "", {}),
    (device_denied, "The device was not connected", "", {}),
    (unknown_flow, "This sign-on has ended", "", {}),
    (no_cookie, "Your browser keeps no cookies for this site", "", {}),
    (bad_link, "This link does not work", "", {}),
    (no_environment, "There is nothing here", "", {}),
)


@pytest.mark.parametrize(("going", "heading", "action", "fields"), PAGES, ids=[each[0].__name__ for each in PAGES])
def test_a_page_is_whole(
    paged: Paged, visitor: Visitor, going: Going, heading: str, action: str, fields: dict[str, str]
) -> None:
    page = going(paged, visitor)
    assert page.heading == heading
    assert heading in page.title
    _check_structure(page)
    _check_headers(page)
    shown = _shown_fields(page)
    assert {each.get("name"): each.get("autocomplete") for each in shown} == fields
    assert all(each.get("id") in {label.get("for") for label in page.all("label")} for each in shown)
    if action:
        assert page.form(action).get("method") == "post"
        assert page.fields(action)["token"]
    assert ("main form" if action else "") == ("main form" if page.actions - {"session.reset"} else "")


def _shown_fields(page: Page) -> list[Element]:
    return [each for each in page.all("input") if each.get("type") != "hidden" and "hidden" not in each.attributes]


def _check_structure(page: Page) -> None:
    """Assert what holds for every page of HTML that everybody can use."""
    assert page.answer.text.startswith("<!doctype html>\n<html lang=")
    assert page.one("html").get("lang") == "en"
    ids = [each.get("id") for each in page.all() if each.get("id")]
    assert len(set(ids)) == len(ids), f"an id stands there twice: {ids}"
    for each in page.all():
        for name in ("for", "aria-describedby", "aria-labelledby"):
            assert set(each.get(name).split()) <= set(ids), f"{name} of <{each.tag}> names nothing: {each.get(name)}"
        assert not [name for name in each.attributes if name.startswith("on") or name == "style"]
        if each.tag == "a" and each.get("href").startswith("#"):
            assert each.get("href")[1:] in ids
    assert all(button.text for button in page.all("button"))
    assert all(link.text for link in page.all("a"))
    assert all(svg.get("aria-hidden") == "true" or svg.get("aria-label") for svg in page.all("svg"))
    assert len([each for each in page.all() if "autofocus" in each.attributes]) <= 1
    viewport = next(each for each in page.all("meta") if each.get("name") == "viewport")
    assert "maximum-scale" not in viewport.get("content")


def _check_headers(page: Page) -> None:
    headers = page.answer.headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    policy = page.policy
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] in {"'self'", "'none'"}
    assert re.fullmatch(r"'sha256-[\w+/]+='", policy["style-src"])
    assert ("script-src" in policy) == bool(page.all("script"))


def test_a_page_that_says_what_is_wrong_says_so_in_its_title_and_at_the_field(paged: Paged, visitor: Visitor) -> None:
    page = wrong(paged, visitor)
    assert page.title.startswith("Error: Sign on")
    assert page.problems == ["The username or the password is wrong."]
    (field,) = [each for each in page.all("input") if each.get("aria-invalid") == "true"]
    assert field.get("name") == "password"
    assert "autofocus" in field.attributes
    described = next(each for each in page.all("p") if each.get("id") == field.get("aria-describedby"))
    assert described.text == "The username or the password is wrong."
    assert page.fields("usernamePassword.check")["username"] == "ann"
    assert page.fields("usernamePassword.check")["password"] == ""


def test_what_is_wrong_is_said_once(paged: Paged, visitor: Visitor) -> None:
    wrong(paged, visitor)
    assert visitor.open(visitor.at).problems == []


def test_after_signing_on_the_page_leads_to_the_application(paged: Paged, visitor: Visitor) -> None:
    page = completed(paged, visitor)
    (onward,) = page.links.values()
    assert onward.startswith(f"{paged.issuer}/resume?flowId=")
    refresh = next(each for each in page.all("meta") if each.get("http-equiv") == "refresh")
    assert refresh.get("content") == f"0; url={onward}"
    answer = visitor.get(*_split(onward))
    assert answer.status == 302
    assert "code" in answer.parameters


@pytest.mark.parametrize(
    ("going", "said"),
    [
        (not_permitted, "ann may not use Orders."),
        (no_factor, "Orders needs a second factor, and ann has none."),
    ],
)
def test_who_cannot_sign_on_reads_why_before_going_back(
    paged: Paged, visitor: Visitor, going: Going, said: str
) -> None:
    page = going(paged, visitor)
    assert said in page.text
    assert not [each for each in page.all("meta") if each.get("http-equiv")]
    assert page.links["Back to Orders"].startswith(f"{paged.issuer}/resume")


def test_who_said_no_goes_back_at_once(paged: Paged, visitor: Visitor) -> None:
    page = denied(paged, visitor)
    assert [each for each in page.all("meta") if each.get("http-equiv") == "refresh"]
    answer = visitor.get(*_split(page.links["Continue"]))
    assert answer.parameters["error"] == "access_denied"


def test_a_device_goes_on_by_itself(paged: Paged, visitor: Visitor) -> None:
    assert device_done(paged, visitor).links == {}


def _split(location: str) -> tuple[str, dict[str, str]]:
    path, _, query = location.partition("?")
    return path.removeprefix("https://id.example.com"), {"flowId": query.removeprefix("flowId=")}
