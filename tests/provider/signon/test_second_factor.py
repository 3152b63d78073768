"""Second factors: authenticator applications, passkeys, recovery codes; enrolled, chosen, asked."""

import json

import pytest

from gatepost.identity import recovery_codes
from gatepost.identity.applications import Application
from tests.identity.people.authenticator import Authenticator as Passkey
from tests.provider.signon.conftest import PUBLIC_URL, Answer, Authenticator, Browser, Served, said

LOGIN = {"type": "LOGIN"}
MFA = {"type": "MULTI_FACTOR_AUTHENTICATION"}


@pytest.fixture
def strict(served: Served, app: Application) -> Application:
    """An application that asks for a second factor."""
    served.policy(app, LOGIN, MFA)
    return app


@pytest.fixture
def browser(served: Served) -> Browser:
    return served.browser()


def enrol(browser: Browser, flow_id: str, passkey: Passkey) -> Answer:
    asked = browser.act(flow_id, "device.select", device={"type": "FIDO2"}).json
    assert asked["status"] == "ASSERTION_REQUIRED"
    options = json.loads(asked["publicKeyCredentialCreationOptions"])
    return browser.act(flow_id, "assertion.check", assertion=passkey.create(options), name="Phone")


# ── Authenticator applications ───────────────────────────────────────────────────────────────────────────────────


def test_an_authenticator_is_enrolled_at_the_first_sign_on(
    served: Served, strict: Application, browser: Browser
) -> None:
    flow_id = browser.begin(strict)
    asked = browser.check(flow_id)
    assert asked.json["status"] == "DEVICE_SELECTION_REQUIRED"
    assert asked.set_cookies
    assert asked.json["_embedded"]["devices"] == [
        {"type": "TOTP", "status": "ACTIVATION_REQUIRED"},
        {"type": "FIDO2", "status": "ACTIVATION_REQUIRED"},
    ]
    shown = browser.act(flow_id, "device.select", device={"type": "TOTP"}).json
    assert shown["status"] == "OTP_REQUIRED"
    device = shown["_embedded"]["device"]
    assert device["keyUri"].startswith("otpauth://totp/")
    assert browser.flow(flow_id).json["_embedded"]["device"] == device
    made = Authenticator("", device["secret"])
    assert browser.act(flow_id, "otp.check", otp="000000").errors == [("INVALID_CREDENTIALS", "otp")]
    done = browser.act(flow_id, "otp.check", otp=made.code(served.time))
    assert done.json["status"] == "COMPLETED"
    assert "device" not in done.json["_embedded"]
    served.time += 30
    other = served.browser()
    flow_id = other.begin(strict)
    assert other.check(flow_id).json["status"] == "OTP_REQUIRED"
    assert other.act(flow_id, "otp.check", otp=made.code(served.time)).json["status"] == "COMPLETED"


def test_a_one_time_password_is_good_once(served: Served, strict: Application, browser: Browser) -> None:
    authenticator = served.authenticator(served.ann)
    code = authenticator.code(served.time)
    flow_id = browser.begin(strict)
    browser.check(flow_id)
    assert browser.act(flow_id, "otp.check", otp=code).json["status"] == "COMPLETED"
    other = served.browser()
    flow_id = other.begin(strict)
    other.check(flow_id)
    assert other.act(flow_id, "otp.check", otp=code).errors == [("INVALID_CREDENTIALS", "otp")]


def test_guessing_one_time_passwords_locks_them(served: Served, strict: Application, browser: Browser) -> None:
    authenticator = served.authenticator(served.ann)
    flow_id = browser.begin(strict)
    browser.check(flow_id)
    answers = [browser.act(flow_id, "otp.check", otp=f"00000{at}") for at in range(6)]
    assert answers[-1].errors == [("PASSWORD_LOCKED_OUT", "otp")]
    assert answers[-1].json["details"][0]["innerError"]["secondsUntilUnlock"] > 0
    assert browser.act(flow_id, "otp.check", otp=authenticator.code(served.time)).status == 400
    assert ("MFA.FAILED", "FAILED") in served.audited()


def test_the_second_factor_comes_after_the_first_and_lets_nobody_in_alone(
    served: Served, strict: Application, browser: Browser
) -> None:
    authenticator = served.authenticator(served.ann)
    flow_id = browser.begin(strict)
    assert browser.act(flow_id, "otp.check", otp=authenticator.code(served.time)).status == 400
    assert browser.check(flow_id).json["status"] == "OTP_REQUIRED"
    assert browser.resume(flow_id).flow_id == flow_id
    assert browser.silent(strict)["error"] == "login_required"


