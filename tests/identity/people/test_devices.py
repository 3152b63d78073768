"""Second factors: authenticator applications, recovery codes and passkeys."""

import os
from base64 import b32decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from gatepost.identity import authenticators, devices, passkeys, recovery_codes, totp
from gatepost.identity.authenticators import Enrolment
from gatepost.identity.devices import Device, FactorCheck
from gatepost.identity.passkeys import Ceremony, Proof, RelyingParty
from gatepost.identity.refusals import Conflict, InvalidData, NotFound
from gatepost.identity.store import tables
from gatepost.identity.store.sealing import SealingKey
from gatepost.identity.users import User
from tests.identity.people.authenticator import Authenticator, decode
from tests.identity.people.conftest import NOW, Home

T = TypeVar("T")
SEALING = SealingKey([os.urandom(32)])
MINUTE = 60_000


@pytest.fixture
def alice(home: Home) -> User:
    return home.user("alice")


def secret_of(enrolment: Enrolment) -> bytes:
    return b32decode(enrolment.secret)


def code_at(enrolment: Enrolment, now: int) -> str:
    return totp.code(secret_of(enrolment), totp.step_at(now))


def enrolled(home: Home, user: User, sent: Any = None) -> Enrolment:
    return home.store.write(lambda c: authenticators.enrol(c, SEALING, user, "Home", NOW, sent))


def activate(home: Home, user: User, enrolment: Enrolment, code: str, now: int = NOW) -> FactorCheck:
    return home.store.write(
        lambda c: authenticators.activate(c, SEALING, home.environment_id, user.id, enrolment.device.id, code, now)
    )


def check(home: Home, user: User, code: str, now: int = NOW, **more: Any) -> FactorCheck:
    return home.store.write(lambda c: authenticators.check(c, SEALING, home.environment_id, user.id, code, now, **more))


def listed(home: Home, user: User) -> tuple[Device, ...]:
    return home.store.read(lambda c: devices.listed(c, home.environment_id, user.id)).items


def at_once(times: int, call: Callable[[], T]) -> list[T]:
    with ThreadPoolExecutor(times) as threads:
        return [outcome.result() for outcome in [threads.submit(call) for _ in range(times)]]


# ── Authenticator applications ───────────────────────────────────────────────────────────────────────────────────


def test_an_application_is_active_after_its_first_code(home: Home, alice: User) -> None:
    enrolment = enrolled(home, alice, {"nickname": "phone"})
    assert enrolment.secret not in repr(enrolment)
    (waiting,) = listed(home, alice)
    assert (waiting.type, waiting.status, waiting.document) == ("TOTP", "ACTIVATION_REQUIRED", {"nickname": "phone"})
    code = code_at(enrolment, NOW)
    assert not check(home, alice, code).right
    assert not activate(home, alice, enrolment, "000000").right
    assert activate(home, alice, enrolment, code) == FactorCheck(True, waiting.id)
    (active,) = listed(home, alice)
    assert active.active
    assert home.store.read(lambda c: devices.active_types(c, alice.id)) == {"TOTP"}
    with pytest.raises(NotFound):
        activate(home, alice, enrolment, code)


def test_a_code_is_good_once(home: Home, alice: User) -> None:
    enrolment = enrolled(home, alice)
    first = code_at(enrolment, NOW)
    assert activate(home, alice, enrolment, first).right
    assert not check(home, alice, first).right
    later = NOW + MINUTE
    code = code_at(enrolment, later)
    results = at_once(4, lambda: check(home, alice, code, later))
    assert [result.right for result in results].count(True) == 1


def test_five_wrong_codes_lock_for_five_minutes_however_many_come_at_once(home: Home, alice: User) -> None:
    enrolment = enrolled(home, alice)
    activate(home, alice, enrolment, code_at(enrolment, NOW))
    results = at_once(8, lambda: check(home, alice, "000000"))
    assert sum(result.locked_until is None for result in results) == 4
    later = NOW + MINUTE
    assert check(home, alice, code_at(enrolment, later), later) == FactorCheck(False, None, NOW + 5 * MINUTE)
    after = NOW + 5 * MINUTE
    assert check(home, alice, code_at(enrolment, after), after).right


def test_the_fifth_code_may_be_right_and_forgets_the_wrong_ones(home: Home, alice: User) -> None:
    enrolment = enrolled(home, alice)
    activate(home, alice, enrolment, code_at(enrolment, NOW))
    for later in (NOW + MINUTE, NOW + 2 * MINUTE):
        for _ in range(4):
            assert check(home, alice, "000000", later).locked_until is None
        assert check(home, alice, code_at(enrolment, later), later).right


