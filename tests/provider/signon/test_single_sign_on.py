"""Single sign-on: what a session answers, and what it does not (OpenID Connect Core 1.0 §3.1.2.1)."""

from typing import Any

import pytest

from gatepost.identity import groups, memberships, sessions, users
from gatepost.identity.applications import Application
from tests.provider.signon.conftest import DAY, PASSWORD, Browser, Served, said

LOGIN = {"type": "LOGIN"}
MFA = {"type": "MULTI_FACTOR_AUTHENTICATION"}


@pytest.fixture
def browser(served: Served, app: Application) -> Browser:
    """A browser in which Ann has signed on."""
    made = served.browser()
    made.sign_on(app)
    return made


def id_claims(served: Served, app: Application, code: str) -> dict[str, Any]:
    return said(served.redeem(app, code)["id_token"])


def test_another_application_gets_its_code_at_once(served: Served, browser: Browser) -> None:
    other = served.application()
    answer = browser.authorize(other)
    assert answer.status == 302
    claims = id_claims(served, other, answer.parameters["code"])
    assert claims["sub"] == served.ann
    assert claims["amr"] == ["pwd"]


def test_the_session_is_the_same_for_all_applications(served: Served, app: Application) -> None:
    browser, other = served.browser(), served.application()
    first = id_claims(served, app, browser.sign_on(app)["code"])
    served.time += 100
    second = id_claims(served, other, browser.authorize(other).parameters["code"])
    assert (first["sid"], first["auth_time"]) == (second["sid"], second["auth_time"])


def test_pi_flow_is_completed_at_once(app: Application, browser: Browser) -> None:
    flow = browser.authorize(app, response_mode="pi.flow").json
    assert flow["status"] == "COMPLETED"
    assert "code" in browser.resume(flow["id"]).json["authorizeResponse"]


ASKED, GIVEN, LOGIN_REQUIRED = "asked", "given", "login_required"


@pytest.mark.parametrize("signed_on_before", [None, 10, 3601])
@pytest.mark.parametrize(
    ("parameters", "without", "fresh", "old"),
    [
        ({}, ASKED, GIVEN, GIVEN),
        ({"prompt": "none"}, LOGIN_REQUIRED, GIVEN, GIVEN),
        ({"prompt": "login"}, ASKED, ASKED, ASKED),
        ({"prompt": "select_account"}, ASKED, ASKED, ASKED),
        ({"max_age": "3600"}, ASKED, GIVEN, ASKED),
        ({"max_age": "0"}, ASKED, ASKED, ASKED),
        ({"max_age": "10000"}, ASKED, GIVEN, GIVEN),
        ({"max_age": "3600", "prompt": "none"}, LOGIN_REQUIRED, GIVEN, LOGIN_REQUIRED),
        ({"max_age": "0", "prompt": "none"}, LOGIN_REQUIRED, LOGIN_REQUIRED, LOGIN_REQUIRED),
        ({"login_hint": "bob"}, ASKED, GIVEN, GIVEN),
        ({"acr_values": "Unheard_Of"}, ASKED, GIVEN, GIVEN),
        ({"ui_locales": "de en"}, ASKED, GIVEN, GIVEN),
        ({"display": "popup", "unknown": "x"}, ASKED, GIVEN, GIVEN),
    ],
)
def test_who_is_asked(
    served: Served,
    app: Application,
    signed_on_before: int | None,
    parameters: dict[str, str],
    without: str,
    fresh: str,
    old: str,
) -> None:
    browser = served.browser()
    if signed_on_before is not None:
        browser.sign_on(app)
        served.time += signed_on_before
    answer = browser.authorize(app, **parameters)
    found = answer.parameters
    came = GIVEN if "code" in found else found.get("error", ASKED)
    assert came == {None: without, 10: fresh, 3601: old}[signed_on_before]
    assert found.get("state", "s-1") == "s-1"


def test_signing_on_again_keeps_the_session_and_tells_the_time(served: Served, app: Application) -> None:
    browser = served.browser()
    first = id_claims(served, app, browser.sign_on(app)["code"])
    before = browser.cookie
    served.time += 100
    second = id_claims(served, app, browser.sign_on(app, prompt="login")["code"])
    assert second["sid"] == first["sid"]
    assert second["auth_time"] == first["auth_time"] + 100
    assert browser.cookie != before


