"""Signing off (OpenID Connect RP-Initiated Logout 1.0), by the names of the conformance suite's modules."""

import re
from typing import Any

import pytest

from gatepost.identity.applications import Application
from tests.provider.signon.conftest import AFTER, CALLBACK, DAY, Answer, Browser, Served, said


@pytest.fixture
def browser(served: Served) -> Browser:
    return served.browser()


@pytest.fixture
def tokens(served: Served, app: Application, browser: Browser) -> dict[str, Any]:
    """What an application got of Ann, who has signed on in the browser."""
    return served.redeem(app, browser.sign_on(app)["code"])


def signed_off(browser: Browser, app: Application) -> bool:
    return browser.silent(app).get("error") == "login_required"


def confirmed(browser: Browser, page: Answer) -> Answer:
    """Press the page's button."""
    fields = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', page.text))
    return browser.sign_off("POST", **fields)


def modified(token: str) -> str:
    head, payload, signature = token.split(".")
    return f"{head}.{payload}.{signature[:-4]}{'AAAA' if signature[-4:] != 'AAAA' else 'BBBB'}"


def test_rp_initiated_logout(app: Application, browser: Browser, tokens: dict[str, Any]) -> None:
    answer = browser.sign_off(id_token_hint=tokens["id_token"], post_logout_redirect_uri=AFTER, state="x y")
    assert answer.status == 302
    assert answer.location == f"{AFTER}?state=x+y"
    assert "Max-Age=0" in answer.set_cookies[0]
    assert signed_off(browser, app)


def test_rp_initiated_logout_by_post(app: Application, browser: Browser, tokens: dict[str, Any]) -> None:
    answer = browser.sign_off("POST", id_token_hint=tokens["id_token"], post_logout_redirect_uri=AFTER)
    assert answer.location == AFTER
    assert signed_off(browser, app)


def test_rp_initiated_logout_no_state(browser: Browser, tokens: dict[str, Any]) -> None:
    answer = browser.sign_off(id_token_hint=tokens["id_token"], post_logout_redirect_uri=AFTER)
    assert answer.location == AFTER


def test_rp_initiated_logout_no_post_logout_redirect_uri(
    app: Application, browser: Browser, tokens: dict[str, Any]
) -> None:
    answer = browser.sign_off(id_token_hint=tokens["id_token"], state="s")
    assert answer.status == 200
    assert "You are signed off" in answer.text
    assert signed_off(browser, app)


@pytest.mark.usefixtures("tokens")
@pytest.mark.parametrize("fields", [{}, {"state": "s"}], ids=["no params", "only state"])
def test_rp_initiated_logout_asks_first(app: Application, browser: Browser, fields: dict[str, str]) -> None:
    page = browser.sign_off(**fields)
    assert page.status == 200
    assert "Sign off?" in page.text
    assert not signed_off(browser, app)
    assert "You are signed off" in confirmed(browser, page).text
    assert signed_off(browser, app)


