"""No expression takes long, grows large or raises, whoever wrote it and whatever it sees."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.provider.expressions import ABSENT, Expression, ExpressionError, Template, limits
from gatepost.provider.expressions.evaluation import Evaluation, Exhausted
from gatepost.provider.expressions.expression import run_of

DOUBLING = "{1, 2}" + ".![{#this, #this}]" * 40
BOMBS = [
    "'0123456789' * 10000000",
    "'0123456789' * 9223372036854775807",
    "#string.repeat('0123456789', 10000000)",
    "#string.leftPad('', 2000000000, 'x')",
    "#string.replace(#string.repeat('a', 10000), 'a', #string.repeat('b', 10000))",
    "#regex.replaceAll(#string.repeat('a', 1000), 'a', #string.repeat('b', 10000))",
    "new int[2000000000]",
    "new int[30000][30000]",
    "new int[500].![new int[500].![new int[500]]]",
    DOUBLING,
    f"{DOUBLING} == {DOUBLING}",
    f"#data.toJson({DOUBLING})",
    f"'' + {DOUBLING}",
    f"#data.contains({{{DOUBLING}}}, {DOUBLING})",
    "{" * 40 + "1" + "}" * 40,
    "new int[1000].![#root.big.![#root.big.![#this]]]",
    "#root.big.?[#root.big == #root.big]",
    "#data.distinct(#root.big.![{#this, #root.big}])",
    "#root.big.![#root.text matches '.*y']",
    "#root.big.![#string.upperCase(#root.text)]",
    "#root.big.![" + "+".join(["1"] * 4000) + "]",
    "#root.big.![#root" + ".a" * 4000 + "]",
]


@pytest.mark.parametrize("source", BOMBS, ids=[source[:50] for source in BOMBS])
def test_what_would_grow_too_large_or_take_too_long_has_no_value(source: str) -> None:
    roots = {"big": list(range(3000)), "text": "x" * 5000}
    evaluation = Evaluation(roots, lambda: 0.0)
    run = run_of(source)
    try:
        run(evaluation, roots)
    except Exhausted:
        pass
    else:
        assert source.startswith(("{1, 2}", "{{")), "what is small in memory and large when it is written"
    assert Expression(source).value(roots) is ABSENT
    assert Template(f"a ${{{source}}}").value(roots) is ABSENT


def test_in_a_text_the_parts_share_one_allowance() -> None:
    part = "${#string.repeat('x', 60000)}"
    assert isinstance(Template(f"a {part}").value({}), str)
    assert Template(f"a {part * 5}").value({}) is ABSENT


PIECES = st.sampled_from(
    [
        *"abc.?!^$[](){}:,;'\"#@&|=<>+-*/%0123456789_ \n\\",
        *("user", "name", "#root", "#this", "#string", ".upperCase(", ".!["),
        *(".?[", "?.", "?:", " and ", " or ", "not ", " eq ", " matches ", "null", "true", "new int[", "''", "'a'"),
        *("${", "}", "#regex.matches(", "#datetime.now()", " instanceof ", "T(", "1.5", "99999999999", ".size()"),
    ]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=30), JSON)
def test_any_text_is_refused_or_has_a_value(text: str, user: Any) -> None:
    columns: list[int] = []
    for kind in (Expression, Template):
        try:
            made = kind(text)
        except ExpressionError as refused:
            columns.append(refused.column)
            continue
        found = made.value({"user": user, "a": user, "b": [user, 1], "c": {"a": user}})
        assert found is ABSENT or json.loads(json.dumps(found).encode()) == found
    assert all(1 <= column <= len(text) + 1 for column in columns)


SYMBOLS = st.sampled_from(["+", "-", "*", "/", "%", "^", "==", "<", "and", "or", "?:", "between"])


def spel(depth: int = 3) -> st.SearchStrategy[str]:
    """Expressions that fit the grammar."""
    leaf = st.sampled_from(
        [
            "a",
            "b",
            "c.a",
            "user",
            "#this",
            "#root.b",
            "null",
            "true",
            "'x'",
            "''",
            "2",
            "-1",
            "1.5",
            "{1, 'a'}",
            "{a: 1}",
        ]
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(inner, SYMBOLS, inner).map(lambda three: f"({three[0]} {three[1]} {three[2]})"),
            st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} ? {three[1]} : {three[2]})"),
            st.tuples(inner, inner).map(lambda two: f"({two[0]})[{two[1]}]"),
            st.tuples(inner, inner).map(lambda two: f"({two[0]}).![{two[1]}]"),
            st.tuples(inner, inner).map(lambda two: f"({two[0]}).?[{two[1]}]"),
            st.tuples(inner, inner).map(lambda two: f"{{{two[0]}: {two[1]}}}"),
            st.tuples(inner, inner).map(lambda two: f"#regex.replaceAll({two[0]}, {two[1]}, '$0')"),
            st.tuples(inner, inner).map(lambda two: f"#string.join({two[0]}, {two[1]})"),
            inner.map(lambda one: f"#data.toJson({one})"),
            inner.map(lambda one: f"(not {one}).toString().size()"),
        ),
        max_leaves=2**depth,
    )


@settings(max_examples=400, deadline=None)
@given(spel(), JSON)
def test_any_expression_has_a_value_that_json_can_hold(source: str, user: Any) -> None:
    roots = {"user": user, "a": user, "b": [user, 1], "c": {"a": user}}
    before = json.dumps(roots)
    try:
        expression = Expression(source)
    except ExpressionError as refused:
        if "nested deeper" not in refused.message and "regular expression" not in refused.message:
            raise
        return
    found = expression.value(roots)
    assert found is ABSENT or json.loads(json.dumps(found, allow_nan=False)) == found
    assert json.dumps(roots) == before, "an expression changes nothing"


NUMBERS = st.integers(-(2**62), 2**62)


@given(NUMBERS, NUMBERS, st.sampled_from("+-*/%"))
def test_whole_numbers_are_calculated_as_in_java(one: int, other: int, operator: str) -> None:
    found = Expression(f"a {operator} b").value({"a": one, "b": other})
    if operator in "/%" and other == 0:
        assert found is ABSENT
        return
    quotient = abs(one) // abs(other or 1) * (1 if (one < 0) == (other < 0) else -1)
    wanted = {
        "+": one + other,
        "-": one - other,
        "*": one * other,
        "/": quotient,
        "%": one - quotient * other,
    }[operator]
    assert found == (wanted if -limits.WHOLE <= wanted < limits.WHOLE else ABSENT)


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), st.sampled_from("+-*/%"))
def test_real_numbers_are_calculated_as_python_does(one: float, other: float, operator: str) -> None:
    found = Expression(f"a {operator} b").value({"a": one, "b": other})
    try:
        wanted = {
            "+": lambda: one + other,
            "-": lambda: one - other,
            "*": lambda: one * other,
            "/": lambda: one / other,
            "%": lambda: math.fmod(one, other),
        }[operator]()
    except (ZeroDivisionError, ValueError):
        wanted = math.inf
    assert found == (wanted if math.isfinite(wanted) else ABSENT)
