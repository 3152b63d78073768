"""Codes that are sent, how often something is tried, and the mail that leaves."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select

from gatepost.identity import attempts, mail, one_time_codes, outbox, users
from gatepost.identity.mail import ConsoleMailer, Mail, OutboxMailer, SeveralMailers
from gatepost.identity.store import tables
from gatepost.identity.users import User
from tests.identity.people.conftest import NOW, Home

T = TypeVar("T")


@pytest.fixture
def alice(home: Home) -> User:
    return home.user("alice")


def at_once(times: int, call: Callable[[], T]) -> list[T]:
    with ThreadPoolExecutor(times) as threads:
        return [outcome.result() for outcome in [threads.submit(call) for _ in range(times)]]


def issue(home: Home, user: User, purpose: str = "P") -> str:
    address = user.email or ""
    return home.store.write(
        lambda c: one_time_codes.issue(c, home.environment_id, user.id, purpose, NOW, address=address)
    )


def redeem(home: Home, user: User, code: str, purpose: str = "P", now: int = NOW) -> bool:
    return home.store.write(lambda c: one_time_codes.redeem(c, home.environment_id, user.id, purpose, code, now))


def test_a_code_is_good_once_for_its_user_and_purpose(home: Home, alice: User) -> None:
    code, bob = issue(home, alice), home.user("bob")
    issue(home, bob)
    assert code not in repr(home.store.read(lambda c: c.execute(select(tables.one_time_codes)).all()))
    assert home.store.read(lambda c: one_time_codes.sent_at(c, alice.id, "P")) == NOW
    assert not redeem(home, bob, code)
    assert not redeem(home, alice, code, "Q")
    assert at_once(4, lambda: redeem(home, alice, code)).count(True) == 1
    assert home.store.read(lambda c: one_time_codes.sent_at(c, alice.id, "P")) is None


def test_a_code_is_good_for_the_address_that_it_was_sent_to(home: Home, alice: User) -> None:
    code = issue(home, alice)
    sent = {"email": "elsewhere@example.com"}
    home.store.write(lambda c: users.patch(c, home.environment_id, alice.id, sent, NOW))
    assert not redeem(home, alice, code)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_limit_counts_the_network_of_a_customer(address: str, counted: str) -> None:
    assert attempts.network(address) == counted


def test_a_code_expires(home: Home, alice: User) -> None:
    code = issue(home, alice)
    assert not redeem(home, alice, code, now=NOW + one_time_codes.LIFETIME)
    assert redeem(home, alice, code, now=NOW + one_time_codes.LIFETIME - 1)


def test_a_new_code_takes_the_place_of_the_one_before(home: Home, alice: User) -> None:
    before, after = issue(home, alice), issue(home, alice)
    assert not redeem(home, alice, before)
    assert redeem(home, alice, after)


def test_after_five_wrong_codes_none_is_right(home: Home, alice: User) -> None:
    code = issue(home, alice)
    at_once(5, lambda: redeem(home, alice, "BCDFGHJK"))
    assert not redeem(home, alice, code)
    code = issue(home, alice)
    for _ in range(4):
        redeem(home, alice, "BCDFGHJK")
    assert redeem(home, alice, code)


def test_tries_are_counted_within_a_window(home: Home) -> None:
    def within(now: int = NOW, what: str = "x") -> bool:
        named = f"{home.environment_id}:{what}"
        return home.store.write(lambda c: attempts.within(c, named, most=5, window=1000, now=now))

    assert at_once(8, within).count(True) == 5
    assert not within(NOW + 999)
    assert within(what="y")
    assert within(NOW + 1000)
    home.store.write(lambda c: attempts.forget(c, f"{home.environment_id}:x"))
    tried = home.store.write(lambda c: attempts.tried(c, f"{home.environment_id}:x", window=7, now=NOW))
    assert tried == (1, NOW + 7)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_wrong_guesses_lock_and_counting_begins_anew(home: Home, most: int) -> None:
    def guess(now: int) -> attempts.Guess:
        return home.store.write(lambda c: attempts.guess(c, home.environment_id, most=most, duration=1000, now=now))

    def locked(now: int) -> int | None:
        return home.store.read(lambda c: attempts.locked(c, home.environment_id, most=most, now=now))

    for now in (NOW, NOW + 1000):
        assert [guess(now) for _ in range(most - 1)] == [(True, None)] * (most - 1)
        assert locked(now) is None
        assert guess(now) == (True, now + 1000)
        assert locked(now) == now + 1000
        assert guess(now + 999) == (False, now + 1000)
        assert locked(now + 1000) is None


# ── Mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_mail_is_kept_and_shown_latest_first(home: Home) -> None:
    stream = StringIO()
    mailer = SeveralMailers(ConsoleMailer(stream), OutboxMailer(home.store))
    for n in range(3):
        message = Mail(home.environment_id, "a@example.com", f"Subject {n}", f"Code {n}\n")
        asyncio.run(mailer.send(message, NOW + n))
    assert "Mail to a@example.com\nSubject: Subject 2\n\nCode 2\n" in stream.getvalue()
    kept = home.store.read(lambda c: outbox.listed(c, home.environment_id, 2))
    assert [(each.subject, each.text, each.created_at) for each in kept] == [
        ("Subject 2", "Code 2\n", NOW + 2),
        ("Subject 1", "Code 1\n", NOW + 1),
    ]
    everywhere = home.store.read(lambda c: outbox.listed(c, most=1000))
    assert len([each for each in everywhere if each.environment_id == home.environment_id]) == 3
    home.store.write(lambda c: outbox.clear(c, home.environment_id))
    assert home.store.read(lambda c: outbox.listed(c, home.environment_id)) == ()


def test_only_the_latest_mail_stays(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_MOST_KEPT", 2)

    def put(connection: Connection) -> None:
        for n in range(4):
            outbox.put(connection, home.environment_id, "a@b", str(n), "", NOW + n)

    home.store.write(put)
    assert [each.subject for each in home.store.read(lambda c: outbox.listed(c, home.environment_id))] == ["3", "2"]
    home.store.write(lambda c: outbox.clear(c))
    assert home.store.read(lambda c: outbox.listed(c)) == ()


def test_mail_for_development_goes_to_the_console_and_the_outbox(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(mail.for_development(home.store).send(Mail(home.environment_id, "a@b", "Hello", "You"), NOW))
    assert "Subject: Hello" in capsys.readouterr().err
    assert len(home.store.read(lambda c: outbox.listed(c, home.environment_id))) == 1


@pytest.mark.parametrize(("recipient", "subject"), [("a@b\r\nBcc: c@d", "s"), ("a@b", "s\nX: y"), ("a@b\0", "s")])
def test_a_line_break_cannot_add_to_a_mail(recipient: str, subject: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        Mail("e", recipient, subject, "text")


def test_a_mail_is_not_logged_by_accident() -> None:
    assert "code 123456" not in repr(Mail("e", "a@b", "s", "code 123456"))
