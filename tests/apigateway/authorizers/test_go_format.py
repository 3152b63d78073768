"""Claims as Go prints them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.apigateway.authorizers.cognito import cognito_claims
from gatepost.apigateway.authorizers.go_format import go_claims, go_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain text", "plain text"),
        ("", ""),
        (1635018939, "1635018939"),
        (-1, "-1"),
        (2**53, "9007199254740992"),
        (True, "true"),
        (False, "false"),
        (["USERS", "ADMINS"], "[USERS ADMINS]"),
        (["one"], "[one]"),
        ([], "[]"),
        ([1, True, None, ["a"]], "[1 true <nil> [a]]"),
        ({}, "map[]"),
        (
            {"sign_in_provider": "password", "identities": {"email": ["a@b"]}},
            "map[identities:map[email:[a@b]] sign_in_provider:password]",
        ),
        (1.5, "1.5"),
        (1.0, "1"),
        (0.0, "0"),
        (-0.0, "-0"),
        (0.1, "0.1"),
        (-2.25, "-2.25"),
        (123456.5, "123456.5"),
        (1e21, "1e+21"),
        (1e100, "1e+100"),
        (1.25e-7, "1.25e-07"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1000000.0, "1e+06"),
        (1234567.5, "1.2345675e+06"),
    ],
    ids=repr,
)
def test_a_value_as_go_prints_it(value: object, text: str) -> None:
    assert go_text(value) == text


def test_a_null_claim_is_left_out() -> None:
    assert go_claims({"a": None, "b": "x", "c": [None]}) == {"b": "x", "c": "[<nil>]"}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_as_itself_in_gos_form(number: float) -> None:
    text = go_text(number)
    assert float(text) == number
    assert re.fullmatch(r"-?\d+(\.\d*[1-9])?(e[+-]\d{2,3})?", text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(st.dictionaries(st.text(max_size=4), _JSON, max_size=4))
def test_every_claim_is_a_text(claims: dict[str, object]) -> None:
    for written in (go_claims(claims), cognito_claims(claims)):
        assert written.keys() == {name for name, value in claims.items() if value is not None}
        assert all(isinstance(value, str) for value in written.values())
