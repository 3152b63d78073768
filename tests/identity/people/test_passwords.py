"""Passwords: set, changed, checked, locked, expired, forgotten."""

import asyncio
import base64
import hashlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, select

from gatepost.identity import (
    one_time_codes,
    password_hashing,
    password_policies,
    password_states,
    passwords,
    populations,
    users,
)
from gatepost.identity.password_policies import DAY
from gatepost.identity.password_policy_shape import STANDARD
from gatepost.identity.password_states import PasswordState
from gatepost.identity.passwords import RECOVERY, CheckResult
from gatepost.identity.refusals import InvalidData, NotFound
from gatepost.identity.store import tables
from gatepost.identity.verified_passwords import VerifiedPasswords
from tests.identity.people.conftest import NOW, Home

T = TypeVar("T")
FIRST, SECOND, THIRD = "Tr4ck-xyzw-Lm", "Quite-0ther-Zx", "Hm-n0thing-Alike"


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)


def person(home: Home, password: str = FIRST, **more: Any) -> str:
    sent = {"username": "alice", "password": {"value": password, **more}}
    return run(passwords.create_user(home.store, home.environment_id, sent, NOW)).id


def check(home: Home, username: str, password: str, now: int = NOW) -> CheckResult:
    return run(passwords.check_username(home.store, home.environment_id, username, password, now))


def status(home: Home, user_id: str, now: int = NOW) -> str:
    return state(home, user_id).status(now)


def state(home: Home, user_id: str) -> PasswordState:
    return home.store.read(lambda connection: password_states.of_user(connection, home.environment_id, user_id))


def with_policy(home: Home, **members: Any) -> None:
    def work(connection: Connection) -> None:
        (policy,) = password_policies.listed(connection, home.environment_id).items
        sent = {name: value for name, value in {**STANDARD, **members}.items() if value is not None}
        password_policies.replace(connection, home.environment_id, policy.id, sent, NOW)

    home.store.write(work)


def refused(coroutine: Coroutine[Any, Any, Any]) -> tuple[str, str, Any]:
    with pytest.raises(InvalidData) as caught:
        run(coroutine)
    (violation,) = caught.value.violations
    assert FIRST not in str(caught.value)
    assert SECOND not in str(caught.value)
    return violation.code, violation.target, dict(violation.inner or {})


def test_a_user_signs_on_with_the_first_password(home: Home) -> None:
    user_id = person(home)
    result = check(home, "ALICE", FIRST)
    assert result.verdict == "OK"
    assert result.proven is not None
    assert result.proven.id == user_id
    assert "password" not in result.proven.document
    wrong = check(home, "alice", SECOND)
    assert (wrong.verdict, wrong.user, wrong.proven) == ("INVALID_CREDENTIALS", None, None)


def test_only_a_hash_is_kept_and_nothing_of_it_is_shown(home: Home) -> None:
    user_id = person(home)
    rows = home.store.read(lambda c: [*c.execute(select(tables.passwords)), *c.execute(select(tables.users))])
    assert FIRST not in repr(rows)
    shown = state(home, user_id)
    assert repr(shown) == f"PasswordState(user={user_id!r})"
    policy = {"id": shown.policy.id}
    assert shown.document(NOW) == {
        "environment": {"id": home.environment_id},
        "user": {"id": user_id},
        "passwordPolicy": policy,
        "status": "OK",
        "lastChangedAt": "2027-01-15T08:00:00.000Z",
    }


def test_a_first_password_has_to_fit_the_policy(home: Home) -> None:
    code, target, inner = refused(
        passwords.create_user(home.store, home.environment_id, {"username": "xyzw", "password": {"value": FIRST}}, NOW)
    )
    assert (code, target) == ("PASSWORD_REQUIREMENTS_NOT_MET", "password.value")
    assert inner == {"unsatisfiedRequirements": ["excludesProfileData"]}
    assert home.store.read(lambda c: users.by_username(c, home.environment_id, "xyzw")) is None


