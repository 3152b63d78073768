"""The first proof of a sign-on: from then on nobody is in the flow who knew the browser's cookie before."""

import pytest

from gatepost.identity.applications import Application
from tests.provider.signon.conftest import Authenticator, Browser, Served

MFA = ({"type": "LOGIN"}, {"type": "MULTI_FACTOR_AUTHENTICATION"})


@pytest.fixture
def strict(served: Served, app: Application) -> Application:
    """An application that asks for a second factor."""
    served.policy(app, *MFA)
    return app


def _planted(victim: Browser, thief: Browser) -> None:
    victim.cookie = thief.cookie


def test_who_planted_the_cookie_cannot_enrol_a_second_factor(served: Served, strict: Application) -> None:
    thief, victim = served.browser("203.0.113.66"), served.browser()
    flow_id = thief.begin(strict)
    _planted(victim, thief)
    assert victim.check(flow_id).json["status"] == "DEVICE_SELECTION_REQUIRED"
    assert victim.cookie != thief.cookie
    assert thief.flow(flow_id).status == 404
    assert thief.act(flow_id, "device.select", device={"type": "TOTP"}).status == 404
    shown = victim.act(flow_id, "device.select", device={"type": "TOTP"}).json["_embedded"]["device"]
    done = victim.act(flow_id, "otp.check", otp=Authenticator("", shown["secret"]).code(served.time))
    assert done.json["status"] == "COMPLETED"
    assert "code" in victim.resume(flow_id).parameters


def test_who_planted_the_cookie_cannot_consent(served: Served, app: Application) -> None:
    thief, victim = served.browser("203.0.113.66"), served.browser()
    flow_id = thief.begin(app, prompt="consent")
    _planted(victim, thief)
    assert victim.check(flow_id).json["status"] == "AGREEMENT_CONSENT_REQUIRED"
    assert thief.act(flow_id, "user.consent", accept=True).status == 404
    assert victim.act(flow_id, "user.consent", accept=True).json["status"] == "COMPLETED"


def test_a_thief_who_planted_their_own_session_is_out_as_well(served: Served, app: Application) -> None:
    served.user("thief")
    thief, victim = served.browser("203.0.113.66"), served.browser()
    thief.sign_on(app, "thief")
    flow_id = thief.begin(app, prompt="login consent")
    _planted(victim, thief)
    assert victim.check(flow_id).json["status"] == "AGREEMENT_CONSENT_REQUIRED"
    assert thief.flow(flow_id).status == 404
    assert thief.silent(app)["error"] == "login_required"
    assert victim.act(flow_id, "user.consent", accept=True).json["status"] == "COMPLETED"


def test_users_who_sign_on_again_keep_their_session(served: Served, app: Application) -> None:
    browser = served.browser()
    before = browser.sign_on(app)
    flow_id = browser.begin(app, prompt="login consent")
    assert browser.check(flow_id).json["status"] == "AGREEMENT_CONSENT_REQUIRED"
    assert "code" in before
    assert "code" in browser.silent(app)


def test_other_pages_of_the_browser_go_on_after_a_sign_on_of_two_steps(served: Served, app: Application) -> None:
    browser = served.browser()
    first, second = browser.begin(app, prompt="consent"), browser.begin(app)
    browser.check(first)
    assert browser.act(first, "session.reset").json["status"] == "USERNAME_PASSWORD_REQUIRED"
    browser.check(first)
    assert browser.act(first, "user.consent", accept=True).json["status"] == "COMPLETED"
    assert browser.flow(second).json["status"] == "USERNAME_PASSWORD_REQUIRED"
    assert browser.check(second).json["status"] == "COMPLETED"


def test_an_address_of_ipv6_counts_as_the_network_of_its_household(served: Served, app: Application) -> None:
    served.policy(app, served.registration())
    new = {"email": "carol@example.com", "password": "Copper-Meadow9!Finch"}
    statuses = []
    for at in range(21):
        browser = served.browser(f"2001:db8:1:2::{at:x}")
        flow_id = browser.begin(app)
        # The name is taken: nobody has to be made, and it counts.
        statuses.append(browser.act(flow_id, "user.register", username="ann", **new).status)
    assert statuses == [400] * 20 + [429]
    elsewhere = served.browser("2001:db8:1:3::1")
    assert elsewhere.act(elsewhere.begin(app), "user.register", username="ann", **new).status == 400
