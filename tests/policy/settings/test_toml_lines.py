"""Every value of a TOML text is found on its line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.policy.settings.toml_lines import Way, lines

TEXT = '''\
# a comment with [brackets] and "quotes"
top = 1
"quoted \\"key\\"" = 2  # [not.a.table]
'literal' = 3
dotted.key . deep = 4

[table]
basic = "a # b ] \\" c"
literal = 'C:\\'
multi = """
one "" two
three \\"""
four"""
multi_literal = \'\'\'
it''s [x]
\'\'\'
array = [ # one
  1,
  "two, ]",  # comment ]

  [3, 4],
  { five = 5, six.seven = [
    6 ] },
]
date = 1979-05-27 07:32:00Z
after = { a = 1, "b c" = { d = "e" } }
quotes = """"two quotes\""""
last = true

[[many]]
name = 1
[many.sub]
name = 2
[[many.inner]]
name = 3
[[many.inner]]
name = 4

[ [many] ]
'''.replace("[ [many] ]", "[[ many ]]\nname = 5\n[many.sub]\nx = 6\n[ a . 'b c' ]\nd = 7\n[a]\ne = 8")

EXPECTED: dict[Way, int] = {
    ("top",): 2,
    ('quoted "key"',): 3,
    ("literal",): 4,
    ("dotted", "key", "deep"): 5,
    ("table",): 7,
    ("table", "basic"): 8,
    ("table", "literal"): 9,
    ("table", "multi"): 10,
    ("table", "multi_literal"): 14,
    ("table", "array"): 17,
    ("table", "array", 0): 18,
    ("table", "array", 1): 19,
    ("table", "array", 2): 21,
    ("table", "array", 2, 1): 21,
    ("table", "array", 3, "five"): 22,
    ("table", "array", 3, "six", "seven"): 22,
    ("table", "array", 3, "six", "seven", 0): 23,
    ("table", "date"): 25,
    ("table", "after", "a"): 26,
    ("table", "after", "b c", "d"): 26,
    ("table", "quotes"): 27,
    ("table", "last"): 28,
    ("many",): 30,
    ("many", 0): 30,
    ("many", 0, "name"): 31,
    ("many", 0, "sub"): 32,
    ("many", 0, "sub", "name"): 33,
    ("many", 0, "inner", 0): 34,
    ("many", 0, "inner", 1): 36,
    ("many", 0, "inner", 1, "name"): 37,
    ("many", 1): 39,
    ("many", 1, "name"): 40,
    ("many", 1, "sub", "x"): 42,
    ("a", "b c"): 43,
    ("a", "b c", "d"): 44,
    ("a",): 45,
    ("a", "e"): 46,
}


@pytest.mark.parametrize(
    ("way", "line"), EXPECTED.items(), ids=lambda value: repr(value) if isinstance(value, tuple) else ""
)
def test_a_value_is_found_on_its_line(way: Way, line: int) -> None:
    tomllib.loads(TEXT)
    assert lines(TEXT)[way] == line


def test_an_empty_text_has_nothing() -> None:
    assert lines("") == {}
    assert lines("\n# nothing\n") == {}
    assert lines("a = 1") == {("a",): 1}


def ways(value: object, way: Way = ()) -> set[Way]:
    """Return the ways to all values below `value`."""
    if isinstance(value, dict):
        return {way, *(found for key, each in value.items() for found in ways(each, (*way, key)))}
    if isinstance(value, list):
        return {way, *(found for place, each in enumerate(value) for found in ways(each, (*way, place)))}
    return {way}


KEYS = st.text("ab.\"'# =[]\n", min_size=1, max_size=5)
TEXTS = st.text("ab\"'\\# =,[]{}\n", max_size=8)
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(-9, 99), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


def toml(value: object) -> str:
    """Return `value` in TOML, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return repr(value)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_tomllib_reads_is_found_line_by_line(document: dict[str, object]) -> None:
    text = "".join(f"{toml(key)} = {toml(value)}\n" for key, value in document.items())
    assert tomllib.loads(text) == document
    found = lines(text)
    assert ways(document) - {()} == set(found)
    for line, key in enumerate(document, 1):
        assert all(found[way] == line for way in found if way[0] == key)
