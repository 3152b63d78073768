"""What the language means where the documentation leaves it to Spring, and where nothing has a value."""

from typing import Any

import pytest

from gatepost.provider.expressions import ABSENT, Expression, ExpressionError, limits

VALUES = [
    # Numbers, as in Java
    ("7 / 2", 3),
    ("-7 / 2", -3),
    ("-7 % 3", -1),
    ("7.0 / 2", 3.5),
    ("7 div 2 + 7 mod 2", 4),
    ("1 + 2 * 3 - 4", 3),
    ("2 ^ 10", 1024),
    ("(-1) ^ 1000001", -1),
    ("2 ^ -1", 0.5),
    ("0x1F", 31),
    ("1.5e3", 1500.0),
    ("2f", 2.0),
    ("- -5", 5),
    ("+5", 5),
    ("7 / 0", ABSENT),
    ("7.5 / 0", ABSENT),
    ("9223372036854775807 + 1", ABSENT),
    ("9223372036854775807 * 9223372036854775807", ABSENT),
    ("2 ^ 63", ABSENT),
    ("1e308 * 10", ABSENT),
    ("10.0 ^ 400", ABSENT),
    ("(-8) ^ 0.5", ABSENT),
    # Texts
    ("'a' + 1", "a1"),
    ("1 + 'a'", "1a"),
    ("'a' + true", "atrue"),
    ("'a' + null", "anull"),
    ("'a' + {1, 'b'}", 'a[1,"b"]'),
    ("'ab' * 2", "abab"),
    ("'ab' * -1", ABSENT),
    ("'abc'[1]", "b"),
    ('"say ""hi"""', 'say "hi"'),
    ("'it''s'", "it's"),
    # Conditions
    ("'true' ? 1 : 2", 1),
    ("null ? 1 : 2", 2),
    ("'' ?: 'empty'", "empty"),
    ("false ?: 'x'", False),
    ("0 ?: 'x'", 0),
    ("true ? false ? 1 : 2 : 3", 2),
    ("null ?: null ?: 3", 3),
    ("true || nothing.at.all", True),
    ("false && true", False),
    ("1 and true", False),
    ("not null", ABSENT),
    ("not 'x'", ABSENT),
    ("!true", False),
    ("TRUE AND NOT FALSE", True),
    # Equality and order
    ("1 == 1.0", True),
    ("1 == '1'", False),
    ("1 == true", False),
    ("null == null", True),
    ("{1, {a: 2}} == {1, {a: 2}}", True),
    ("{1} == {true}", False),
    ("{a: 1} == {b: 1}", False),
    ("'a' < 'b'", True),
    ("false < true", True),
    ("null < 1", True),
    ("1 < 'a'", ABSENT),
    ("{1} < {2}", ABSENT),
    ("5 between {1, 5}", True),
    ("6 between {1, 5}", False),
    ("5 between {1}", ABSENT),
    # Properties and elements
    ("user.nothing", ABSENT),
    ("user.nothing.at.all", ABSENT),
    ("nothing", ABSENT),
    ("user?.name?.given", "John"),
    ("user?.nothing?.given", ABSENT),
    ("user.role.length", ABSENT),
    ("user.contacts.type", ABSENT),
    ("user[role]", "SA"),
    ("user['nothing']", ABSENT),
    ("user[null]", ABSENT),
    ("{1: 'one'}[1]", "one"),
    ("user.contacts[3]", ABSENT),
    ("user.contacts[-1]", ABSENT),
    ("user.contacts['0']", ABSENT),
    ("user.contacts[true]", ABSENT),
    ("null[0]", ABSENT),
    ("{a: 1}['a']", 1),
    ("{null: 1, (user.nothing): 2, a: 3}", {"a": 3}),
    ("{a: null}", {"a": None}),
    ("{null}", [None]),
    ("null", ABSENT),
    ("user.not", ABSENT),
    ("{true: 1}.true", 1),
    # Lists
    ("user.nothing.![#this]", ABSENT),
    ("user.role.![#this]", ABSENT),
    ("user.nothing.?[true]", ABSENT),
    ("{1, 2}.^[#this > 5]", ABSENT),
    ("{1, 2}.?[#this]", []),
    ("{{a: 1}, {b: 2}}.![a]", [1, None]),
    ("{{1, 2}, {3}}.![#this.![#this * 10]]", [[10, 20], [30]]),
    ("{a: 1, b: 2}.![key + value]", ["a1", "b2"]),
    ("{a: 1, b: 2}.?[value > 1]", {"b": 2}),
    ("{a: 1, b: 2}.$[value > 0]", {"b": 2}),
    ("{a: 1, b: 2}.^[value > 0]", {"a": 1}),
    ("user.contacts.?[type == 'phone'].![info][0]", 9876512345),
    ("#this.user.role", "SA"),
    ("new boolean[2]", [False, False]),
    ("new int[-1]", ABSENT),
    ("new int['a']", ABSENT),
    ("new double[] {}", []),
    # Methods
    ("user.memberOfGroupNames.size()", 2),
    ("user.memberOfGroupNames.contains('Admin')", True),
    ("user.memberOfGroupNames.isEmpty()", False),
    ("user.nothing.isEmpty()", True),
    ("user.nothing.size()", ABSENT),
    ("user.role.toLowerCase().length()", 2),
    ("user.size() > 3", True),
    ("user.name.containsKey('given')", True),
    ("'abc'.substring(1)", "bc"),
    ("{3, 4}.indexOf(4)", 1),
    ("{3, 4}.get(1)", 4),
    ("1.equals(1.0)", True),
    ("{a: 1}.keySet()", ["a"]),
    ("{a: 1}.values()", [1]),
    ("'a,b'.split(',')", ["a", "b"]),
    ("true.toString()", "true"),
]


