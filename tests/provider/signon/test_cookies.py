"""The cookie: which browser a flow belongs to, and that nobody else's word counts."""

import json
from pathlib import Path

import pytest

from gatepost.identity.applications import Application
from gatepost.identity.store.store import Store
from tests.provider.signon.conftest import BEGINNING, PASSWORD, Served


def test_the_cookie_is_written_as_pingone_writes_it(served: Served, app: Application) -> None:
    cookie = served.browser().authorize(app).set_cookies[0]
    value = cookie.split(";")[0].removeprefix("ST=")
    assert cookie == (
        f"ST={value}; Path=/{served.environment_id}; Max-Age=2592000; Expires=Sun, 14 Feb 2027 08:00:00 GMT; "
        "Secure; HttpOnly; SameSite=None"
    )
    assert len(value) == 36


def test_on_plain_http_the_cookie_goes_with_navigation_alone(prepared: tuple[Path, str], tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'plain.db'}")
    served = Served(store, public_url="http://localhost:8080")
    try:
        cookie = served.browser().authorize(served.application()).set_cookies[0]
    finally:
        served.configurations.close()
        store.close()
    assert cookie.endswith("; HttpOnly; SameSite=Lax")
    assert "Secure" not in cookie


def test_the_browser_gets_a_new_cookie_at_sign_on_and_the_old_one_is_worth_nothing(
    served: Served, app: Application
) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    before = browser.cookie
    browser.check(flow_id)
    assert browser.cookie != before
    thief = served.browser()
    thief.cookie = before
    assert thief.flow(flow_id).status == 404
    assert thief.resume(flow_id).status == 404
    assert thief.silent(app)["error"] == "login_required"
    assert "code" in browser.resume(flow_id).parameters


def test_a_cookie_that_somebody_planted_is_no_session(served: Served, app: Application) -> None:
    thief = served.browser()
    thief.begin(app)
    victim = served.browser()
    victim.cookie = thief.cookie
    victim.sign_on(app)
    assert thief.silent(app)["error"] == "login_required"


def test_a_cookie_that_was_not_made_here_is_not_taken_over(served: Served, app: Application) -> None:
    browser = served.browser()
    browser.cookie = "chosen-by-somebody"
    browser.begin(app)
    assert browser.cookie != "chosen-by-somebody"


@pytest.mark.parametrize("cookie", [None, "6a8b2c1e-0000-4000-8000-000000000000"])
def test_a_flow_is_nobodys_but_the_browsers_that_began_it(served: Served, app: Application, cookie: str | None) -> None:
    flow_id = served.browser().begin(app)
    other = served.browser()
    other.cookie = cookie
    assert other.flow(flow_id).status == 404
    assert other.check(flow_id).status == 404
    assert other.resume(flow_id).status == 404


def test_a_sign_on_of_one_browser_is_not_finished_in_another(served: Served, app: Application) -> None:
    """Login CSRF: somebody signs on with their own account, and has another person open the end of it."""
    thief = served.browser()
    flow_id = thief.begin(app)
    thief.check(flow_id)
    victim = served.browser()
    victim.begin(app)
    assert victim.resume(flow_id).status == 404


def test_a_flow_of_one_environment_is_not_found_in_another(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    other = served.another_environment()
    path = f"/{other}/flows/{flow_id}"
    assert browser.get(path).status == 404


def test_two_pages_of_one_browser_are_signed_on_side_by_side(served: Served, app: Application) -> None:
    browser = served.browser()
    first, second = browser.begin(app), browser.begin(app)
    assert browser.flow(first).status == browser.flow(second).status == 200


def test_a_page_that_was_open_before_the_sign_on_of_another_goes_on(served: Served, app: Application) -> None:
    browser = served.browser()
    first, second, third = (browser.begin(app) for _ in range(3))
    browser.check(first)
    assert browser.flow(second).json["status"] == "USERNAME_PASSWORD_REQUIRED"
    assert browser.check(second).json["status"] == "COMPLETED"
    assert browser.check(third).json["status"] == "COMPLETED"
    assert {"code"} <= browser.resume(second).parameters.keys()
    assert {"code"} <= browser.resume(third).parameters.keys()


def test_a_consent_that_was_open_before_a_sign_on_goes_on(served: Served, app: Application) -> None:
    browser = served.browser()
    browser.sign_on(app)
    waiting = browser.begin(app, prompt="consent")
    browser.sign_on(app, prompt="login")
    assert browser.act(waiting, "user.consent", accept=True).json["status"] == "COMPLETED"
    assert "code" in browser.resume(waiting).parameters


def test_nobody_goes_on_where_a_thief_has_begun_as_somebody_else(served: Served, app: Application) -> None:
    """Login CSRF with a planted cookie: the thief has come half way as themselves, and has the victim do the rest."""
    served.user("thief", must_change=True)
    strict = served.application()
    served.policy(strict, {"type": "LOGIN"}, {"type": "MULTI_FACTOR_AUTHENTICATION"})
    served.user("half")
    thief = served.browser()
    named, half = thief.begin(app), thief.begin(strict)
    assert thief.check(named, "thief").json["status"] == "MUST_CHANGE_PASSWORD"
    assert thief.check(half, "half").json["status"] == "DEVICE_SELECTION_REQUIRED"
    victim = served.browser()
    victim.cookie = thief.cookie
    victim.sign_on(app)
    assert victim.flow(named).status == 404
    assert victim.flow(half).status == 404


def test_a_flow_ends_after_a_quarter_of_an_hour_in_which_nothing_happens(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    served.time += 899
    browser.act(flow_id, "password.forgot", username="ann")
    served.time += 899
    assert browser.flow(flow_id).status == 200
    served.time += 1
    assert browser.flow(flow_id).status == 404
    assert browser.check(flow_id).status == 404


def test_of_many_posts_at_the_same_time_one_moves_the_flow(on_both: Served) -> None:
    app = on_both.application()
    browser = on_both.browser()
    flow_id = browser.begin(app)
    body = json.dumps({"username": "ann", "password": PASSWORD}).encode()
    headers = {"content-type": "application/vnd.pingidentity.usernamePassword.check+json"}
    path = f"/{on_both.environment_id}/flows/{flow_id}"
    answers = on_both.send_together(browser.request("POST", path, body=body, headers=headers) for _ in range(8))
    done = [each for each in answers if each.status == 200]
    assert len(done) == 1
    assert {each.status for each in answers if each.status != 200} <= {404, 409}
    browser.cookie = done[0].set_cookies[0].split(";")[0].removeprefix("ST=")
    assert "code" in browser.resume(flow_id).parameters


def test_of_many_resumptions_at_the_same_time_one_gets_the_code(on_both: Served) -> None:
    app = on_both.application()
    browser = on_both.browser()
    flow_id = browser.begin(app)
    browser.check(flow_id)
    path = f"/{on_both.environment_id}/as/resume"
    answers = on_both.send_together(browser.request("GET", path, f"flowId={flow_id}") for _ in range(8))
    assert sorted(each.status for each in answers) == [302] + [404] * 7


def test_time_is_told_in_the_flow(served: Served, app: Application) -> None:
    assert served.time == BEGINNING
    browser = served.browser()
    flow_id = browser.begin(app)
    served.time += 60
    assert browser.check(flow_id).json["expiresAt"] == "2027-01-15T08:16:00.000Z"
