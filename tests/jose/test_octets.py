"""The members of a JWK that stand for octets and numbers (RFC 7518 §2, §6)."""

import pytest

from gatepost.errors import ConfigurationError
from gatepost.jose import octets


@pytest.mark.parametrize(("value", "text"), [(1, "AQ"), (65537, "AQAB"), (255, "_w"), (256, "AQA")], ids=str)
def test_a_number_is_written_in_as_few_octets_as_it_needs(value: int, text: str) -> None:
    assert octets.write_integer(value) == text
    assert octets.read_integer({"e": text}, "e") == value


def test_octets_are_written_with_their_leading_zeros() -> None:
    assert octets.write(b"\x00\x01") == "AAE"
    assert octets.read({"x": "AAE"}, "x") == octets.read({"x": "AAE"}, "x", length=2) == b"\x00\x01"


@pytest.mark.parametrize(
    "value",
    [None, 65537, b"AQAB", ["AQAB"], "", "A", "AQA=", "AQA B", "AB", "AQÄB", "\ud800", "AQAB\n"],
    ids=repr,
)
def test_a_member_of_another_form_is_refused_by_its_name_and_without_its_value(value: object) -> None:
    with pytest.raises(ConfigurationError, match="the member x ") as caught:
        octets.read({"x": value}, "x")
    assert not isinstance(value, str) or len(value) < 2 or value not in str(caught.value)


def test_a_missing_member_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="the member n is missing"):
        octets.read_integer({}, "n")


@pytest.mark.parametrize("length", [0, 1, 3])
def test_octets_of_another_length_are_refused(length: int) -> None:
    with pytest.raises(ConfigurationError, match="the member x has 2 octets"):
        octets.read({"x": "AAE"}, "x", length=length)