def test_the_secret_is_sealed_for_its_device(home: Home, alice: User) -> None:
    enrolment = enrolled(home, alice)
    rows = home.store.read(lambda c: c.execute(select(tables.devices)).all())
    assert enrolment.secret not in repr(rows)
    assert repr(secret_of(enrolment)) not in repr(rows)
    assert enrolment.key_uri.endswith(f"secret={enrolment.secret}&issuer=Home&algorithm=SHA1&digits=6&period=30")


def test_enrolling_again_takes_the_place_of_what_waits(home: Home, alice: User) -> None:
    enrolled(home, alice)
    again = enrolled(home, alice)
    assert [device.id for device in listed(home, alice)] == [again.device.id]


def test_a_certain_device_can_be_asked_for(home: Home, alice: User) -> None:
    one = enrolled(home, alice)
    activate(home, alice, one, code_at(one, NOW))
    other = enrolled(home, alice)
    activate(home, alice, other, code_at(other, NOW))
    later = NOW + MINUTE
    assert not check(home, alice, code_at(one, later), later, device_id=other.device.id).right
    assert check(home, alice, code_at(one, later), later, device_id=one.device.id).device_id == one.device.id


def test_a_user_has_at_most_ten_devices(home: Home, alice: User) -> None:
    for _ in range(devices.MOST):
        made = enrolled(home, alice)
        activate(home, alice, made, code_at(made, NOW))
    with pytest.raises(InvalidData, match="at most 10 devices"):
        enrolled(home, alice)


def test_a_device_is_renamed_and_removed(home: Home, alice: User) -> None:
    made = enrolled(home, alice).device

    def write(work: Callable[[Connection], T]) -> T:
        return home.store.write(work)

    renamed = write(lambda c: devices.rename(c, home.environment_id, alice.id, made.id, {"nickname": "x"}, NOW + 1))
    assert (renamed.document, renamed.updated_at) == ({"nickname": "x"}, NOW + 1)
    assert write(lambda c: devices.rename(c, home.environment_id, alice.id, made.id, {}, NOW)).document == {}
    bob = home.user("bob")
    for wrong in (bob.id, home.population_id):
        with pytest.raises(NotFound):
            write(partial(devices.remove, environment_id=home.environment_id, user_id=wrong, device_id=made.id))
    write(lambda c: devices.remove(c, home.environment_id, alice.id, made.id))
    assert listed(home, alice) == ()


# ── Recovery codes ───────────────────────────────────────────────────────────────────────────────────────────────


def test_each_recovery_code_is_good_once(home: Home, alice: User) -> None:
    codes = home.store.write(lambda c: recovery_codes.issue(c, home.environment_id, alice.id, NOW))
    assert len(set(codes)) == 10
    kept = repr(home.store.read(lambda c: c.execute(select(tables.devices)).all()))
    assert codes[0] not in kept
    assert codes[0].replace("-", "") not in kept
    assert listed(home, alice) == ()
    assert home.store.read(lambda c: devices.active_types(c, alice.id)) == frozenset()

    def use(code: str) -> bool:
        return home.store.write(lambda c: recovery_codes.use(c, home.environment_id, alice.id, code, NOW)).right

    assert at_once(4, lambda: use(codes[0])).count(True) == 1
    assert use(codes[1].lower().replace("-", " "))
    assert home.store.read(lambda c: recovery_codes.left(c, alice.id)) == 8
    again = home.store.write(lambda c: recovery_codes.issue(c, home.environment_id, alice.id, NOW))
    assert not use(codes[2])
    assert use(again[0])
    for _ in range(5):
        use("BCDF-BCDF-BCDF")
    assert not use(again[1])


# ── Passkeys ─────────────────────────────────────────────────────────────────────────────────────────────────────

PARTY = RelyingParty("id.example.com", "Home", "https://id.example.com")


def registered(home: Home, user: User, **more: Any) -> Authenticator:
    authenticator = Authenticator(PARTY.origin, **more)
    ceremony = home.store.read(lambda c: passkeys.registration(c, user, PARTY))
    answer = authenticator.create(ceremony.options)
    home.store.write(lambda c: passkeys.register(c, user, answer, ceremony.challenge, PARTY, NOW, {"nickname": "key"}))
    return authenticator


def asked(home: Home, user: User | None = None) -> Ceremony:
    return home.store.read(lambda c: passkeys.authentication(c, PARTY, user.id if user else None))


def proof(home: Home, answer: Any, ceremony: Ceremony, user: User | None = None) -> Proof | None:
    return home.store.write(
        lambda c: passkeys.check(
            c, home.environment_id, answer, ceremony.challenge, PARTY, NOW, user_id=user.id if user else None
        )
    )


