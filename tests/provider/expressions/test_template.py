"""The values of attributes: `${…}` alone, among text, and text without it."""

from typing import Any

import pytest

from gatepost.provider.expressions import ABSENT, ExpressionError, Template, check, template

VALUES = [
    ("plain", "plain"),
    ("", ""),
    ("$", "$"),
    ("{}$}", "{}$}"),
    ("${user.role}", "SA"),
    ("${user.contacts[1].info}", 9876512345),
    ("${user.memberOfGroupNames}", ["Admin", "User"]),
    ("${user.enabled}", True),
    ("${user.nothing}", ABSENT),
    (" ${user.role}", " SA"),
    ("${user.role}${user.role}", "SASA"),
    ("Hello ${user.name.given}!", "Hello John!"),
    ("Hello ${user.nothing}!", "Hello !"),
    ("${user.nothing}${user.nothing}", ""),
    ("n=${user.activeDays}, ok=${user.enabled}", "n=12, ok=true"),
    ("groups: ${user.memberOfGroupNames}", 'groups: ["Admin","User"]'),
    ("${'}'}", "}"),
    ("${'it''s }'}", "it's }"),
    ('${"}"}', "}"),
    ("${{a: {b: '}'}}.a}", {"b": "}"}),
    (r"\${user.role}", "${user.role}"),
    (r"\${${user.role}", "${SA"),
    (r"a\b", r"a\b"),
    ("${user.role}}", "SA}"),
]


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text for text, _ in VALUES])
def test_one_expression_alone_keeps_its_kind_and_among_text_it_becomes_text(
    roots: dict[str, Any], text: str, value: object
) -> None:
    made = Template(text)
    found = made.value(roots)
    assert found == value
    assert type(found) is type(value)
    assert made.is_static is ("${" not in text.replace(r"\${", ""))


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("${", 1),
        ("ab ${user.x", 4),
        ("${'a}", 1),
        ("${}", 3),
        ("ab ${user.x + }", 15),
        ("${user.x} ${user..y}", 18),
        ("${user.x} ${#string.shout(1)}", 21),
        ("${{a: 1}", 1),
        ("x\ud800", 2),
    ],
)
def test_the_column_of_what_is_wrong_counts_in_the_whole_value(text: str, column: int) -> None:
    with pytest.raises(ExpressionError) as refused:
        Template(text)
    assert refused.value.column == column
    violation = check(text)
    assert violation is not None
    assert violation.code == "INVALID_VALUE"
    assert violation.target == "value"
    assert f"(column {column})" in violation.message


@pytest.mark.parametrize("text", ["${user.id}", "", "plain", "${#datetime.toUnixTimestamp(user.updatedAt)}"])
def test_a_good_value_can_be_saved(text: str) -> None:
    assert check(text) is None


def test_a_template_is_read_once() -> None:
    assert template("${user.id}") is template("${user.id}")


def test_a_path_means_the_same_with_the_grammar_and_without_it(roots: dict[str, Any]) -> None:
    for path in (
        "user.name.given",
        "#root.user.name",
        "#this.externalId",
        "user",
        "user.no.thing",
        "#root.no",
        "notes",
    ):
        assert Template("${" + path + "}").value(roots) == Template("${(" + path + ")}").value(roots)


def test_words_of_the_language_are_no_paths() -> None:
    assert Template("${true}").value({"true": 1}) is True
    assert Template("${NULL}").value({"NULL": 1}) is ABSENT
    assert check("${not}") is not None
    assert check("${new}") is not None