@pytest.mark.usefixtures("tokens")
def test_rp_initiated_logout_no_id_token_hint(app: Application, browser: Browser) -> None:
    page = browser.sign_off(client_id=app.id, post_logout_redirect_uri=AFTER, state="s")
    assert "Sign off?" in page.text
    assert "form-action 'self' https://app.example.com;" in page.headers["content-security-policy"]
    assert confirmed(browser, page).location == f"{AFTER}?state=s"
    assert signed_off(browser, app)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"id_token_hint": "not a token"}, id="bad id_token_hint"),
        pytest.param({"id_token_hint": "MODIFIED"}, id="modified id_token_hint"),
        pytest.param({"id_token_hint": "ACCESS"}, id="an access token as id_token_hint"),
        pytest.param({"id_token_hint": "GOOD", "post_logout_redirect_uri": "https://evil.example"}, id="bad uri"),
        pytest.param({"id_token_hint": "GOOD", "post_logout_redirect_uri": CALLBACK}, id="a redirect_uri"),
        pytest.param({"id_token_hint": "GOOD", "post_logout_redirect_uri": f"{AFTER}?a=b"}, id="query added"),
        pytest.param({"id_token_hint": "GOOD", "client_id": "another"}, id="another client_id"),
        pytest.param({"client_id": "unknown"}, id="unknown client_id"),
        pytest.param({"post_logout_redirect_uri": AFTER}, id="uri of nobody"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_wrong_request_is_shown_and_ends_nothing(
    app: Application, browser: Browser, tokens: dict[str, Any], method: str, fields: dict[str, str]
) -> None:
    hints = {
        "GOOD": tokens["id_token"],
        "MODIFIED": modified(tokens["id_token"]),
        "ACCESS": tokens["access_token"],
    }
    sent = {name: hints.get(value, value) for name, value in fields.items()}
    answer = browser.sign_off(method, **sent)
    assert answer.status == 400
    assert "location" not in answer.headers
    assert not signed_off(browser, app)


def test_an_id_token_that_has_expired_is_a_hint_still(
    served: Served, app: Application, browser: Browser, tokens: dict[str, Any]
) -> None:
    served.time += DAY // 3
    assert said(tokens["id_token"])["exp"] < served.time
    browser.sign_off(id_token_hint=tokens["id_token"])
    assert signed_off(browser, app)


def test_the_id_token_of_another_session_asks_first(served: Served, app: Application, tokens: dict[str, Any]) -> None:
    other = served.browser()
    other.sign_on(app)
    assert "Sign off?" in other.sign_off(id_token_hint=tokens["id_token"]).text
    assert not signed_off(other, app)


@pytest.mark.usefixtures("tokens")
@pytest.mark.parametrize("confirm", [None, "", "x", "0" * 64])
def test_another_site_signs_nobody_off(app: Application, browser: Browser, confirm: str | None) -> None:
    assert "Sign off?" in browser.sign_off("POST", confirm=confirm).text
    assert not signed_off(browser, app)


@pytest.mark.usefixtures("tokens")
def test_the_confirmation_of_one_browser_is_none_in_another(served: Served, app: Application, browser: Browser) -> None:
    thief = served.browser()
    thief.sign_on(app)
    page = thief.sign_off()
    confirmed(browser, page)
    assert not signed_off(browser, app)


def test_every_token_of_the_session_ends(served: Served, browser: Browser) -> None:
    app = served.application(grantTypes=["AUTHORIZATION_CODE", "REFRESH_TOKEN"])
    tokens = served.redeem(app, browser.sign_on(app)["code"])
    browser.sign_off(id_token_hint=tokens["id_token"])
    own = {"client_id": app.id, "client_secret": served.secret(app.id)}
    path = f"/{served.environment_id}/as"
    refreshed = browser.post(
        f"{path}/token", {**own, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    )
    assert refreshed.json["error"] == "invalid_grant"
    introspected = browser.post(f"{path}/introspect", {**own, "token": tokens["access_token"]})
    assert introspected.json == {"active": False}
    assert ("SESSION.DELETED", "SUCCESS") in served.audited()


def test_a_browser_without_a_session_is_signed_off_already(served: Served, app: Application) -> None:
    browser = served.browser()
    assert "You are signed off" in browser.sign_off().text
    answer = browser.sign_off(client_id=app.id, post_logout_redirect_uri=AFTER)
    assert answer.location == AFTER


@pytest.mark.parametrize("idp_signoff", [True, False])
def test_an_id_token_ends_its_session_elsewhere_where_the_application_says_so(
    served: Served, browser: Browser, idp_signoff: bool
) -> None:
    app = served.application(idpSignoff=idp_signoff)
    tokens = served.redeem(app, browser.sign_on(app)["code"])
    served.browser().sign_off(id_token_hint=tokens["id_token"])
    assert signed_off(browser, app) is idp_signoff


def test_pages_are_framed_by_nobody(browser: Browser) -> None:
    answer = browser.sign_off()
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