@pytest.mark.parametrize(("mode", "status"), [("BLOCK", "FAILED"), ("BYPASS", "COMPLETED")])
def test_who_has_no_second_factor(served: Served, app: Application, browser: Browser, mode: str, status: str) -> None:
    served.policy(app, LOGIN, {**MFA, "noDevicesMode": mode})
    assert browser.check(browser.begin(app)).json["status"] == status


@pytest.mark.parametrize("mode", ["BLOCK", "BYPASS", "ENROLL"])
def test_a_second_factor_of_another_kind_is_not_passed_by(
    served: Served, app: Application, browser: Browser, mode: str
) -> None:
    served.authenticator(served.ann)
    passkeys = {"securityKey": {"enabled": True}, "authenticator": {"enabled": False}}
    served.policy(app, LOGIN, {**MFA, **passkeys, "noDevicesMode": mode})
    assert browser.check(browser.begin(app)).json["status"] == "FAILED"


def test_one_of_several_is_chosen(served: Served, strict: Application, browser: Browser) -> None:
    first, second = served.authenticator(served.ann), served.authenticator(served.ann)
    flow_id = browser.begin(strict)
    asked = browser.check(flow_id).json
    assert asked["status"] == "DEVICE_SELECTION_REQUIRED"
    assert {each["id"] for each in asked["_embedded"]["devices"]} == {first.id, second.id}
    assert browser.act(flow_id, "device.select", device={"id": "another"}).errors == [("INVALID_VALUE", "device.id")]
    chosen = browser.act(flow_id, "device.select", device={"id": second.id}).json
    assert chosen["selectedDevice"] == {"id": second.id}
    assert browser.act(flow_id, "otp.check", otp=first.code(served.time)).status == 400
    assert browser.act(flow_id, "otp.check", otp=second.code(served.time)).json["status"] == "COMPLETED"


def test_a_recovery_code_stands_in_for_a_lost_device_once(
    served: Served, strict: Application, browser: Browser
) -> None:
    served.authenticator(served.ann)
    codes = served.write(lambda c: recovery_codes.issue(c, served.environment_id, served.ann, served.now))
    for expected in (200, 400):
        flow_id = browser.begin(strict, prompt="login")
        asked = browser.check(flow_id).json
        assert asked["status"] == "OTP_REQUIRED"
        assert "device.select" in asked["_links"]
        browser.act(flow_id, "device.select", device={"id": "recovery-codes"})
        assert browser.act(flow_id, "otp.check", otp=codes[0]).status == expected


# ── Passkeys ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_passkey_is_enrolled_and_used(served: Served, strict: Application, browser: Browser) -> None:
    passkey = Passkey(PUBLIC_URL)
    flow_id = browser.begin(strict)
    browser.check(flow_id)
    assert enrol(browser, flow_id, passkey).json["status"] == "COMPLETED"
    other = served.browser()
    flow_id = other.begin(strict)
    asked = other.check(flow_id).json
    assert asked["status"] == "ASSERTION_REQUIRED"
    options = json.loads(asked["publicKeyCredentialRequestOptions"])
    assert options["rpId"] == "id.example.com"
    done = other.act(flow_id, "assertion.check", assertion=passkey.get(options))
    assert done.json["status"] == "COMPLETED"
    claims = said(served.redeem(strict, other.resume(flow_id).parameters["code"])["id_token"])
    assert claims["amr"] == ["hwk", "mfa", "pwd"]


def test_a_wrong_passkey_is_asked_for_something_else(served: Served, strict: Application, browser: Browser) -> None:
    passkey = Passkey(PUBLIC_URL)
    flow_id = browser.begin(strict)
    browser.check(flow_id)
    enrol(browser, flow_id, passkey)
    other = served.browser()
    flow_id = other.begin(strict)
    options = json.loads(other.check(flow_id).json["publicKeyCredentialRequestOptions"])
    stolen = passkey.get({**options, "challenge": "AAAA"})
    assert other.act(flow_id, "assertion.check", assertion=stolen).errors == [("INVALID_CREDENTIALS", "assertion")]
    anew = json.loads(other.flow(flow_id).json["publicKeyCredentialRequestOptions"])
    assert anew["challenge"] != options["challenge"]
    assert other.act(flow_id, "assertion.check", assertion=passkey.get(options)).status == 400
    again = json.loads(other.flow(flow_id).json["publicKeyCredentialRequestOptions"])
    assert other.act(flow_id, "assertion.check", assertion=passkey.get(again)).json["status"] == "COMPLETED"


@pytest.mark.parametrize("assertion", ["text", {}, {"id": 7}, []])
def test_what_is_no_assertion_is_refused(strict: Application, browser: Browser, assertion: object) -> None:
    flow_id = browser.begin(strict)
    browser.check(flow_id)
    browser.act(flow_id, "device.select", device={"type": "FIDO2"})
    assert browser.act(flow_id, "assertion.check", assertion=assertion).status == 400
