"""Patterns in policies: `*` is any run of characters, `?` any one."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatepost.apigateway.iam.wildcard import wildcard
from tests.apigateway.iam import oracle

_FEW = st.text(alphabet="ab:/*?", max_size=9)


@given(pattern=_FEW, text=st.text(alphabet="ab:/", max_size=9))
@example(pattern="*a?b*", text="aab")
@example(pattern="a*a", text="a")
@example(pattern="**", text="")
@example(pattern="?*?", text="a")
def test_a_pattern_fits_what_the_obvious_way_says(pattern: str, text: str) -> None:
    assert wildcard(pattern).matches(text) is oracle.matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("arn:aws:execute-api:*:*:api/*/GET/*", "arn:aws:execute-api:r:1:api/prod/GET/a/b", True),
        ("arn:aws:execute-api:r:1:api/*", "arn:aws:execute-api:r:1:api/prod/GET/a:b", True),
        ("arn:aws:execute-api:r:1:*/GET/x", "arn:aws:execute-api:r:1:api/prod/GET/x", True),
        ("api/prod/GET/user?", "api/prod/GET/user1", True),
        ("api/prod/GET/user?", "api/prod/GET/user", False),
        ("api/prod/GET/a.b", "api/prod/GET/aXb", False),
        ("api/(", "api/(", True),
        ("a?c", "a\nc", True),
        ("api", "API", False),
    ],
)
def test_stars_reach_past_slashes_and_colons_and_nothing_else_is_special(pattern: str, text: str, fits: bool) -> None:
    assert wildcard(pattern).matches(text) is fits


def test_a_hostile_pattern_takes_no_time() -> None:
    pattern = "*a" * 250 + "?" + "*b"
    began = time.process_time()
    assert not wildcard(pattern).matches("a" * 1600)
    assert time.process_time() - began < 0.5
