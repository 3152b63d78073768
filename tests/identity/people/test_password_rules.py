"""What a password has to be, and how it is hashed."""

import base64
import hashlib
from typing import Any

import pytest
from argon2 import PasswordHasher

from gatepost.identity import password_hashing, password_rules
from gatepost.identity.common_passwords import is_common
from gatepost.identity.password_policy_shape import SHAPE, STANDARD
from gatepost.identity.refusals import InvalidData
from gatepost.identity.verified_passwords import VerifiedPasswords

GOOD = "Tr4ck-xyzw-Lm"
PROFILE = password_rules.profile_of(
    {"username": "amelie", "email": "postbox@example.com", "name": {"given": "Ämély", "family": "Oz"}}
)


@pytest.mark.parametrize(
    ("password", "unsatisfied"),
    [
        (GOOD, []),
        ("Tr4-xyz", ["length"]),
        ("Tr4-" + "abcdefghij" * 26, ["length"]),
        ("tr4ck-xyzw-lm", ["minCharacters"]),
        ("TRACK-XYZW-4", ["minCharacters"]),
        ("Track-xyzw-Lm", ["minCharacters"]),
        ("Tr4ckxyzwLm", ["minCharacters"]),
        ("Aa1-Aa1-Aa1-", ["minUniqueCharacters"]),
        ("Tr4ck-xyzwww-Lm", ["maxRepeatedCharacters"]),
        ("Tr4-Amelie-Lm", ["excludesProfileData"]),
        ("Tr4-POSTBOX-lm", ["excludesProfileData"]),
        ("Tr4-ÄMÉLY-lm", ["excludesProfileData"]),
        ("Tr4-oz-xyzw-Lm", []),
        ("P@ssw0rd1!", ["excludesCommonlyUsed"]),
        ("Summer2026!", ["excludesCommonlyUsed"]),
        ("", ["length", "minCharacters", "minUniqueCharacters", "excludesCommonlyUsed"]),
    ],
)
def test_the_standard_policy(password: str, unsatisfied: list[str]) -> None:
    assert password_rules.unsatisfied(STANDARD, password, PROFILE) == unsatisfied


@pytest.mark.parametrize(
    ("new", "current", "alike"),
    [
        ("Tr4ck-xyzw-Lm", "Tr4ck-xyzw-Lm", True),
        ("tr4ck-XYZW-lm", "Tr4ck-xyzw-Lm", True),
        ("Tr4ck-xyzw-Lm2", "Tr4ck-xyzw-Lm", True),
        ("Tr5ck-xyzw-Ln", "Tr4ck-xyzw-Lm", True),
        ("Tr56k-xyzw-Ln", "Tr4ck-xyzw-Lm", False),
        ("Quite-0ther-1", "Tr4ck-xyzw-Lm", False),
    ],
)
def test_a_password_like_the_current_one(new: str, current: str, alike: bool) -> None:
    assert password_rules.similar(new, current) is alike
    assert ("notSimilarToCurrent" in password_rules.unsatisfied(STANDARD, new, (), current)) is alike


@pytest.mark.parametrize(("password", "enough"), [("abcdefgh", False), ("kx92mfpqw4", False), ("Kx92mFpqwzt4-8", True)])
def test_complexity_is_how_long_a_search_takes(password: str, enough: bool) -> None:
    assert (password_rules.unsatisfied({"minComplexity": 7}, password) == []) is enough


def test_a_policy_may_be_bypassed_but_for_a_limit_of_length() -> None:
    assert password_rules.unsatisfied({**STANDARD, "bypassPolicy": True}, "a") == []
    assert password_rules.unsatisfied({**STANDARD, "bypassPolicy": True}, "a" * 256) == ["length"]


def test_no_policy_asks_for_nothing() -> None:
    assert password_rules.unsatisfied({}, "a") == []


@pytest.mark.parametrize(
    "password",
    ["password", "Password1", "pa55word", "qwertyuiop", "12345678", "87654321", "aaaaaaa", "passpass", "abcabc"],
)
def test_what_everybody_tries_is_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize("password", [GOOD, "correct horse battery staple", "passport-of-my-aunt", "zq81-kkw"])
def test_what_somebody_thought_of_is_not(password: str) -> None:
    assert not is_common(password)


def test_a_refusal_names_what_is_missing_and_not_the_password() -> None:
    refusal = password_rules.refusal(["length", "history"], "newPassword")
    (violation,) = refusal.violations
    assert (violation.code, violation.target) == ("PASSWORD_REQUIREMENTS_NOT_MET", "newPassword")
    assert violation.inner == {"unsatisfiedRequirements": ["length", "history"]}