def test_somebody_else_who_signs_on_has_a_session_of_their_own(served: Served, app: Application) -> None:
    bob = served.user("bob")
    browser = served.browser()
    first = id_claims(served, app, browser.sign_on(app)["code"])
    second = id_claims(served, app, browser.sign_on(app, "bob", prompt="login")["code"])
    assert second["sub"] == bob
    assert second["sid"] != first["sid"]
    ended = served.store.read(lambda c: sessions.get(c, served.environment_id, first["sid"], now=served.now))
    assert ended is None


def test_a_session_ends_when_nobody_uses_it(served: Served, app: Application, browser: Browser) -> None:
    served.time += 12 * 3600 - 1
    assert "code" in browser.silent(app)
    served.time += 12 * 3600 - 1
    assert "code" in browser.silent(app)
    served.time += 12 * 3600
    assert browser.silent(app)["error"] == "login_required"


def test_a_session_ends_however_often_it_is_used(served: Served, app: Application, browser: Browser) -> None:
    for _ in range(60):
        served.time += DAY // 2 - 1
        assert "code" in browser.silent(app)
    served.time += 60
    assert browser.silent(app)["error"] == "login_required"


def test_the_session_of_a_user_who_is_disabled_counts_no_more(
    served: Served, app: Application, browser: Browser
) -> None:
    served.write(lambda c: users.enable(c, served.environment_id, served.ann, {"enabled": False}, served.now))
    assert browser.silent(app)["error"] == "login_required"
    assert "flowId" in browser.authorize(app).parameters


