"""Reading files, and those they include."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gatepost.policy.policy_file import PolicySettings
from tests.policy.conftest import ROUTE, Complaints, Write


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a = ", "gatepost.toml:1: not TOML: invalid value"),
        ("\n\na = 1\na = 2\n", "gatepost.toml:4: not TOML: cannot overwrite a value"),
        ("[a", "gatepost.toml:1: not TOML: expected ']' at the end of a table declaration"),
        ('x = 1\ny = "', "gatepost.toml:2: not TOML: unterminated string"),
        (b"x = 1\n# \xff\n", "gatepost.toml:2: the file is not UTF-8"),
        ("a = " + "[" * 100_000, "gatepost.toml: the file is nested too deeply"),
    ],
    ids=["no value", "twice", "table", "string", "octets", "depth"],
)
def test_what_is_no_toml_is_told_with_its_line(complaints: Complaints, text: str | bytes, complaint: str) -> None:
    assert complaints(text) == [complaint]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    from gatepost.policy.policy_file import load
    from gatepost.policy.settings.problem import PolicyFileError

    with pytest.raises(PolicyFileError, match=r"nowhere\.toml: the file cannot be read: No such file"):
        load(tmp_path / "nowhere.toml")
    with pytest.raises(PolicyFileError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_line_ends_and_a_byte_order_mark_make_no_difference(complaints: Complaints) -> None:
    assert complaints(b"\xef\xbb\xbf" + ROUTE.encode().replace(b"\n", b"\r\n")) == []
    assert complaints(b"\r\n\r\nnonsense = 1\r\n")[0].startswith("gatepost.toml:3: ")


def test_files_are_included_from_the_folder_of_the_one_that_names_them(
    write: Write, settings: Callable[..., PolicySettings], tmp_path: Path
) -> None:
    (tmp_path / "more").mkdir()
    write('include = ["deep.toml"]\n[[routes]]\nmatch = "GET /more"\npublic = true\n', "more/more.toml")
    write('[[routes]]\nmatch = "GET /deep"\npublic = true\n', "more/deep.toml")
    found = settings('include = ["more/more.toml"]\n' + ROUTE)
    assert [pattern.text for pattern, _ in found.routes] == ["GET /", "GET /more", "GET /deep"]


def test_includes_go_in_no_circle_and_nowhere_twice(complaints: Complaints, write: Write) -> None:
    write('include = ["gatepost.toml"]', "a.toml")
    assert complaints('include = ["a.toml"]\n' + ROUTE) == [
        'a.toml:1: "gatepost.toml" is read already; include it once'
    ]
    write("", "b.toml")
    assert complaints('include = [\n"b.toml",\n"./b.toml"]\n' + ROUTE) == [
        'gatepost.toml:3: "./b.toml" is read already; include it once'
    ]
    assert complaints('include = ["gatepost.toml"]\n' + ROUTE) == [
        'gatepost.toml:1: "gatepost.toml" is read already; include it once'
    ]


def test_an_include_that_cannot_be_read_is_told_where_it_stands(complaints: Complaints, write: Write) -> None:
    assert complaints('include = ["nowhere.toml"]\n' + ROUTE) == ["gatepost.toml:1: there is no file nowhere.toml"]
    write("a =", "broken.toml")
    assert complaints('include = ["broken.toml"]\n' + ROUTE) == ["broken.toml:1: not TOML: invalid value"]


@pytest.mark.parametrize("value", ['"other.toml"', "1", '[""]', "[1]"])
def test_an_include_is_a_list_of_files(complaints: Complaints, value: str) -> None:
    assert complaints(f"include = {value}\n{ROUTE}")[0] == (
        'gatepost.toml:1: "include" is a list of files: include = ["other.toml"]'
    )


def test_settings_of_the_top_level_stand_in_one_file_only(complaints: Complaints, write: Write) -> None:
    write("token_cache = 1\n[issuers.a]\nissuer = 'https://a.example'\nany_audience = true\n", "more.toml")
    text = "include = ['more.toml']\ntoken_cache = 2\n" + ROUTE
    assert complaints(text) == ['more.toml:1: "token_cache" stands in gatepost.toml:2 already; keep one']
    issuer = "[issuers.a]\nissuer = 'https://b.example'\nany_audience = true\n"
    assert complaints("include = ['more.toml']\n" + ROUTE + issuer) == [
        'more.toml:2: the issuer "a" stands in gatepost.toml:5 already; keep one'
    ]