def test_a_passkey_proves_who_holds_it(home: Home, alice: User) -> None:
    authenticator = registered(home, alice)
    (device,) = listed(home, alice)
    assert (device.type, device.status, device.document) == ("FIDO2", "ACTIVE", {"nickname": "key"})
    ceremony = asked(home)
    assert ceremony.options["userVerification"] == "required"
    assert proof(home, authenticator.get(ceremony.options), ceremony) == Proof(alice.id, device.id, True)
    ceremony = asked(home, alice)
    (allowed,) = ceremony.options["allowCredentials"]
    assert (decode(allowed["id"]), allowed["transports"]) == (authenticator.credential_id, ["internal"])
    assert proof(home, authenticator.get(ceremony.options), ceremony, alice) == Proof(alice.id, device.id, True)


def test_without_a_password_the_passkey_has_to_check_who_holds_it(home: Home, alice: User) -> None:
    authenticator = registered(home, alice, verifies=False)
    ceremony = asked(home)
    assert proof(home, authenticator.get(ceremony.options), ceremony) is None
    ceremony = asked(home, alice)
    found = proof(home, authenticator.get(ceremony.options), ceremony, alice)
    assert found is not None
    assert not found.user_verified


def test_an_answer_counts_once(home: Home, alice: User) -> None:
    authenticator = registered(home, alice, counts=False)
    ceremony = asked(home)
    answer = authenticator.get(ceremony.options)
    found = at_once(4, lambda: proof(home, answer, ceremony))
    assert sum(each is not None for each in found) == 1


def test_a_copied_passkey_is_found_out_by_its_counter(home: Home, alice: User) -> None:
    authenticator = registered(home, alice, counter=5)
    for counter, good in ((9, True), (9, False), (8, False), (10, True)):
        authenticator.counter = counter - 1
        ceremony = asked(home)
        assert (proof(home, authenticator.get(ceremony.options), ceremony) is not None) is good


def test_an_answer_to_another_question_proves_nothing(home: Home, alice: User) -> None:
    authenticator = registered(home, alice)
    bob = home.user("bob")
    registered(home, bob)
    right, other = asked(home), asked(home)
    assert proof(home, authenticator.get(other.options), right) is None
    ceremony = asked(home)
    assert proof(home, authenticator.get(ceremony.options), ceremony, bob) is None
    authenticator.origin = "https://id.example.com.evil.example"
    ceremony = asked(home)
    assert proof(home, authenticator.get(ceremony.options), ceremony) is None
    authenticator.origin, authenticator.handle = PARTY.origin, bob.id
    ceremony = asked(home)
    assert proof(home, authenticator.get(ceremony.options), ceremony) is None
    ceremony = asked(home)
    assert proof(home, Authenticator(PARTY.origin).get(ceremony.options), ceremony) is None


def test_a_passkey_is_registered_once(home: Home, alice: User) -> None:
    authenticator = registered(home, alice)
    ceremony = home.store.read(lambda c: passkeys.registration(c, alice, PARTY))
    (excluded,) = ceremony.options["excludeCredentials"]
    assert decode(excluded["id"]) == authenticator.credential_id
    answer = authenticator.create(ceremony.options)
    bob = home.user("bob")
    with pytest.raises(Conflict):
        home.store.write(lambda c: passkeys.register(c, bob, answer, ceremony.challenge, PARTY, NOW))


def test_a_registration_for_another_challenge_or_origin_is_refused(home: Home, alice: User) -> None:
    one, other = (home.store.read(lambda c: passkeys.registration(c, alice, PARTY)) for _ in range(2))
    for authenticator, ceremony in (
        (Authenticator(PARTY.origin), other),
        (Authenticator("https://evil.example"), one),
    ):
        answer = authenticator.create(ceremony.options)
        with pytest.raises(InvalidData):
            home.store.write(
                partial(passkeys.register, user=alice, credential=answer, challenge=one.challenge, party=PARTY, now=NOW)
            )
    assert listed(home, alice) == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=8), each, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    junk=_JSON,
    where=st.sampled_from(["", "id", "rawId", "response", "type", "clientDataJSON", "signature", "userHandle"]),
)
def test_no_answer_is_more_than_refused(home: Home, junk: Any, where: str) -> None:
    if home.environment_id not in _AUTHENTICATORS:
        _AUTHENTICATORS[home.environment_id] = registered(home, home.user("alice"))
    authenticator = _AUTHENTICATORS[home.environment_id]
    ceremony = asked(home)
    answer: Any = authenticator.get(ceremony.options)
    if where == "":
        answer = junk
    elif where in answer:
        answer[where] = junk
    else:
        answer["response"][where] = junk
    found = proof(home, answer, ceremony)
    assert found is None or (where == "userHandle" and not junk)


_AUTHENTICATORS: dict[str, Authenticator] = {}
