"""Text of strangers cannot act on the terminal."""

import json

import pytest

from gatepost.cli.plain_text import plain, plain_json


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "\r\n", "\x9b31m", "\u202egnp", "\u2066", "\u2028", "\x7f", "\ud800", "\U000e0041"], ids=ascii
)
def test_what_a_terminal_acts_on_is_written_as_an_escape(text: str) -> None:
    assert plain(text).isprintable()


def test_letters_of_every_script_stay_as_they_are() -> None:
    assert plain("Müller 山田 😀") == "Müller 山田 😀"


@pytest.mark.parametrize("indent", [None, 2])
def test_json_made_plain_is_still_the_same_json(indent: int | None) -> None:
    value = {"na\u202eme": ["\x1b[31m", "\x9b", "Müller", {"deep": [1, None, True]}]}
    text = plain_json(value, indent=indent)
    assert json.loads(text) == value
    assert all(line.isprintable() for line in text.split("\n"))
