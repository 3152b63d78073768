"""A person lets a device in (RFC 8628): code, sign-on, consent, and the device gets its tokens."""

from typing import Any

import pytest

from gatepost.identity import attempts
from gatepost.identity.applications import Application
from tests.provider.signon.conftest import Browser, Served, said

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def television(served: Served) -> Application:
    """An application on a device."""
    return served.application(
        type="NATIVE_APP",
        grantTypes=["DEVICE_CODE"],
        responseTypes=[],
        redirectUris=[],
        postLogoutRedirectUris=[],
        tokenEndpointAuthMethod="NONE",
    )


@pytest.fixture
def asked(served: Served, television: Application) -> dict[str, Any]:
    """What the device got."""
    path = f"/{served.environment_id}/as/device_authorization"
    answer = served.browser().post(path, {"client_id": television.id, "scope": "openid"})
    assert answer.status == 200, answer.text
    codes: dict[str, Any] = answer.json
    return codes


@pytest.fixture
def browser(served: Served) -> Browser:
    return served.browser()


def poll(served: Served, television: Application, asked: dict[str, Any]) -> dict[str, Any]:
    served.time += 10
    form = {"grant_type": DEVICE_GRANT, "device_code": asked["device_code"], "client_id": television.id}
    found: dict[str, Any] = served.browser().post(f"/{served.environment_id}/as/token", form).json
    return found


def start(browser: Browser, **fields: str) -> str:
    answer = browser.get(f"/{browser.served.environment_id}/device", fields)
    assert answer.status == 302
    assert answer.set_cookies
    return answer.flow_id


def enter(browser: Browser, flow_id: str, code: str) -> Any:
    return browser.act(flow_id, "deviceAuthGrant.userCode.verify", userCode=code)


def test_a_device_is_let_in(served: Served, television: Application, browser: Browser, asked: dict[str, Any]) -> None:
    flow_id = start(browser)
    assert browser.flow(flow_id).json["status"] == "DAG_USER_CODE_REQUIRED"
    assert enter(browser, flow_id, asked["user_code"].lower()).json["status"] == "USERNAME_PASSWORD_REQUIRED"
    consent = browser.check(flow_id).json
    assert consent["status"] == "DAG_CONSENT_REQUIRED"
    assert consent["_embedded"]["deviceAuthGrant"] == {"userCode": asked["user_code"]}
    assert consent["_embedded"]["application"] == {"name": television.name}
    assert poll(served, television, asked)["error"] == "authorization_pending"
    done = browser.act(flow_id, "deviceAuthGrant.consent", accept=True)
    assert done.json["status"] == "COMPLETED"
    claims = said(poll(served, television, asked)["id_token"])
    assert claims["sub"] == served.ann
    assert claims["sid"] == done.json["session"]["id"]
    assert claims["acr"] == "Single_Factor"
    assert browser.resume(flow_id).flow_id == flow_id


def test_who_has_signed_on_is_asked_for_consent_alone(
    served: Served, app: Application, television: Application, browser: Browser, asked: dict[str, Any]
) -> None:
    browser.sign_on(app)
    flow_id = start(browser)
    assert enter(browser, flow_id, asked["user_code"]).json["status"] == "DAG_CONSENT_REQUIRED"
    assert browser.act(flow_id, "deviceAuthGrant.consent", accept=True).json["status"] == "COMPLETED"
    assert "access_token" in poll(served, television, asked)


def test_who_says_no_lets_no_device_in(
    served: Served, television: Application, browser: Browser, asked: dict[str, Any]
) -> None:
    flow_id = start(browser)
    enter(browser, flow_id, asked["user_code"])
    browser.check(flow_id)
    assert browser.act(flow_id, "deviceAuthGrant.consent", accept=False).json["status"] == "FAILED"
    assert poll(served, television, asked)["error"] == "access_denied"


def test_a_link_alone_lets_no_device_in(browser: Browser, asked: dict[str, Any]) -> None:
    flow_id = start(browser, user_code=asked["user_code"])
    assert browser.flow(flow_id).json["status"] == "DAG_USER_CODE_REQUIRED"


@pytest.mark.parametrize("code", ["BBBB-BBBB", "x" * 200, "' OR 1=1 --"])
def test_a_wrong_code_is_refused(browser: Browser, code: str) -> None:
    answer = enter(browser, start(browser), code)
    assert answer.status == 400
    assert answer.errors == [("INVALID_VALUE", "userCode")]


def test_a_code_expires(served: Served, browser: Browser, asked: dict[str, Any]) -> None:
    served.time += asked["expires_in"]
    assert enter(browser, start(browser), asked["user_code"]).status == 400


def test_a_code_that_expires_before_the_consent_lets_no_device_in(
    served: Served, browser: Browser, asked: dict[str, Any]
) -> None:
    flow_id = start(browser)
    enter(browser, flow_id, asked["user_code"])
    browser.check(flow_id)
    served.time += asked["expires_in"]
    answer = browser.act(flow_id, "deviceAuthGrant.consent", accept=True)
    assert answer.errors == [("INVALID_VALUE", "userCode")]


def test_codes_are_not_guessed(served: Served, browser: Browser, asked: dict[str, Any]) -> None:
    what = f"user-code:{served.environment_id}:{browser.address}"
    for _ in range(19):
        served.write(lambda connection: attempts.tried(connection, what, window=900_000, now=served.now))
    flow_id = start(browser)
    assert enter(browser, flow_id, "BBBB-BBBB").status == 400
    assert enter(browser, flow_id, asked["user_code"]).status == 429


def test_a_device_asks_for_the_second_factor_of_its_policy(
    served: Served, television: Application, browser: Browser, asked: dict[str, Any]
) -> None:
    served.policy(television, {"type": "LOGIN"}, {"type": "MULTI_FACTOR_AUTHENTICATION"})
    authenticator = served.authenticator(served.ann)
    flow_id = start(browser)
    enter(browser, flow_id, asked["user_code"])
    assert browser.check(flow_id).json["status"] == "OTP_REQUIRED"
    assert browser.act(flow_id, "deviceAuthGrant.consent", accept=True).status == 400
    consent = browser.act(flow_id, "otp.check", otp=authenticator.code(served.time))
    assert consent.json["status"] == "DAG_CONSENT_REQUIRED"
    browser.act(flow_id, "deviceAuthGrant.consent", accept=True)
    assert "access_token" in poll(served, television, asked)
