"""The texts: each that is asked for is there, and each that is there is asked for."""

import re
from pathlib import Path
from string import Formatter

import pytest

from gatepost.identity.scopes import PREDEFINED_OPENID, PREDEFINED_PLATFORM
from gatepost.provider import pages
from gatepost.provider.pages.password_hints import in_words
from gatepost.provider.pages.problems import problems, waiting
from gatepost.provider.pages.said import Wrong
from gatepost.provider.pages.texts import ENGLISH, has, text

HERE = Path(pages.__file__).parent
# Made of parts: what stands for the rest of the key.
MADE = re.compile(
    r"(scope|unmet|device|failed|must_change|expired|devices|passkey|otp|recovery_code|consent|agreement|device_consent)\."
)


def _sources() -> str:
    files = [each for each in HERE.glob("*.py") if each.name != "texts.py"] + list(HERE.glob("templates/*.html"))
    return "\n".join(each.read_text() for each in files)


@pytest.mark.parametrize("key", re.findall(r"""\b(?:t|text)\("([\w.:]+)\"""", _sources()))
def test_a_text_that_is_asked_for_is_there(key: str) -> None:
    assert has(key)


def test_every_text_is_used() -> None:
    sources = _sources()
    messages = re.findall(r'_message\("(\w+)"', sources)
    unused = [
        key
        for key in ENGLISH
        if f'"{key}"' not in sources and not MADE.match(key) and key.split(".")[0] not in messages
    ]
    assert unused == []


def test_every_text_is_plain() -> None:
    for key, value in ENGLISH.items():
        assert value == value.strip(), key
        assert not re.search(r"[<>&]|\bplease enter a valid\b", value), key
        assert all(field is None or field.isidentifier() for _, field, _, _ in Formatter().parse(value)), key


def test_values_are_put_in_as_they_are() -> None:
    assert text("to_application", application="{x} {0}") == "to continue to {x} {0}"


@pytest.mark.parametrize("name", [*PREDEFINED_OPENID, *PREDEFINED_PLATFORM])
def test_every_predefined_scope_has_words(name: str) -> None:
    assert has(f"scope.{name}")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "a few seconds"),
        (45, "one minute"),
        (61, "2 minutes"),
        (900, "15 minutes"),
        (7200, "120 minutes"),
        (7201, "3 hours"),
    ],
)
def test_how_long_to_wait_is_said_roughly(seconds: int, words: str) -> None:
    assert waiting(seconds) == words


def test_a_password_policy_is_told_in_words() -> None:
    policy = {
        "length": {"min": 8, "max": 255},
        "minCharacters": {"0123456789": 2, "abcdefghijklmnopqrstuvwxyz": 1, "!#-": 1, "XYZ": 1},
        "minUniqueCharacters": 5,
        "maxRepeatedCharacters": 2,
        "excludesProfileData": True,
    }
    assert in_words(policy) == (
        "at least 8 characters",
        "2 of these: a digit, a small letter, a symbol, such as ! # or - and one of: XYZ",
        "at least 5 different characters",
        "no character more than 2 times in a row",
        "nothing of your name, username or e-mail address",
    )
    assert in_words({**policy, "bypassPolicy": True}) == ()
    assert in_words({"length": {"min": 1}}) == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Wrong("REQUEST_LIMITED", ""), "There were too many attempts. Wait a while, then try again."),
        (Wrong("INVALID_CREDENTIALS", "otp"), "The recovery code is wrong, or was used already."),
        (Wrong("CONSTRAINT_VIOLATION", ""), "This page was out of date. Here is where you are."),
        (
            Wrong("PASSWORD_REQUIREMENTS_NOT_MET", "password.value", None, ("history",)),
            "You used this password before.",
        ),
        (Wrong("PASSWORD_REQUIREMENTS_NOT_MET", "x", None, ("new",)), "The password does not meet what is needed."),
        (Wrong("SOMETHING", "else"), "That did not work. Check what you entered, and try again."),
        (Wrong("INVALID_VALUE", "unknown"), "That did not work. Check what you entered, and try again."),
    ],
)
def test_what_is_wrong_is_said_in_words(wrong: Wrong, said: str) -> None:
    assert [each.text for each in problems([wrong], (), recovery_code=True)] == [said]