def test_a_user_who_is_disabled_between_sign_on_and_return_gets_nothing(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    browser.check(flow_id)
    served.write(lambda c: users.enable(c, served.environment_id, served.ann, {"enabled": False}, served.now))
    assert browser.resume(flow_id).parameters["error"] == "access_denied"


# ── Hints ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_user_of_an_id_token_hint_is_taken_from_the_session(served: Served, app: Application) -> None:
    browser = served.browser()
    hint = served.redeem(app, browser.sign_on(app)["code"])["id_token"]
    served.time += 2 * DAY // 5
    assert "code" in browser.silent(app, id_token_hint=hint)


def test_another_user_than_the_one_of_the_hint_has_to_sign_on(served: Served, app: Application) -> None:
    hint = served.redeem(app, served.browser().sign_on(app)["code"])["id_token"]
    served.user("bob")
    browser = served.browser()
    browser.sign_on(app, "bob")
    assert browser.silent(app, id_token_hint=hint)["error"] == "login_required"
    flow_id = browser.begin(app, id_token_hint=hint)
    assert browser.check(flow_id, "bob").json["status"] == "FAILED"
    assert browser.resume(flow_id).parameters["error"] == "login_required"


def test_a_hint_that_is_no_id_token_is_refused(app: Application, browser: Browser) -> None:
    assert browser.silent(app, id_token_hint="a.b.c")["error"] == "invalid_request"


# ── Policies ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_acr_values_choose_among_the_policies_of_the_application(served: Served, app: Application) -> None:
    first, second = served.policy(app, LOGIN), served.policy(app, LOGIN)
    browser = served.browser()
    assert id_claims(served, app, browser.sign_on(app)["code"])["acr"] == first
    silent = browser.silent(app, acr_values=f"Unheard_Of {second} {first}")
    assert id_claims(served, app, silent["code"])["acr"] == second


def test_a_policy_that_asks_for_more_than_the_session_has_asks_for_that_alone(served: Served, app: Application) -> None:
    other = served.application()
    served.policy(other, LOGIN, MFA)
    authenticator = served.authenticator(served.ann)
    browser = served.browser()
    browser.sign_on(app)
    assert browser.silent(other)["error"] == "interaction_required"
    flow_id = browser.begin(other)
    flow = browser.flow(flow_id).json
    assert flow["status"] == "OTP_REQUIRED"
    assert flow["_embedded"]["user"]["username"] == "ann"
    done = browser.act(flow_id, "otp.check", otp=authenticator.code(served.time))
    assert done.json["status"] == "COMPLETED"
    claims = id_claims(served, other, browser.resume(flow_id).parameters["code"])
    assert claims["amr"] == ["mfa", "otp", "pwd"]
    assert "code" in browser.silent(other)


def test_a_policy_may_ask_again_after_a_time(served: Served, app: Application) -> None:
    condition = {"secondsSince": "${session.lastSignOn.withAuthenticator.pwd.at}", "greater": 600}
    served.policy(app, {**LOGIN, "condition": condition})
    browser = served.browser()
    browser.sign_on(app)
    served.time += 600
    assert "code" in browser.silent(app)
    served.time += 1
    assert browser.silent(app)["error"] == "login_required"
    browser.sign_on(app)
    assert "code" in browser.silent(app)


def test_a_second_factor_may_depend_on_the_address(served: Served, app: Application) -> None:
    inside = {"ipRange": ["192.0.2.0/24"], "contains": "${flow.request.http.remoteIp}"}
    served.policy(app, LOGIN, {**MFA, "condition": {"not": inside}})
    served.authenticator(served.ann)
    near, far = served.browser("192.0.2.9"), served.browser("198.51.100.9")
    assert near.check(near.begin(app)).json["status"] == "COMPLETED"
    assert far.check(far.begin(app)).json["status"] == "OTP_REQUIRED"


# ── Who may use an application ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def club(served: Served) -> Application:
    """An application for the members of a group."""

    def work(connection: Any) -> str:
        made = groups.create(connection, served.environment_id, {"name": "Club"}, served.now)
        bob = users.create(connection, served.environment_id, {"username": "bob"}, served.now).id
        memberships.add(connection, served.environment_id, bob, {"id": made.id}, served.now)
        return made.id

    group_id = served.write(work)
    control = {"group": {"type": "ANY_GROUP", "groups": [{"id": group_id}]}}
    return served.application(accessControl=control)


def test_who_may_not_use_an_application_does_not_get_there(served: Served, club: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(club)
    failed = browser.check(flow_id)
    assert failed.json["status"] == "FAILED"
    assert failed.json["error"]["code"] == "access_denied"
    assert not failed.set_cookies
    assert browser.resume(flow_id).parameters["error"] == "access_denied"


def test_single_sign_on_does_not_get_there_either(club: Application, browser: Browser) -> None:
    assert browser.silent(club)["error"] == "access_denied"
    flow = browser.flow(browser.begin(club)).json
    assert flow["status"] == "USERNAME_PASSWORD_REQUIRED"


def test_administrators_alone_may_use_an_application_of_theirs(served: Served) -> None:
    app = served.application(accessControl={"role": {"type": "ADMIN_USERS_ONLY"}})
    browser = served.browser()
    assert browser.check(browser.begin(app)).json["status"] == "FAILED"


def test_an_application_that_goes_away_ends_its_flows(served: Served, app: Application) -> None:
    from gatepost.identity import applications

    browser = served.browser()
    flow_id = browser.begin(app)
    served.write(lambda c: applications.remove(c, served.environment_id, app.id))
    answer = browser.act(flow_id, "usernamePassword.check", username="ann", password=PASSWORD)
    assert answer.status == 404


# ── Consent ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_consent_is_asked_for_when_the_application_wants_it(app: Application, browser: Browser) -> None:
    flow_id = browser.begin(app, prompt="consent")
    flow = browser.flow(flow_id).json
    assert flow["status"] == "AGREEMENT_CONSENT_REQUIRED"
    assert flow["_embedded"]["scopes"] == [{"name": "openid"}]
    assert browser.act(flow_id, "user.consent", accept=True).json["status"] == "COMPLETED"
    assert "code" in browser.resume(flow_id).parameters


def test_who_says_no_gives_nothing(app: Application, browser: Browser) -> None:
    flow_id = browser.begin(app, prompt="login consent")
    browser.check(flow_id)
    assert browser.act(flow_id, "user.consent", accept=False).json["status"] == "FAILED"
    assert browser.resume(flow_id).parameters["error"] == "access_denied"


def test_an_agreement_is_asked_for_once(served: Served, app: Application) -> None:
    terms = {"type": "AGREEMENT", "agreement": {"id": "terms", "text": "Be kind."}}
    served.policy(app, LOGIN, terms)
    browser = served.browser()
    flow_id = browser.begin(app)
    asked = browser.check(flow_id).json
    assert asked["status"] == "AGREEMENT_CONSENT_REQUIRED"
    assert asked["_embedded"]["agreement"] == {"id": "terms", "text": "Be kind.", "declineEnabled": True}
    assert browser.act(flow_id, "user.consent", accept=True).json["status"] == "COMPLETED"
    elsewhere = served.browser()
    assert elsewhere.check(elsewhere.begin(app)).json["status"] == "COMPLETED"


def test_a_session_that_ended_meanwhile_completes_nothing(served: Served, app: Application, browser: Browser) -> None:
    flow_id = browser.begin(app, prompt="consent")
    served.write(lambda c: sessions.end_of_user(c, served.ann))
    answer = browser.act(flow_id, "user.consent", accept=True)
    assert answer.status == 400
    assert browser.act(flow_id, "session.reset").json["status"] == "USERNAME_PASSWORD_REQUIRED"