def test_a_population_may_have_a_policy_of_its_own(home: Home) -> None:
    def work(connection: Connection) -> str:
        lax = password_policies.create(connection, home.environment_id, {"name": "Lax", "length": {"min": 1}}, NOW)
        sent = {"name": "p", "passwordPolicy": {"id": lax.id}}
        return populations.create(connection, home.environment_id, sent, NOW).id

    population = {"id": home.store.write(work)}
    sent = {"username": "bob", "population": population, "password": {"value": "a"}}
    user = run(passwords.create_user(home.store, home.environment_id, sent, NOW))
    assert check(home, "bob", "a").verdict == "OK"
    assert state(home, user.id).policy.name == "Lax"


def test_a_user_without_a_password(home: Home) -> None:
    user = home.user("alice")
    assert status(home, user.id) == "NO_PASSWORD"
    assert check(home, "alice", "").verdict == "INVALID_CREDENTIALS"
    made = run(
        passwords.set_password(home.store, home.environment_id, user.id, {"value": FIRST, "forceChange": False}, NOW)
    )
    assert made.status(NOW) == status(home, user.id) == "OK"
    assert check(home, "alice", FIRST).verdict == "OK"


def test_a_forced_change(home: Home) -> None:
    user_id = person(home, forceChange=True)
    assert status(home, user_id) == "MUST_CHANGE_PASSWORD"
    result = check(home, "alice", FIRST)
    assert result.verdict == "MUST_CHANGE_PASSWORD"
    assert result.proven is not None
    run(passwords.change(home.store, home.environment_id, user_id, FIRST, SECOND, NOW))
    assert check(home, "alice", SECOND).verdict == "OK"
    home.store.write(lambda connection: password_states.force_change(connection, home.environment_id, user_id))
    assert status(home, user_id) == "MUST_CHANGE_PASSWORD"


def test_an_old_password_has_expired(home: Home) -> None:
    user_id = person(home)
    later = NOW + 182 * DAY
    assert check(home, "alice", FIRST, later - 1).verdict == "OK"
    assert check(home, "alice", FIRST, later).verdict == "PASSWORD_EXPIRED"
    assert status(home, user_id, later) == "PASSWORD_EXPIRED"
    run(passwords.change(home.store, home.environment_id, user_id, FIRST, SECOND, later))
    assert status(home, user_id, later) == "OK"


def test_wrong_passwords_lock_and_time_opens(home: Home) -> None:
    user_id = person(home)
    verdicts = [check(home, "alice", "wrong").verdict for _ in range(5)]
    assert verdicts == ["INVALID_CREDENTIALS"] * 4 + ["PASSWORD_LOCKED_OUT"]
    locked = check(home, "alice", FIRST, NOW + 1000)
    assert locked == CheckResult("PASSWORD_LOCKED_OUT", None, NOW + 900_000)
    (violation,) = locked.refusal(NOW + 1001).violations
    assert (violation.code, violation.inner) == ("PASSWORD_LOCKED_OUT", {"secondsUntilUnlock": 899})
    assert status(home, user_id) == "PASSWORD_LOCKED_OUT"
    assert state(home, user_id).document(NOW)["secondsUntilUnlock"] == 900
    assert check(home, "alice", "wrong", NOW + 900_000).verdict == "INVALID_CREDENTIALS"
    assert check(home, "alice", FIRST, NOW + 900_000).verdict == "OK"
    assert state(home, user_id).failures == 0


def test_a_right_password_forgets_the_wrong_ones(home: Home) -> None:
    person(home)
    for _ in range(3):
        for _ in range(4):
            assert check(home, "alice", "wrong").verdict == "INVALID_CREDENTIALS"
        assert check(home, "alice", FIRST).verdict == "OK"


def test_an_administrator_unlocks(home: Home) -> None:
    user_id = person(home)
    for _ in range(5):
        check(home, "alice", "wrong")
    run(passwords.unlock(home.store, home.environment_id, user_id))
    assert check(home, "alice", FIRST).verdict == "OK"


