"""Strict JSON: one meaning or none (RFC 8259 §4, RFC 7493), and what comes out cannot be changed."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.errors import Reason, TokenRejected
from gatepost.jose import strict_json
from gatepost.jose.strict_json import MAX_DEPTH, MAX_INTEGER, JsonArray, JsonObject


def malformed(data: bytes | str) -> bool:
    with pytest.raises(TokenRejected) as caught:
        strict_json.loads(data)
    return caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "null",
        "true",
        '"text"',
        "0",
        "-1.5e-3",
        ' \t\r\n{"a": [1, {"b": [null, false, "c"]}]} \n',
        '{"a":{"b":{"c":[]}},"d":[[],[[]],{}]}',
        '"\\u00e9 \\ud83d\\ude00 \\\\ud800 \\" \\/"',
        '{"a\\"b":"\\\\","\\\\":"\\\\\\"","c\\\\":["\\"","\\\\\\\\"]}',
        '{"\u00e9":"\U0001f600"}',
        '{"big":9007199254740992,"small":-9007199254740992}',
        "1e300",
    ],
)
def test_json_means_what_it_means_everywhere(text: str) -> None:
    assert strict_json.loads(text) == json.loads(text)
    assert strict_json.loads(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a":1,"a":1}', id="at the top"),
        pytest.param('{"a":1,"\\u0061":2}', id="spelled otherwise"),
        pytest.param('[{"a":1,"a":2}]', id="in an array"),
        pytest.param('{"a":{"b":{"c":1,"c":2}}}', id="three levels down"),
        pytest.param('{"":1,"":2}', id="of the empty name"),
        pytest.param('{"a":"1","a":"1"}', id="of one value"),
        pytest.param('{"a":{"x":1},"a":{"x":1}}', id="of objects"),
        pytest.param('{"a":1,"b":"\\"","a":2}', id="beside an escaped quote"),
        pytest.param('{"a":1,"b":"\\\\","a":2}', id="beside an escaped backslash"),
        pytest.param('{"a":1,"b":"\\\\\\"","a":2}', id="beside a backslash and a quote"),
        pytest.param('{"a":1,"b":"\\u0022","a":2}', id="beside a quote as a number"),
        pytest.param('{"\\"":1,"\\u0022":2}', id="of a quote, spelled two ways"),
        pytest.param('{"\\\\":1,"\\u005c":2}', id="of a backslash, spelled two ways"),
        pytest.param('{"\u00e9":1,"\\u00e9":2}', id="outside ASCII"),
    ],
)
def test_duplicate_members_are_malformed(text: str) -> None:
    assert malformed(text)


def spelled(value: Any) -> st.SearchStrategy[str]:
    """Return JSON texts of `value`, in which lists of pairs are objects, whose members may repeat."""
    if isinstance(value, str):
        whole = "".join(f"\\u{ord(character):04x}" for character in value)
        return st.sampled_from([json.dumps(value), json.dumps(value, ensure_ascii=False), f'"{whole}"'])
    if isinstance(value, tuple):
        members = [st.tuples(spelled(name), spelled(member)).map(":".join) for name, member in value]
        return st.tuples(*members).map(lambda texts: "{" + ",".join(texts) + "}")
    if isinstance(value, list):
        return st.tuples(*map(spelled, value)).map(lambda texts: "[" + ",".join(texts) + "]")
    return st.just(json.dumps(value))


def repeats(value: Any) -> bool:
    if isinstance(value, tuple):
        names = [name for name, _ in value]
        return len(set(names)) < len(names) or any(repeats(member) for _, member in value)
    return isinstance(value, list) and any(map(repeats, value))


names = st.text(st.sampled_from('ab"\\u0é'), max_size=2)
values = st.recursive(
    names | st.integers(-9, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(names, inner), max_size=3).map(tuple),
    max_leaves=8,
)


@given(st.data())
def test_exactly_the_texts_with_duplicate_members_are_malformed(data: st.DataObject) -> None:
    value = data.draw(values)
    text = data.draw(spelled(value))
    if repeats(value):
        assert malformed(text)
    else:
        assert strict_json.loads(text) == json.loads(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e400"])
def test_numbers_that_are_not_finite_are_malformed(number: str) -> None:
    assert malformed(number)
    assert malformed(f'{{"a":{number}}}')
    assert malformed(f'{{"a":[{number}]}}')


@pytest.mark.parametrize(
    "number", ["9007199254740993", "-9007199254740993", "1" + "0" * 400, "1" * 5000], ids=["+", "-", "400", "5000"]
)
@pytest.mark.parametrize("around", ['{"a":%s}', '{"a":[%s]}', "[%s]", "[[%s]]", '[{"a":%s}]'])
def test_integers_beyond_2_to_the_53_are_malformed(around: str, number: str) -> None:
    assert malformed(around % number)


def test_the_greatest_integers_are_2_to_the_53() -> None:
    assert strict_json.loads(f"[{MAX_INTEGER},{-MAX_INTEGER}]") == [2**53, -(2**53)]


@pytest.mark.parametrize(
    "nested",
    [
        lambda depth: "[" * depth + "]" * depth,
        lambda depth: '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1),
        lambda depth: '{"a":[' * (depth // 2) + "]}" * (depth // 2),
        lambda depth: '[{"a":' * (depth // 2) + "1" + "}]" * (depth // 2),
    ],
    ids=["arrays", "objects", "objects of arrays", "arrays of objects"],
)
def test_nesting_goes_16_deep_and_no_deeper(nested: Callable[[int], str]) -> None:
    assert strict_json.loads(nested(MAX_DEPTH)) == json.loads(nested(MAX_DEPTH))
    assert malformed(nested(MAX_DEPTH + 2))
    assert malformed(f"[{nested(MAX_DEPTH)}]")
    assert malformed(f'{{"a":{nested(MAX_DEPTH)}}}')


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000, '[{"a":' * 50_000])
def test_nesting_of_100000_levels_is_malformed_and_no_crash(text: str) -> None:
    assert malformed(text)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param('{"a":1}'.encode("utf-16"), id="UTF-16 with its mark"),
        pytest.param('{"a":1}'.encode("utf-16-le"), id="UTF-16LE"),
        pytest.param('{"a":1}'.encode("utf-32"), id="UTF-32"),
        pytest.param(b'\xef\xbb\xbf{"a":1}', id="UTF-8 with a byte order mark"),
        pytest.param(b'{"a":"\xff"}', id="a byte that UTF-8 does not have"),
        pytest.param(b'{"a":"\xc0\xaf"}', id="an overlong form"),
        pytest.param(b'{"a":"\xed\xa0\x80"}', id="a surrogate in UTF-8"),
        pytest.param('{"a":"\xe9"}'.encode("latin-1"), id="Latin-1"),
    ],
)
def test_every_encoding_but_utf8_without_a_mark_is_malformed(data: bytes) -> None:
    assert malformed(data)


@pytest.mark.parametrize(
    "text",
    ["\ufeff{}", '"\ud800"', '"\\ud800"', '"\\udc00\\ud800"', '{"\\ud800":1}', '{"a":["\\udfff"]}'],
    ids=["mark", "raw surrogate", "escaped surrogate", "swapped pair", "in a name", "inside"],
)
def test_lone_surrogates_and_marks_are_malformed_in_text_too(text: str) -> None:
    assert malformed(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{} {}",
        "{}x",
        "[1,]",
        '{"a":1,}',
        "{'a':1}",
        "{a:1}",
        "// c\n{}",
        "01",
        "+1",
        ".5",
        "1.",
        "0x1",
        "True",
        "undefined",
        '"\t"',
        '"\x00"',
        '"open',
        '"\\x41"',
        "\x0b{}",
        "\xa0{}",
    ],
    ids=repr,
)
def test_what_is_not_json_is_malformed(text: str) -> None:
    assert malformed(text)


@pytest.mark.parametrize("text", ["[]", "null", '"{}"', "1", "true", '[{"a":1}]'])
def test_an_object_is_asked_for_where_only_an_object_will_do(text: str) -> None:
    with pytest.raises(TokenRejected) as caught:
        strict_json.load_object(text)
    assert caught.value.reason is Reason.MALFORMED


def test_the_object_comes_out_with_its_members_in_order() -> None:
    assert list(strict_json.load_object(b'{"b":1,"a":{"c":[]}}')) == ["b", "a"]


OBJECT_CHANGES: dict[str, Callable[[Any], object]] = {
    "set": lambda value: value.__setitem__("sub", "mallory"),
    "delete": lambda value: value.__delitem__("sub"),
    "clear": lambda value: value.clear(),
    "pop": lambda value: value.pop("sub"),
    "pop an item": lambda value: value.popitem(),
    "set a default": lambda value: value.setdefault("admin", True),
    "update": lambda value: value.update(sub="mallory"),
    "merge in place": lambda value: value.__ior__({"sub": "mallory"}),
    "set an attribute": lambda value: setattr(value, "sub", "mallory"),
}

ARRAY_CHANGES: dict[str, Callable[[Any], object]] = {
    "set": lambda value: value.__setitem__(0, "admin"),
    "set a slice": lambda value: value.__setitem__(slice(None), ["admin"]),
    "delete": lambda value: value.__delitem__(0),
    "append": lambda value: value.append("admin"),
    "extend": lambda value: value.extend(["admin"]),
    "insert": lambda value: value.insert(0, "admin"),
    "add in place": lambda value: value.__iadd__(["admin"]),
    "multiply in place": lambda value: value.__imul__(2),
    "clear": lambda value: value.clear(),
    "pop": lambda value: value.pop(),
    "remove": lambda value: value.remove("read"),
    "sort": lambda value: value.sort(),
    "reverse": lambda value: value.reverse(),
    "set an attribute": lambda value: setattr(value, "first", "admin"),
}


@pytest.mark.parametrize("change", OBJECT_CHANGES.values(), ids=OBJECT_CHANGES)
@pytest.mark.parametrize("path", [(), ("a",), ("b", 0), ("b", 1, "c")], ids=str)
def test_a_sealed_object_cannot_be_changed_at_any_level(
    path: tuple[str | int, ...], change: Callable[[Any], object]
) -> None:
    text = '{"sub":"alice","a":{"sub":"alice"},"b":[{"sub":"alice"},{"c":{"sub":"alice"}}]}'
    whole = strict_json.sealed(strict_json.load_object(text))
    part = at(whole, path)
    assert isinstance(part, JsonObject)
    with pytest.raises((TypeError, AttributeError)):
        change(part)
    assert whole == json.loads(text)


@pytest.mark.parametrize("change", ARRAY_CHANGES.values(), ids=ARRAY_CHANGES)
@pytest.mark.parametrize("path", [("a",), ("b", 0), ("c", "d")], ids=str)
def test_a_sealed_array_cannot_be_changed_at_any_level(
    path: tuple[str | int, ...], change: Callable[[Any], object]
) -> None:
    text = '{"a":["read","write"],"b":[["read","write"]],"c":{"d":["read","write"]}}'
    whole = strict_json.sealed(strict_json.load_object(text))
    part = at(whole, path)
    assert isinstance(part, JsonArray)
    with pytest.raises((TypeError, AttributeError)):
        change(part)
    assert whole == json.loads(text)


def test_a_copy_of_what_is_sealed_is_plain_and_can_be_changed() -> None:
    whole = strict_json.sealed(strict_json.load_object('{"a":{"b":[1,2]},"c":[{}]}'))
    for copied in (copy.deepcopy(whole), pickle.loads(pickle.dumps(whole))):  # noqa: S301 - our own pickle
        assert copied == whole
        assert type(copied) is type(copied["a"]) is dict
        assert type(copied["a"]["b"]) is type(copied["c"]) is list
        copied["a"]["b"].append(3)
    assert type(copy.copy(whole)) is dict
    assert type(copy.copy(whole["c"])) is list
    assert whole == {"a": {"b": [1, 2]}, "c": [{}]}


def test_what_is_sealed_is_written_as_json_again() -> None:
    assert json.dumps(strict_json.sealed(strict_json.load_object('{"a":[1]}'))) == '{"a": [1]}'


def at(value: Any, path: tuple[str | int, ...]) -> object:
    for step in path:
        value = value[step]
    return value
