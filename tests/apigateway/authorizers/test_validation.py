"""The validation expression of a TOKEN authorizer: the same answer as `re`, in bounded time."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.apigateway.authorizers.validation import Validation
from gatepost.errors import ConfigurationError


@pytest.mark.parametrize(
    ("expression", "token", "whole", "beginning"),
    [
        (r"^Bearer [-0-9a-zA-Z\._]*$", "Bearer a.b-c_d", True, True),
        (r"^Bearer [-0-9a-zA-Z\._]*$", "Bearer a b", False, False),
        (r"^Bearer [-0-9a-zA-Z\._]*$", "bearer a", False, False),
        (r"(?i)^bearer \w+", "BEARER abc", True, True),
        (r"(?i)[^a]b", "Ab", False, False),
        (r"Bearer \S+", "Bearer x y", False, True),
        (r"a{2,3}", "aaaa", False, True),
        (r"a{2,3}", "a", False, False),
        (r"(ab|cd)+?e?", "abcdab", True, True),
        (r"\d\D\s\S\w\W", "1a b_!", True, True),
        (r".*", "", True, True),
        (r"x?$", "", True, True),
        (r"^$", "x", False, False),
        (r"\w", "é", False, False),
    ],
)
def test_the_whole_token_or_its_beginning_has_to_match(
    expression: str, token: str, whole: bool, beginning: bool
) -> None:
    assert Validation(expression, whole=True).matches(token) is whole
    assert Validation(expression, whole=False).matches(token) is beginning


_PIECES = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "(a|b)", "(?:ab|c)", "^", "$", r"\w", r"\D"])
_QUANTIFIERS = st.sampled_from(["", "", "*", "+", "?", "*?", "{2}", "{1,2}", "{2,}"])


@given(
    parts=st.lists(st.tuples(_PIECES, _QUANTIFIERS), max_size=5),
    token=st.text(alphabet="abc1", max_size=8),
)
def test_it_answers_as_re_does(parts: list[tuple[str, str]], token: str) -> None:
    expression = "".join(piece + ("" if piece in {"^", "$"} else quantifier) for piece, quantifier in parts)
    assert Validation(expression, whole=True).matches(token) is (re.fullmatch(expression, token, re.ASCII) is not None)
    assert Validation(expression, whole=False).matches(token) is (re.match(expression, token, re.ASCII) is not None)


@pytest.mark.parametrize("expression", [r"(a+)+$", r"(a|a)*$", r"(.*)*x", r".*.*.*.*=.*"])
def test_an_expression_that_would_take_re_for_ever_takes_no_time(expression: str) -> None:
    validation = Validation(expression, whole=True)
    began = time.process_time()
    assert not validation.matches("a" * 8000 + "!")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "expression",
    ["(", "(?=a)", "(?<!a)b", r"(a)\1", r"\bx", "(?s).", "a*+", "(?>a)", "((a{99}){99}){99}", r"\p{Alnum}"],
)
def test_what_cannot_be_matched_in_bounded_time_or_read_stops_the_start(expression: str) -> None:
    with pytest.raises(ConfigurationError, match="validation expression"):
        Validation(expression, whole=True)