# ── Hashes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hash_is_argon2id_of_its_own_salt() -> None:
    one, other = password_hashing.hashed(GOOD), password_hashing.hashed(GOOD)
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other
    assert password_hashing.verified(one, GOOD) == (True, False)
    assert password_hashing.verified(one, GOOD + " ") == (False, False)
    assert password_hashing.verified("not a hash", GOOD) == (False, False)


def test_a_hash_of_other_parameters_is_outdated() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    assert password_hashing.verified(old, GOOD) == (True, True)
    imported = password_hashing.imported("{ARGON2}" + old)
    assert imported == old


@pytest.mark.parametrize("kind", ["SHA", "SHA256", "SHA384", "SHA512", "SSHA", "SSHA256", "SSHA384", "SSHA512"])
def test_a_hash_from_elsewhere_is_wrapped_and_outdated(kind: str) -> None:
    salt = b"some salt" if kind.startswith("SSHA") else b""
    name = kind.removeprefix("S") if salt else kind
    digest = hashlib.new({"SHA": "sha1"}.get(name, name.lower()), GOOD.encode() + salt).digest()
    kept = password_hashing.imported(f"{{{kind}}}{base64.b64encode(digest + salt).decode()}")
    assert kept is not None
    assert base64.b64encode(digest).decode() not in kept
    assert "$argon2id$" in kept
    assert password_hashing.verified(kept, GOOD) == (True, True)
    assert password_hashing.verified(kept, "other") == (False, False)


@pytest.mark.parametrize(
    "value",
    [
        "{SSHA512}!!!",
        "{SSHA512}" + base64.b64encode(b"x" * 64).decode(),
        "{SHA512}" + base64.b64encode(b"x" * 70).decode(),
        "{SHA512}" + base64.b64encode(b"x" * 10).decode(),
        "{SSHA512}" + base64.b64encode(b"x" * 200).decode(),
        "{BCRYPT}$2b$12$abc",
        "{PBKDF2-SHA256}1000$a$b",
        "{ARGON2}nothing",
        "{ARGON2}$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaA",
    ],
)
def test_a_hash_that_cannot_be_taken_is_refused(value: str) -> None:
    with pytest.raises(InvalidData):
        password_hashing.imported(value)


@pytest.mark.parametrize("value", [GOOD, "{not a hash}", "{CURLY}x", "SSHA512"])
def test_a_password_in_clear_is_no_hash(value: str) -> None:
    assert password_hashing.imported(value) is None


# ── Policies ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sent", "target"),
    [
        ({}, "name"),
        ({"name": "n", "length": {"min": 9, "max": 8}}, "length.min"),
        ({"name": "n", "length": {"min": 1, "max": 3}, "minUniqueCharacters": 4}, "length.max"),
        ({"name": "n", "maxAgeDays": 1, "minAgeDays": 1}, "maxAgeDays"),
        ({"name": "n", "lockout": {"failureCount": 0, "durationSeconds": 1}}, "lockout.failureCount"),
        ({"name": "n", "minCharacters": {"abc": 0}}, "minCharacters.abc"),
        ({"name": "n", "minCharacters": []}, "minCharacters"),
        ({"name": "n", "history": {"count": 3}}, "history.retentionDays"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(sent: dict[str, Any], target: str) -> None:
    with pytest.raises(InvalidData) as refused:
        SHAPE.created(sent)
    assert [each.target for each in refused.value.violations] == [target]


# ── The short memory of right passwords ──────────────────────────────────────────────────────────────────────────


def test_a_right_password_is_remembered_for_a_while() -> None:
    memory = VerifiedPasswords(lifetime=1000)
    memory.learn("u", "hash", GOOD, 0)
    assert memory.knows("u", "hash", GOOD, 999)
    assert not memory.knows("u", "hash", GOOD, 1000)
    assert not memory.knows("u", "another hash", GOOD, 0)
    assert not memory.knows("u", "hash", "other", 0)
    assert not memory.knows("v", "hash", GOOD, 0)
    assert GOOD not in repr(vars(memory))


def test_the_memory_is_bounded_and_can_be_off() -> None:
    memory = VerifiedPasswords(lifetime=1000, most=2)
    for user in "abc":
        memory.learn(user, "hash", GOOD, 0)
    assert [memory.knows(user, "hash", GOOD, 0) for user in "abc"] == [False, True, True]
    off = VerifiedPasswords(lifetime=0)
    off.learn("u", "hash", GOOD, 0)
    assert not off.knows("u", "hash", GOOD, 0)
    with pytest.raises(ValueError, match="300,000"):
        VerifiedPasswords(lifetime=300_001)
