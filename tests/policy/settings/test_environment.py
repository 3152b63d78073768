"""`${NAME}` in strings."""

import pytest

from gatepost.policy.settings.environment import fill
from gatepost.policy.settings.toml_lines import Way

ENVIRON = {"NAME": "value", "EMPTY": "", "NESTED": "${NAME}"}


def filled(value: object) -> tuple[object, list[tuple[Way, str]]]:
    said: list[tuple[Way, str]] = []
    return fill(value, ENVIRON, lambda way, message: said.append((way, message))), said


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain", "plain"),
        ("$NAME", "$NAME"),
        ("${NAME}", "value"),
        ("a${NAME}b${NAME}c", "avaluebvaluec"),
        ("${NAME:-default}", "value"),
        ("${MISSING:-default}", "default"),
        ("${MISSING:-}", ""),
        ("${EMPTY:-default}", "default"),
        ("${EMPTY}", ""),
        ("${NESTED}", "${NAME}"),
        ("$${NAME}", "${NAME}"),
        ("$$${NAME}", "$${NAME}"),
        ("${MISSING:-a:-b $ {}", "a:-b $ {"),
    ],
)
def test_a_reference_is_filled_once(text: str, result: str) -> None:
    assert filled(text) == (result, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("${MISSING}", "MISSING is not set"),
        ("${", "is written"),
        ("${}", "is written"),
        ("${1}", "is written"),
        ("${A-b}", "is written"),
    ],
)
def test_a_reference_that_cannot_be_filled_is_told(text: str, words: str) -> None:
    _, said = filled({"a": [1, text]})
    assert [way for way, _ in said] == [("a", 1)]
    assert words in said[0][1]


def test_keys_and_other_values_stay() -> None:
    document = {"${NAME}": [1, True, 1.5, {"x": "${NAME}"}]}
    assert filled(document) == ({"${NAME}": [1, True, 1.5, {"x": "value"}]}, [])
