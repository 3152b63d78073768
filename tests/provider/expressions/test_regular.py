"""Regular expressions: they match what Python's engine matches, without its bad days."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.provider.expressions import ABSENT, Expression, limits
from gatepost.provider.expressions.evaluation import Evaluation, Exhausted
from gatepost.provider.expressions.regular.pattern import Pattern, PatternError

TEXTS = ["", "a", "aaa", "ab", "abab", "xaby", "a1 b22", "foo_bar", "A\nb\n", "Ärger", "a.b", "aaab", "-]^"]
PATTERNS = [
    "",
    "a",
    "a*",
    "a+?",
    "a??b",
    "(a|b)*",
    "(a|ab)(c|bcd)?",
    "(?:a|b){2}",
    "a{0}",
    "a{1,2}",
    "a{2,}?",
    "(a*)*",
    "(a*)+b",
    "(a+){2}",
    "^a",
    "(?:^|b)?a",
    "(?:(?=a)){3}a",
    "b$",
    "(?m)^b$",
    "(?s)A.b",
    "(?i)a\\.B",
    "(?i:A)b",
    "\\bb",
    "\\Bb",
    "\\A.",
    "[^a]",
    "[a-c]+",
    "[\\w.]+",
    "[\\]x]",
    "[-a]",
    "[a-]",
    "[\\^-]",
    "\\d+",
    "\\D",
    "\\s",
    "\\S+",
    "\\W",
    "(?=a)",
    "(?=ab)a",
    "(?!a).",
    "(?<=a)b",
    "(?<!a)b",
    "a|b|",
    "(a)|(b)",
    "((a)(b)?)+",
    "x?y?",
    "\\x61\\u0062",
    "[\\t ]",
]


def allowance() -> Evaluation:
    return Evaluation({}, lambda: 0.0)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_pattern_matches_what_python_matches(pattern: str, text: str) -> None:
    ours, theirs = Pattern.of(pattern), re.compile(pattern, re.ASCII)
    found, wanted = ours.search(allowance(), text), theirs.search(text)
    assert (found and found.marks[:2]) == (wanted and wanted.span())
    assert [each.group(0) for each in ours.matches(allowance(), text)][:1] == [
        each.group() for each in theirs.finditer(text)
    ][:1]
    assert (ours.full(allowance(), text) is None) is (theirs.fullmatch(text) is None)
    if found and wanted and "*)" not in pattern:  # how often a loop went round without taking anything
        assert [found.group(number) for number in range(1, ours.groups + 1)] == list(wanted.groups())


def test_a_look_behind_may_have_several_widths() -> None:
    assert [each.group(0) for each in Pattern.of("(?<=x|aa)[ab]").matches(allowance(), "xbaab")] == ["b", "b"]
    assert [each.group(0) for each in Pattern.of("(?<=a{1,2})b").matches(allowance(), "bab")] == ["b"]


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\w", "a?", "b*", "a+", "b*?", "a+?", "a{1,2}"])
SHAPES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"(?:{one})?"),
        inner.map(lambda one: f"(?:{one}){{1,2}}"),
        inner.map(lambda one: f"(?={one})"),
        inner.map(lambda one: f"(?!{one})"),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(SHAPES, st.text("abc\n", max_size=8))
def test_any_pattern_finds_what_python_finds(pattern: str, text: str) -> None:
    found = Pattern.of(pattern).search(allowance(), text)
    wanted = re.search(pattern, text, re.ASCII)
    assert (found and found.marks[:2]) == (wanted and wanted.span())


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(a", "'(' is not closed"),
        ("a)", "closes nothing"),
        ("[a", "ends too early"),
        ("[]", "empty"),
        ("[a&&b]", "intersection"),
        ("[b-a]", "before it begins"),
        ("*a", "nothing before"),
        ("a**", "quantifier follows"),
        ("a" + "{1}" * 300, "quantifier follows"),
        ("a++", "Possessive"),
        ("(?>a)", "Atomic"),
        ("a{2,1}", "before it begins"),
        ("a{x}", "needs a number"),
        ("a{1", "is not closed"),
        ("a{99999}", "below 10000"),
        (r"(a)\1", "References back"),
        (r"(?<n>a)\k<n>", "References back"),
        (r"\y", "no escape"),
        ("\\", "ends too early"),
        (r"\xzz", "Hexadecimal"),
        (r"\p{Klingon}", "no class of characters"),
        ("(?<=a*)b", "look behind"),
        ("(?<n>a)(?<n>b)", "name of its own"),
        ("(?x)a", "flags"),
        ("a{5000}", "repeats too much"),
        ("((a{50}){50}){50}", "repeats too much"),
        ("(?:(?=a{400})b){400}", "repeats too much"),
        ("(" * 30 + ")" * 30, "nested too deeply"),
        ("[" * 60 + "a" + "]" * 60, "nested too deeply"),
        ("a" * (limits.PATTERN + 1), "longer than"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, message: str) -> None:
    with pytest.raises(PatternError, match=re.escape(message)):
        Pattern.of(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"\p{Lu}\p{L}+", "Ärger", True),
        (r"\p{Alpha}+", "Ärger", False),
        (r"\P{N}+", "abc", True),
        (r"\pL+", "abc", True),
        (r"\p{IsLetter}\p{IsNd}", "a1", True),
        (r"[\p{Punct}]", "!", True),
        (r"[a-c[x-z]]+", "axz", True),
        (r"[^\d\s]+", "ab", True),
        (r"\Qa.b\E.", "a.bc", True),
        (r"\Qa.b", "a.b", True),
        (r"a\z", "a", True),
        (r"(?is)A.B", "a\nb", True),
        (r"a(?i)b|C", "c", True),
        (r"[\x41-\u0043]", "B", True),
        (r"\h\v", " \n", True),
        ("(?<name>a)", "a", True),
    ],
)
def test_what_java_has_and_python_has_not(pattern: str, text: str, *, matches: bool) -> None:
    assert (Pattern.of(pattern).full(allowance(), text) is not None) is matches


EVIL = [
    "(a+)+$",
    "([a-zA-Z]+)*$",
    "(a|aa)+$",
    "(a|a?)+$",
    "(.*a){12}$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(x+x+)+y",
    "(a*)*b",
    "(?=(a+)+b)a",
    "(?<=(?:a?){50})b",
    "(.*)(.*)(.*)(.*)(.*)[^x]y",
]


@pytest.mark.parametrize("pattern", EVIL)
@pytest.mark.parametrize("length", [30, 3000])
def test_an_evil_pattern_ends_within_its_allowance(pattern: str, length: int) -> None:
    evaluation = allowance()
    try:
        assert Pattern.of(pattern).full(evaluation, "a" * length + "!") is None
    except Exhausted:
        assert length == 3000 or "?=" in pattern or "{12}" in pattern or "?<=" in pattern
    assert evaluation.steps > -2 * limits.PROGRAM, "more was done than was allowed"


def test_an_evil_pattern_in_an_expression_has_an_answer_or_no_value() -> None:
    assert Expression("x matches '(a+)+'").value({"x": "a" * 500}) is True
    assert Expression("x matches '(a+)+$'").value({"x": "a" * 500 + "!"}) is False
    assert Expression("#regex.findAllMatches(x, '.*y')").value({"x": "x" * 60_000}) is ABSENT
