"""Names and passwords: wrong, locked, forgotten, to be changed; and that nobody learns who exists."""

import pytest

from gatepost.identity import attempts
from gatepost.identity.applications import Application
from tests.provider.signon.conftest import BEGINNING, DAY, OTHER_PASSWORD, PASSWORD, Browser, Served, said

WRONG = "Wrong-Harbor7!Quill"
IDENTIFIER_FIRST = {"type": "IDENTIFIER_FIRST"}


def test_a_wrong_password_is_refused_and_the_flow_goes_on(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    answer = browser.check(flow_id, password=WRONG)
    assert answer.status == 400
    assert answer.json["code"] == "INVALID_DATA"
    assert answer.errors == [("INVALID_CREDENTIALS", "password")]
    assert ("PASSWORD.CHECK_FAILED", "FAILED") in served.audited()
    assert browser.flow(flow_id).json["status"] == "USERNAME_PASSWORD_REQUIRED"
    assert browser.check(flow_id).json["status"] == "COMPLETED"


@pytest.mark.parametrize("username", ["ann", "nobody"])
def test_the_fifth_wrong_password_locks_for_a_quarter_of_an_hour(
    served: Served, app: Application, username: str
) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    errors = [browser.check(flow_id, username, WRONG) for _ in range(6)]
    assert [each.errors[0][0] for each in errors] == ["INVALID_CREDENTIALS"] * 4 + ["PASSWORD_LOCKED_OUT"] * 2
    assert errors[4].json["details"][0]["innerError"] == {"secondsUntilUnlock": 900}
    assert browser.check(flow_id, username).errors[0][0] == "PASSWORD_LOCKED_OUT"


def test_a_lock_ends(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    for _ in range(5):
        browser.check(flow_id, password=WRONG)
    served.time += 901
    assert browser.check(browser.begin(app)).json["status"] == "COMPLETED"


def test_an_unknown_name_is_answered_like_a_wrong_password(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    wrong, unknown = browser.check(flow_id, password=WRONG), browser.check(flow_id, "nobody", WRONG)
    assert wrong.status == unknown.status
    assert wrong.json | {"id": ""} == unknown.json | {"id": ""}


def test_a_disabled_user_is_answered_like_a_wrong_password(served: Served, app: Application) -> None:
    served.user("eve", enabled=False)
    browser = served.browser()
    flow_id = browser.begin(app)
    answer = browser.check(flow_id, "eve")
    assert answer.json | {"id": ""} == browser.check(flow_id, password=WRONG).json | {"id": ""}


def test_an_address_that_fails_often_has_to_wait(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    what = f"sign-on:{served.environment_id}:{browser.address}"
    for _ in range(98):
        served.write(lambda connection: attempts.tried(connection, what, window=900_000, now=served.now))
    for at in range(2):
        assert browser.check(flow_id, f"sprayed-{at}", WRONG).status == 400
    answer = browser.check(flow_id)
    assert answer.status == 429
    assert answer.errors == [("REQUEST_LIMITED", "")]
    elsewhere = served.browser("192.0.2.2")
    assert elsewhere.check(elsewhere.begin(app)).status == 200
    served.time += 901
    assert browser.check(browser.begin(app)).status == 200


# ── The name first ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_name_first_then_the_password(served: Served, app: Application) -> None:
    served.policy(app, IDENTIFIER_FIRST)
    browser = served.browser()
    flow_id = browser.begin(app)
    assert browser.flow(flow_id).json["status"] == "SIGN_ON_REQUIRED"
    asked = browser.act(flow_id, "user.lookup", username="ann").json
    assert asked["status"] == "PASSWORD_REQUIRED"
    assert asked["_embedded"]["user"] == {"username": "ann"}
    assert browser.act(flow_id, "password.check", password=PASSWORD).json["status"] == "COMPLETED"


@pytest.mark.parametrize("action", ["password.check", "usernamePassword.check"])
def test_the_password_is_taken_under_both_names(served: Served, app: Application, action: str) -> None:
    served.policy(app, IDENTIFIER_FIRST)
    browser = served.browser()
    flow_id = browser.begin(app)
    browser.act(flow_id, "user.lookup", username="ann")
    assert browser.act(flow_id, action, password=PASSWORD).json["status"] == "COMPLETED"


def test_name_and_password_may_come_together(served: Served, app: Application) -> None:
    served.policy(app, IDENTIFIER_FIRST)
    browser = served.browser()
    answer = browser.act(browser.begin(app), "user.lookup", username="ann", password=PASSWORD)
    assert answer.json["status"] == "COMPLETED"


def test_an_unknown_name_is_asked_for_its_password_too(served: Served, app: Application) -> None:
    served.policy(app, IDENTIFIER_FIRST)
    answers = []
    for name in ("ann", "nob"):
        browser = served.browser()
        flow_id = browser.begin(app)
        asked = browser.act(flow_id, "user.lookup", username=name)
        refused = browser.act(flow_id, "password.check", password=WRONG)
        text = asked.text.replace(flow_id, "F").replace(name, "N")
        answers.append((asked.status, text, refused.status, refused.errors))
    assert answers[0] == answers[1]


def test_somebody_else_may_begin_again(served: Served, app: Application) -> None:
    served.policy(app, IDENTIFIER_FIRST)
    browser = served.browser()
    flow_id = browser.begin(app)
    browser.act(flow_id, "user.lookup", username="bob")
    assert browser.act(flow_id, "session.reset").json["status"] == "SIGN_ON_REQUIRED"


# ── Forgotten ────────────────────────────────────────────────────────────────────────────────────────────────────


def forget(browser: Browser, app: Application, username: str = "ann") -> str:
    flow_id = browser.begin(app)
    answer = browser.act(flow_id, "password.forgot", username=username)
    assert answer.json["status"] == "RECOVERY_CODE_REQUIRED"
    return flow_id


def test_a_forgotten_password_is_set_anew_with_a_code(served: Served, app: Application) -> None:
    served.time = BEGINNING + 2 * DAY
    browser = served.browser()
    flow_id = forget(browser, app)
    assert served.outbox.sent[-1].recipient == "ann@example.com"
    code = served.outbox.code
    answer = browser.act(flow_id, "password.recover", recoveryCode=code, newPassword=OTHER_PASSWORD)
    assert answer.json["status"] == "COMPLETED"
    other = served.browser()
    flow_id = other.begin(app)
    assert other.check(flow_id).status == 400
    assert other.check(flow_id, password=OTHER_PASSWORD).status == 200


def test_a_recovery_ends_the_sessions_of_whoever_knew_the_password(served: Served, app: Application) -> None:
    thief = served.browser()
    thief.sign_on(app)
    browser = served.browser()
    flow_id = forget(browser, app)
    browser.act(flow_id, "password.recover", recoveryCode=served.outbox.code, newPassword=OTHER_PASSWORD)
    assert thief.silent(app)["error"] == "login_required"
    assert "code" in browser.silent(app)


def test_a_wrong_code_is_refused(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = forget(browser, app)
    answer = browser.act(flow_id, "password.recover", recoveryCode="BBBB-BBBB", newPassword=OTHER_PASSWORD)
    assert answer.errors == [("INVALID_VALUE", "recoveryCode")]


def test_a_code_that_was_guessed_at_is_good_no_more(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = forget(browser, app)
    for _ in range(5):
        browser.act(flow_id, "password.recover", recoveryCode="BBBB-BBBB", newPassword=OTHER_PASSWORD)
    answer = browser.act(flow_id, "password.recover", recoveryCode=served.outbox.code, newPassword=OTHER_PASSWORD)
    assert answer.errors == [("INVALID_VALUE", "recoveryCode")]


def test_a_new_password_has_to_fit_the_policy_and_the_code_stays_good(served: Served, app: Application) -> None:
    browser = served.browser()
    flow_id = forget(browser, app)
    code = served.outbox.code
    answer = browser.act(flow_id, "password.recover", recoveryCode=code, newPassword="short")
    assert answer.errors == [("PASSWORD_REQUIREMENTS_NOT_MET", "newPassword")]
    answer = browser.act(flow_id, "password.recover", recoveryCode=code, newPassword=OTHER_PASSWORD)
    assert answer.json["status"] == "COMPLETED"


def test_nobody_learns_from_a_forgotten_password_who_exists(served: Served, app: Application) -> None:
    answers = []
    for name in ("ann", "nob"):
        browser = served.browser()
        flow_id = browser.begin(app)
        asked = browser.act(flow_id, "password.forgot", username=name)
        again = browser.act(flow_id, "password.sendRecoveryCode")
        refused = browser.act(flow_id, "password.recover", recoveryCode="BBBB-BBBB", newPassword=OTHER_PASSWORD)
        texts = [each.text.replace(flow_id, "F").replace(name, "N") for each in (asked, again)]
        answers.append((asked.status, again.status, refused.status, refused.errors, *texts))
    assert answers[0] == answers[1]
    assert len(served.outbox.sent) == 2


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_codes_are_sent_so_often_and_no_more(served: Served, app: Application, name: str) -> None:
    browser = served.browser()
    flow_id = forget(browser, app, name)
    statuses = [browser.act(flow_id, "password.sendRecoveryCode").status for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]


def test_a_policy_without_recovery_offers_none(served: Served, app: Application) -> None:
    served.policy(app, {"type": "LOGIN", "recovery": {"enabled": False}})
    browser = served.browser()
    flow_id = browser.begin(app)
    assert "password.forgot" not in browser.flow(flow_id).json["_links"]
    assert browser.act(flow_id, "password.forgot", username="ann").status == 400
    assert not served.outbox.sent


# ── To be changed ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_password_that_must_be_changed_lets_nobody_in_before(served: Served, app: Application) -> None:
    served.user("bob", must_change=True)
    browser = served.browser()
    flow_id = browser.begin(app)
    asked = browser.check(flow_id, "bob")
    assert asked.status == 200
    assert asked.json["status"] == "MUST_CHANGE_PASSWORD"
    assert not asked.set_cookies
    assert "user" in asked.json["_embedded"]
    assert browser.resume(flow_id).flow_id == flow_id
    answer = browser.act(flow_id, "password.reset", currentPassword=PASSWORD, newPassword=OTHER_PASSWORD)
    assert answer.json["status"] == "COMPLETED"


def test_the_current_password_is_asked_for_again(served: Served, app: Application) -> None:
    served.user("bob", must_change=True)
    browser = served.browser()
    flow_id = browser.begin(app)
    browser.check(flow_id, "bob")
    answer = browser.act(flow_id, "password.reset", currentPassword=WRONG, newPassword=OTHER_PASSWORD)
    assert answer.errors == [("INVALID_CREDENTIALS", "currentPassword")]


def test_a_password_expires(served: Served, app: Application) -> None:
    served.time += 183 * DAY
    browser = served.browser()
    flow_id = browser.begin(app)
    assert browser.check(flow_id).json["status"] == "PASSWORD_EXPIRED"
    answer = browser.act(flow_id, "password.reset", currentPassword=PASSWORD, newPassword=OTHER_PASSWORD)
    assert answer.json["status"] == "COMPLETED"


# ── Registration ─────────────────────────────────────────────────────────────────────────────────────────────────

NEW = {"username": "carol", "email": "carol@example.com", "password": OTHER_PASSWORD}


def test_a_new_user_proves_the_address_and_is_signed_on(served: Served, app: Application) -> None:
    served.policy(app, served.registration())
    browser = served.browser()
    flow_id = browser.begin(app)
    asked = browser.act(flow_id, "user.register", **NEW, name={"given": "Carol"})
    assert asked.json["status"] == "VERIFICATION_CODE_REQUIRED"
    assert browser.act(flow_id, "user.verify", verificationCode="BBBB-BBBB").status == 400
    answer = browser.act(flow_id, "user.verify", verificationCode=served.outbox.code)
    assert answer.json["status"] == "COMPLETED"
    claims = said(served.redeem(app, browser.resume(flow_id).parameters["code"])["id_token"])
    assert claims["amr"] == ["pwd"]


def test_the_address_has_to_be_proven_at_the_next_sign_on_at_the_latest(served: Served, app: Application) -> None:
    served.policy(app, served.registration())
    browser = served.browser()
    browser.act(browser.begin(app), "user.register", **NEW)
    other = served.browser()
    flow_id = other.begin(app)
    assert other.check(flow_id, "carol", OTHER_PASSWORD).json["status"] == "VERIFICATION_CODE_REQUIRED"
    again = other.act(flow_id, "user.sendVerificationCode")
    assert again.json["status"] == "VERIFICATION_CODE_REQUIRED"
    assert other.act(flow_id, "user.verify", verificationCode=served.outbox.code).status == 200


def test_a_name_that_is_taken_is_refused(served: Served, app: Application) -> None:
    served.policy(app, served.registration())
    browser = served.browser()
    answer = browser.act(browser.begin(app), "user.register", **NEW | {"username": "ANN"})
    assert answer.errors == [("UNIQUENESS_VIOLATION", "username")]


def test_a_weak_password_is_refused(served: Served, app: Application) -> None:
    served.policy(app, served.registration())
    browser = served.browser()
    answer = browser.act(browser.begin(app), "user.register", **NEW | {"password": "short"})
    assert answer.errors == [("PASSWORD_REQUIREMENTS_NOT_MET", "password.value")]


def test_nobody_registers_where_the_policy_does_not_say_so(served: Served, app: Application) -> None:
    browser = served.browser()
    assert browser.act(browser.begin(app), "user.register", **NEW).status == 400


def test_an_address_registers_so_many_users_and_no_more(served: Served, app: Application) -> None:
    served.policy(app, served.registration())
    what = f"registration:{served.environment_id}:192.0.2.1"
    for _ in range(18):
        served.write(lambda connection: attempts.tried(connection, what, window=3_600_000, now=served.now))
    statuses = []
    for name in ("ann", "carol1", "carol2"):  # a name that is taken counts too: it tells who has an account
        browser = served.browser()
        flow_id = browser.begin(app)
        statuses.append(browser.act(flow_id, "user.register", **NEW | {"username": name}).status)
    assert statuses == [400, 200, 429]


def test_a_user_gets_so_many_codes_however_the_name_is_written(served: Served, app: Application) -> None:
    names = ("ann", "ANN", "\uff41nn", "a\uff4en", "an\uff4e", "\uff21\uff2e\uff2e")
    statuses = []
    for name in names:
        browser = served.browser()
        statuses.append(browser.act(browser.begin(app), "password.forgot", username=name).status)
    assert statuses == [200] * 5 + [429]
    assert len(served.outbox.sent) == 5


@pytest.mark.parametrize("name", ["a\x00", "a\ud800"])
def test_what_is_no_text_is_refused(served: Served, app: Application, name: str) -> None:
    browser = served.browser()
    flow_id = browser.begin(app)
    answer = browser.act(flow_id, "usernamePassword.check", username=name, password=name)
    assert answer.errors == [("INVALID_VALUE", "username"), ("INVALID_VALUE", "password")]
