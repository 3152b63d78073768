"""What a page says once travels in a cookie that nobody can read or write."""

import os

import pytest

from gatepost.identity.refusals import InvalidData, NotFound, Violation
from gatepost.identity.store.sealing import SealingKey
from gatepost.provider.pages import said
from gatepost.provider.pages.said import Said, Wrong
from gatepost.provider.services import Settings

SEALING = SealingKey([os.urandom(32)])
SETTINGS = Settings("https://id.example.com")
LOCKED = Violation("PASSWORD_LOCKED_OUT", "password", "Locked.", {"secondsUntilUnlock": 90})


def test_it_comes_back_as_it_was() -> None:
    told = said.of_error(InvalidData(LOCKED), {"username": "ann"})
    assert told == Said((Wrong("PASSWORD_LOCKED_OUT", "password", 90),), {"username": "ann"})
    assert said.read(SEALING, "F", _value(told)) == told


def test_an_error_without_more_is_one_too() -> None:
    assert said.of_error(NotFound("gone"), {}).wrong == (Wrong("OTHER", ""),)


@pytest.mark.parametrize("cookie", [None, "", "forged", "a.b", f"{'0' * 8}.{'A' * 40}", "."])
def test_what_was_not_sealed_here_is_nothing(cookie: str | None) -> None:
    assert said.read(SEALING, "F", cookie) == Said()


def test_it_is_for_one_flow() -> None:
    assert said.read(SEALING, "G", _value(said.of_error(InvalidData(LOCKED), {}))) == Said()


def test_nobody_reads_what_was_entered() -> None:
    assert "secret-name" not in _value(said.of_error(InvalidData(LOCKED), {"username": "secret-name"}))


def test_it_never_outgrows_what_browsers_keep() -> None:
    many = InvalidData(*(Violation("INVALID_VALUE", f"field{each}", "") for each in range(200)))
    told = said.of_error(many, dict.fromkeys(("username", "email", "given", "family"), "😀" * 9999))
    cookie = said.written(SETTINGS, SEALING, "e", "F", told)
    assert len(cookie) < 4096
    assert said.read(SEALING, "F", _of(cookie)).wrong[0].target == "field0"


def test_scripts_and_other_paths_do_not_get_it() -> None:
    cookie = said.written(SETTINGS, SEALING, "e", "F", Said())
    assert cookie.endswith("; Path=/e/signon; Max-Age=60; HttpOnly; SameSite=Lax; Secure")
    assert "Secure" not in said.removed(Settings("http://localhost:8000"), "e")


def _value(told: Said) -> str:
    return _of(said.written(SETTINGS, SEALING, "e", "F", told))


def _of(cookie: str) -> str:
    return cookie.partition("=")[2].partition(";")[0]