@pytest.mark.parametrize(("source", "value"), VALUES, ids=[source[:60] for source, _ in VALUES])
def test_an_expression_means_what_it_means_in_spring_and_what_has_no_meaning_has_no_value(
    roots: dict[str, Any], source: str, value: object
) -> None:
    found = Expression(source).value(roots)
    assert found == value
    assert type(found) is type(value)


REFUSED = [
    ("", 1, "empty"),
    ("   ", 4, "empty"),
    ("a b", 3, "Unexpected 'b'"),
    ("a..b", 3, "Unexpected '.'"),
    ("(a", 3, "ends too early"),
    ("a + ", 5, "ends too early"),
    ("a ? b", 6, "ends too early"),
    ("'abc", 1, "no closing quotation mark"),
    ('x + "abc', 5, "no closing quotation mark"),
    ("{a: 1, b}", 9, "Unexpected '}'"),
    ("a = 2", 3, "read-only"),
    ("@bean", 1, "Beans"),
    ("&bean", 1, "Beans"),
    ("a instanceof b", 3, "instanceof"),
    ("T(java.lang.Runtime).getRuntime()", 1, "Types"),
    ("new java.util.Date()", 9, "primitive"),
    ("new Foo()", 8, "primitive"),
    ("new String[2]", 5, "Only arrays of byte"),
    ("new int" + "[1]" * 5000, 1, "at most 8 dimensions"),
    ("foo(1)", 1, "no function foo()"),
    ("'a'.getClass()", 5, "no method getClass()"),
    ("user.name.format('%s')", 11, "no method format()"),
    ("#nothing", 1, "no variable #nothing"),
    ("#string", 1, "is a library"),
    ("#string['trim']", 1, "no function"),
    ("#string.trim", 9, "has to be called"),
    ("1 + #string.shout('a')", 13, "no function shout()"),
    ("#string.trim()", 9, "called with 0 arguments: trim(text input)"),
    ("#string.trim(a, b)", 9, "called with 2 arguments"),
    ("'a'.trim(1)", 5, "called with 1 arguments"),
    ("'a' matches '(b'", 13, "is not closed"),
    ("#regex.matches(a, '[a')", 19, "ends too early"),
    (r"a matches '(x)\1'", 11, "References back"),
    ("#datetime.format(a, 'b')", 21, "no date pattern"),
    ("#datetime.format(a, '[y]')", 21, "not quoted"),
    ("#datetime.format(a, 'yyyyyyyyyyyy')", 21, "no date pattern"),
    (f"#datetime.format(a, '{'-' * 201}')", 21, "longer than 200"),
    ("9223372036854775808", 1, "too large"),
    ("1 + 1e999", 5, "too large"),
    ("1" * 500, 1, "too many digits"),
    ("a\x00", 2, "Unexpected"),
    ("\ud800", 1, "half of a character"),
    ("{" * 60 + "}" * 60, 1, "nested deeper"),
    ("a?" * 60 + "b" + ":c" * 60, 97, "nested deeper"),
    ("!" * (limits.SOURCE + 1), limits.SOURCE + 1, "longer than"),
]
"""The expression, the column of what is wrong, and what is said about it."""


@pytest.mark.parametrize(("source", "column", "message"), REFUSED, ids=[repr(source[:40]) for source, *_ in REFUSED])
def test_a_bad_expression_is_refused_with_the_column(source: str, column: int, message: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        Expression(source)
    assert message in refused.value.message
    assert refused.value.column == column
    assert str(refused.value).endswith(f"(column {column})")


@pytest.mark.parametrize("nested", ["(" * 8000 + "a" + ")" * 8000, "!" * 16000 + "true", "1" + " + 1" * 4000])
def test_what_only_looks_deep_is_taken(nested: str) -> None:
    assert Expression(nested).value({"a": 4001}) in {4001, True}


@pytest.mark.parametrize(
    "nested", ["{" * 8000 + "}" * 8000, "a[" * 5000 + "0" + "]" * 5000, "-(" * 5000 + "1" + ")" * 5000]
)
def test_what_is_deep_is_refused_and_not_followed_down(nested: str) -> None:
    with pytest.raises(ExpressionError, match="nested deeper"):
        Expression(nested)


def test_absent_is_false_and_says_what_it_is() -> None:
    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"