def test_without_a_lockout_nothing_locks(home: Home) -> None:
    with_policy(home, lockout=None)
    person(home)
    assert {check(home, "alice", "wrong").verdict for _ in range(7)} == {"INVALID_CREDENTIALS"}
    assert check(home, "alice", FIRST).verdict == "OK"


def test_many_at_once_get_no_more_tries_than_one_after_the_other(home: Home) -> None:
    person(home)

    def attempt(password: str) -> str:
        return check(home, "alice", password).verdict

    with ThreadPoolExecutor(8) as threads:
        verdicts = list(threads.map(attempt, ["wrong"] * 12))
    assert verdicts.count("INVALID_CREDENTIALS") == 4
    assert check(home, "alice", FIRST).verdict == "PASSWORD_LOCKED_OUT"


def test_a_right_password_does_not_count_when_it_was_locked_while_it_was_verified(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(home)
    verified = password_hashing.verified

    def slow(kept: str, cleartext: str) -> password_hashing.Verified:
        monkeypatch.setattr(password_hashing, "verified", verified)
        home.store.write(others_fail)
        return verified(kept, cleartext)

    def others_fail(connection: Connection) -> None:
        user = users.by_username(connection, home.environment_id, "alice")
        assert user is not None
        for _ in range(5):
            password_states.failed(connection, user.id, password_policies.Lockout(5, 900_000), NOW)

    monkeypatch.setattr(password_hashing, "verified", slow)
    assert check(home, "alice", FIRST).verdict == "PASSWORD_LOCKED_OUT"


def test_nobody_is_told_from_somebody(home: Home) -> None:
    """Unknown names, and users without a password, are answered as known ones are: with the same locks too."""
    person(home)
    home.user("carol")

    def answers(username: str) -> list[Any]:
        now = [NOW] * 5 + [NOW + 1000, NOW + 899_999, NOW + 900_000]
        results = [check(home, username, "wrong", at) for at in now]
        return [(result, str(result.refusal(at))) for result, at in zip(results, now, strict=True)]

    assert answers("nobody") == answers("alice") == answers("carol")


def test_nobody_takes_as_much_hashing_as_somebody(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    person(home)
    hashes: list[str] = []
    verify = password_hashing._HASHER.verify

    class Counting:
        def verify(self, kept: str, secret: bytes) -> bool:
            hashes.append(kept.rpartition("$")[0].rpartition("$")[0])
            return verify(kept, secret)

        hash = staticmethod(password_hashing._HASHER.hash)
        check_needs_rehash = staticmethod(password_hashing._HASHER.check_needs_rehash)

    monkeypatch.setattr(password_hashing, "_HASHER", Counting())
    check(home, "alice", "wrong")
    check(home, "nobody", "wrong")
    assert len(hashes) == 2
    assert hashes[0] == hashes[1]


def test_a_disabled_user_is_refused_in_the_same_words_as_a_wrong_password(home: Home) -> None:
    user_id = person(home)
    home.store.write(lambda c: users.enable(c, home.environment_id, user_id, {"enabled": False}, NOW))
    result = check(home, "alice", FIRST)
    assert (result.verdict, result.proven) == ("ACCOUNT_DISABLED", None)
    assert str(result.refusal(NOW)) == str(check(home, "alice", "wrong").refusal(NOW))
    with pytest.raises(InvalidData):
        run(passwords.change(home.store, home.environment_id, user_id, FIRST, SECOND, NOW + 2 * DAY))


def test_a_check_by_identifier(home: Home) -> None:
    user_id = person(home)
    assert run(passwords.check(home.store, home.environment_id, user_id, FIRST, NOW)).verdict == "OK"
    with pytest.raises(NotFound):
        run(passwords.check(home.store, home.environment_id, home.population_id, FIRST, NOW))


def test_a_remembered_password_is_not_hashed_again_but_still_locked(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = person(home)
    memory = VerifiedPasswords()

    def remembered(password: str = FIRST) -> str:
        return run(passwords.check_username(home.store, home.environment_id, "alice", password, NOW, memory)).verdict

    assert remembered() == "OK"
    calls: list[str] = []
    verified = password_hashing.verified

    def counted(kept: str, cleartext: str) -> password_hashing.Verified:
        calls.append(kept)
        return verified(kept, cleartext)

    monkeypatch.setattr(password_hashing, "verified", counted)
    assert remembered() == "OK"
    assert calls == []
    for _ in range(5):
        remembered("wrong")
    assert len(calls) == 5
    assert remembered() == "PASSWORD_LOCKED_OUT"
    run(passwords.set_password(home.store, home.environment_id, user_id, {"value": SECOND}, NOW))
    assert remembered() == "INVALID_CREDENTIALS"


# ── Changing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_needs_the_current_password_and_counts_wrong_ones(home: Home) -> None:
    user_id = person(home)
    later = NOW + 2 * DAY
    for _ in range(4):
        answer = refused(passwords.change(home.store, home.environment_id, user_id, "wrong", SECOND, later))
        assert answer == ("INVALID_CREDENTIALS", "currentPassword", {})
    answer = refused(passwords.change(home.store, home.environment_id, user_id, "wrong", SECOND, later))
    assert answer == ("PASSWORD_LOCKED_OUT", "currentPassword", {"secondsUntilUnlock": 900})


def test_a_password_is_kept_for_a_day_by_its_owner(home: Home) -> None:
    user_id = person(home)
    answer = refused(passwords.change(home.store, home.environment_id, user_id, FIRST, SECOND, NOW + DAY - 1))
    assert answer[:2] == ("CONSTRAINT_VIOLATION", "newPassword")
    run(passwords.change(home.store, home.environment_id, user_id, FIRST, SECOND, NOW + DAY))
    run(passwords.set_password(home.store, home.environment_id, user_id, {"value": THIRD}, NOW + DAY))


def test_the_current_password_and_those_before_do_not_come_back(home: Home) -> None:
    user_id = person(home)
    environment, store = home.environment_id, home.store

    def set_to(value: str, now: int) -> None:
        run(passwords.set_password(store, environment, user_id, {"value": value}, now))

    answer = refused(passwords.set_password(store, environment, user_id, {"value": FIRST}, NOW))
    assert answer == ("PASSWORD_REQUIREMENTS_NOT_MET", "value", {"unsatisfiedRequirements": ["notSimilarToCurrent"]})
    answer = refused(passwords.change(store, environment, user_id, FIRST, FIRST + "n", NOW + DAY))
    assert answer[2] == {"unsatisfiedRequirements": ["notSimilarToCurrent"]}
    set_to(SECOND, NOW)
    answer = refused(passwords.set_password(store, environment, user_id, {"value": FIRST}, NOW))
    assert answer[2] == {"unsatisfiedRequirements": ["history"]}
    set_to(FIRST, NOW + 365 * DAY)


def test_the_history_has_an_end(home: Home) -> None:
    with_policy(home, history={"count": 1, "retentionDays": 365})
    user_id = person(home)
    for value in (SECOND, THIRD, FIRST):
        run(passwords.set_password(home.store, home.environment_id, user_id, {"value": value}, NOW))
    assert len(state(home, user_id).history) == 1


def test_an_imported_hash_is_hashed_anew_at_the_first_sign_on(home: Home) -> None:
    user = home.user("alice")
    digest = base64.b64encode(hashlib.sha512(FIRST.encode() + b"salt").digest() + b"salt").decode()
    value = {"value": f"{{SSHA512}}{digest}"}
    run(passwords.set_password(home.store, home.environment_id, user.id, value, NOW))
    assert (state(home, user.id).hash or "").startswith("{SSHA512}")
    assert check(home, "alice", FIRST).verdict == "OK"
    assert (state(home, user.id).hash or "").startswith("$argon2id$")
    assert check(home, "alice", FIRST).verdict == "OK"


# ── Forgotten ────────────────────────────────────────────────────────────────────────────────────────────────────


def code_of(home: Home, user_id: str) -> str:
    def issued(connection: Connection) -> str:
        address = users.get(connection, home.environment_id, user_id).email or ""
        return one_time_codes.issue(connection, home.environment_id, user_id, RECOVERY, NOW, address=address)

    return home.store.write(issued)


def test_a_forgotten_password_is_set_anew_with_a_code_once(home: Home) -> None:
    user_id = person(home)
    for _ in range(5):
        check(home, "alice", "wrong")
    code = code_of(home, user_id)
    typed = f" {code[:4].lower()}-{code[4:]} "
    made = run(passwords.recover(home.store, home.environment_id, user_id, typed, SECOND, NOW))
    assert made.status(NOW) == "OK"
    assert check(home, "alice", SECOND).verdict == "OK"
    again = refused(passwords.recover(home.store, home.environment_id, user_id, code, THIRD, NOW))
    assert again == ("INVALID_VALUE", "recoveryCode", {})


def test_a_bad_new_password_does_not_use_the_code_up(home: Home) -> None:
    user_id = person(home)
    code = code_of(home, user_id)
    for _ in range(6):
        answer = refused(passwords.recover(home.store, home.environment_id, user_id, code, "short", NOW))
        assert answer[:2] == ("PASSWORD_REQUIREMENTS_NOT_MET", "newPassword")
    run(passwords.recover(home.store, home.environment_id, user_id, code, SECOND, NOW))


def test_who_does_not_know_the_code_learns_nothing_of_the_password(home: Home) -> None:
    user_id = person(home)
    code_of(home, user_id)
    answers = {
        refused(passwords.recover(home.store, home.environment_id, who, "BCDFGHJK", new, NOW))[:2]
        for who in (user_id, None)
        for new in (FIRST, "short", SECOND)
    }
    assert answers == {("INVALID_VALUE", "recoveryCode")}


def test_one_of_many_uses_a_recovery_code(home: Home) -> None:
    user_id = person(home)
    code = code_of(home, user_id)

    def attempt(n: int) -> bool:
        try:
            run(passwords.recover(home.store, home.environment_id, user_id, code, f"{SECOND}{n}", NOW))
        except InvalidData:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(attempt, range(4))) == 1


def test_hashing_has_as_many_threads_as_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(password_hashing.hashing(lambda: 7)) == 7
    monkeypatch.setattr("os.cpu_count", lambda: None)
    password_hashing._threads.cache_clear()
    assert password_hashing._threads()._max_workers == 1
    password_hashing._threads().shutdown()
    password_hashing._threads.cache_clear()


def test_only_an_administrator_brings_a_hash_from_elsewhere(home: Home) -> None:
    """No policy can be held against a hash: who registers, recovers or changes a password does not get by with one."""
    value = "{SHA512}" + base64.b64encode(hashlib.sha512(b"a").digest()).decode()
    sent: dict[str, Any] = {"username": "bob", "password": {"value": value}}
    environment, store = home.environment_id, home.store
    run(passwords.create_user(store, environment, sent, NOW, hash_allowed=True))
    assert check(home, "bob", "a").verdict == "OK"
    user_id = person(home)
    run(passwords.create_user(store, environment, {**sent, "username": "carol"}, NOW))
    run(passwords.change(store, environment, user_id, FIRST, value, NOW + 2 * DAY))
    code = code_of(home, user_id)
    assert check(home, "alice", "a", NOW + 2 * DAY).verdict == "INVALID_CREDENTIALS"
    run(passwords.recover(store, environment, user_id, code, value + "x#A1", NOW))
    for username in ("alice", "carol"):
        assert check(home, username, "a", NOW).verdict == "INVALID_CREDENTIALS"
