"""Passwords and names that are guessed: nothing tells who is here, and nobody guesses for long."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from gatepost.identity import password_hashing
from tests.provider.world import PASSWORD, Browser, Client, Reply, User, World, forms

Ask = Callable[[Browser, Client, str], Reply]


def started(browser: Browser, client: Client, **parameters: str) -> str:
    return browser.authorize(client, **parameters).parameters["flowId"]


def by_flow(browser: Browser, client: Client, username: str, password: str = "Wrong-Password7!") -> Reply:
    flow_id = started(browser, client)
    return browser.act(flow_id, "usernamePassword.check", username=username, password=password)


def by_page(browser: Browser, client: Client, username: str) -> Reply:
    shown = browser.follow(browser.authorize(client))
    return browser.enter(shown, User("", username, "Wrong-Password7!"))


def by_forgotten_password(browser: Browser, client: Client, username: str) -> Reply:
    return browser.act(started(browser, client), "password.forgot", username=username)


def by_forgotten_password_page(browser: Browser, client: Client, username: str) -> Reply:
    shown = browser.follow(browser.authorize(client))
    page = browser.get(f"{shown.url}&page=forgot")
    form = next(each for each in forms(page) if each.fields.get("action") == "password.forgot")
    return browser.follow(browser.submit(page, form, {**form.fields, "username": username}))


def by_recovery_code(browser: Browser, client: Client, username: str) -> Reply:
    flow_id = started(browser, client)
    browser.act(flow_id, "password.forgot", username=username)
    return browser.act(flow_id, "password.recover", recoveryCode="00000000", newPassword="Copper-Meadow9!Finch")


def seen(reply: Reply, username: str) -> tuple[int, list[str], str]:
    """What somebody who guesses can see: identifiers, times and what they sent themselves are taken out."""
    text = reply.text.replace(username, "NAME")
    text = re.sub(r"[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z", "#", text)
    return reply.status, sorted(name for name, _ in reply.fields), text


@pytest.mark.parametrize("ask", [by_flow, by_page, by_forgotten_password, by_forgotten_password_page, by_recovery_code])
def test_nothing_that_is_shown_tells_whether_a_name_is_taken(
    provider: World, client: Client, user: User, ask: Ask
) -> None:
    known = ask(provider.browser(), client, user.username)
    unknown = ask(provider.browser(), client, "nobody-of-that-name")
    disabled = provider.user(enabled=False)
    assert seen(known, user.username) == seen(unknown, "nobody-of-that-name")
    assert seen(ask(provider.browser(), client, disabled.username), disabled.username) == seen(known, user.username)


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Argon2 compared, in order."""
    hasher, done = password_hashing._HASHER, []

    class Counting:
        def verify(self, kept: str, cleartext: bytes) -> bool:
            done.append(kept.split("$")[3])
            return hasher.verify(kept, cleartext)

        def __getattr__(self, name: str) -> Any:
            return getattr(hasher, name)

    monkeypatch.setattr(password_hashing, "_HASHER", Counting())
    return done


def test_an_unknown_name_costs_as_much_as_a_known_one(
    provider: World, client: Client, user: User, verifications: list[str]
) -> None:
    never = provider.user(password={"value": PASSWORD, "forceChange": True})
    disabled = provider.user(enabled=False)
    parameters = []
    for username in (user.username, "nobody-of-that-name", disabled.username, never.username):
        verifications.clear()
        by_flow(provider.browser(), client, username)
        assert len(verifications) == 1, username
        parameters += verifications
    assert len(set(parameters)) == 1


def test_a_locked_user_and_an_unknown_one_look_alike(provider: World, client: Client, user: User) -> None:
    browser = provider.browser("198.51.100.1")
    for _ in range(5):
        known, unknown = by_flow(browser, client, user.username), by_flow(browser, client, "nobody-at-all")
    known, unknown = by_flow(browser, client, user.username), by_flow(browser, client, "nobody-at-all")
    assert known.json["details"][0]["code"] == "PASSWORD_LOCKED_OUT"
    seconds = known.json["details"][0]["innerError"]["secondsUntilUnlock"]
    assert 0 < seconds <= 900
    numbers = re.compile(rf"\b({seconds}|{unknown.json['details'][0]['innerError']['secondsUntilUnlock']})\b")
    assert numbers.sub("N", seen(known, user.username)[2]) == numbers.sub("N", seen(unknown, "nobody-at-all")[2])


def test_the_right_password_does_not_open_a_locked_account_before_its_time(
    provider: World, client: Client, user: User
) -> None:
    browser = provider.browser("198.51.100.2")
    for _ in range(5):
        by_flow(browser, client, user.username)
    locked = by_flow(browser, client, user.username, user.password)
    assert locked.json["details"][0]["code"] == "PASSWORD_LOCKED_OUT"
    by_another = by_flow(provider.browser("198.51.100.3"), client, user.username, user.password)
    assert by_another.json["details"][0]["code"] == "PASSWORD_LOCKED_OUT"
    provider.offset += 901
    assert by_flow(browser, client, user.username, user.password).json["status"] == "COMPLETED"


def test_spraying_one_password_over_many_names_ends_soon(
    provider: World, client: Client, user: User, verifications: list[str]
) -> None:
    sprayer = provider.browser("203.0.113.99")
    flow_id = started(sprayer, client)
    answers = [
        sprayer.act(flow_id, "usernamePassword.check", username=f"name-{number}", password="Summer2026!")
        for number in range(120)
    ]
    statuses = [each.status for each in answers]
    assert statuses.count(429) >= 19
    assert statuses == sorted(statuses)  # once it has begun, nothing gets through
    assert len(verifications) <= 101
    assert "retry-after" in answers[-1].headers or answers[-1].json["code"] == "REQUEST_LIMITED"
    # Whoever comes from elsewhere is let in meanwhile, and so is the sprayer after a while.
    assert by_flow(provider.browser(), client, user.username, user.password).status == 200
    provider.offset += 901
    assert by_flow(sprayer, client, user.username, user.password).status == 200


def test_a_recovery_code_is_not_guessed(provider: World, client: Client, user: User) -> None:
    browser = provider.browser("198.51.100.4")
    flow_id = started(browser, client)
    browser.act(flow_id, "password.forgot", username=user.username)
    code = re.search(r"^ {4}(\S+)", provider.outbox[-1].text, re.MULTILINE)
    assert code is not None
    new = "Copper-Meadow9!Finch"
    for _ in range(10):
        assert browser.act(flow_id, "password.recover", recoveryCode="zzzzzzzz", newPassword=new).status in {400, 429}
    last = browser.act(flow_id, "password.recover", recoveryCode=code[1], newPassword=new)
    assert last.status in {400, 429}
    assert by_flow(browser, client, user.username, user.password).json["status"] == "COMPLETED"


def test_mail_is_not_sent_without_end(provider: World, client: Client, user: User) -> None:
    before = len(provider.outbox)
    for number in range(30):
        by_forgotten_password(provider.browser(f"198.51.100.{100 + number}"), client, user.username)
    assert 0 < len(provider.outbox) - before <= 10
