"""Objects are read member by member, and everything that is wrong is told at once."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.shapes.kinds import AnyJson, Choice, Flag, Id, Kind, ListOf, Text, Url, Whole
from gatepost.identity.shapes.shape import Member, Shape, reference


def _code_needs_uris(document: Mapping[str, Any]) -> Iterable[Violation]:
    if document["type"] == "WEB" and not document.get("uris"):
        yield Violation("REQUIRED_VALUE", "uris", "uris is required for WEB.")


SHAPE = Shape(
    Member("name", Text(most=10), required=True),
    Member("type", Choice("WEB", "WORKER"), required=True, fixed=True),
    Member("enabled", Flag(), default=True),
    Member("seconds", Whole(60, 600), default=60),
    Member("uris", ListOf(Url("https", "http"), most=3)),
    Member("owner", reference()),
    Member("address", Shape(Member("street", Text()), Member("city", Text(), required=True))),
    rules=[_code_needs_uris],
)
NEW = {"name": "a", "type": "WORKER"}


def _told(call: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidData) as caught:
        call()
    return [(each.code, each.target) for each in caught.value.violations]


def test_a_new_object_has_its_defaults_and_nothing_unknown() -> None:
    assert SHAPE.created({**NEW, "unknown": 1, "uris": None}) == {**NEW, "enabled": True, "seconds": 60}


def test_everything_wrong_is_told_at_once() -> None:
    sent = {
        "name": "much too long",
        "enabled": "yes",
        "seconds": 5,
        "uris": ["https://a", "nowhere", 7],
        "owner": {"id": "1"},
        "address": {"street": ""},
    }
    assert _told(lambda: SHAPE.created(sent)) == [
        ("SIZE_LIMIT_EXCEEDED", "name"),
        ("REQUIRED_VALUE", "type"),
        ("INVALID_VALUE", "enabled"),
        ("INVALID_VALUE", "seconds"),
        ("INVALID_VALUE", "uris[1]"),
        ("INVALID_VALUE", "uris[2]"),
        ("INVALID_VALUE", "owner.id"),
        ("EMPTY_VALUE", "address.street"),
        ("REQUIRED_VALUE", "address.city"),
    ]


def test_the_rules_see_an_object_that_fits_otherwise() -> None:
    assert _told(lambda: SHAPE.created({"name": "a", "type": "WEB"})) == [("REQUIRED_VALUE", "uris")]


def test_to_replace_clears_what_is_left_out() -> None:
    current = SHAPE.created({**NEW, "seconds": 90, "address": {"city": "Ulm"}})
    assert SHAPE.replaced(current, {"name": "b"}) == {"name": "b", "type": "WORKER", "enabled": True, "seconds": 60}
    assert _told(lambda: SHAPE.replaced(current, {"name": "b", "type": "WEB", "uris": ["https://a"]})) == [
        ("INVALID_VALUE", "type")
    ]


def test_to_patch_keeps_what_is_left_out_and_null_clears() -> None:
    current = SHAPE.created({**NEW, "seconds": 90, "address": {"city": "Ulm", "street": "Weg"}})
    assert SHAPE.patched(current, {"enabled": False}) == {**current, "enabled": False}
    assert SHAPE.patched(current, {"seconds": None, "address": None}) == {**NEW, "enabled": True, "seconds": 60}
    assert SHAPE.patched(current, {"address": {"street": None}})["address"] == {"city": "Ulm"}
    assert _told(lambda: SHAPE.patched(current, {"name": None})) == [("REQUIRED_VALUE", "name")]


@pytest.mark.parametrize("body", [None, [], "text", 1])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    assert _told(lambda: SHAPE.created(body)) == [("INVALID_VALUE", "")]


def test_an_inner_error_says_what_is_allowed() -> None:
    with pytest.raises(InvalidData) as caught:
        SHAPE.created({"name": "a", "type": "OTHER", "seconds": 9})
    assert [each.inner for each in caught.value.violations] == [
        {"allowedValues": ["WEB", "WORKER"]},
        {"rangeMinimumValue": 60, "rangeMaximumValue": 600},
    ]


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (Whole(), 3.9, 3),
        (Whole(), 0, 0),
        (Text(), "é", "é"),
        (Flag(), False, False),
        (Url(), "com.example.app:/callback", "com.example.app:/callback"),
        (Url("https"), "https://host:8443/a?b=c", "https://host:8443/a?b=c"),
        (Url("http"), "http://[::1]:3000/callback", "http://[::1]:3000/callback"),
        (Id(), "0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        (ListOf(Whole()), [1, 2], [1, 2]),
        (AnyJson(), {"a": [1]}, {"a": [1]}),
    ],
)
def test_what_fits_is_kept(kind: Kind, value: object, kept: object) -> None:
    told: list[Violation] = []
    assert kind.read(value, "x", told.append) == kept
    assert told == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Whole(), True),
        (Whole(), "1"),
        (Whole(), float("nan")),
        (Whole(), float("inf")),
        (Whole(), 10**400),
        (Text(), "a\0b"),
        (Text(), "\ud800"),
        (Text(pattern="[a-z]+"), "A"),
        (Flag(), 1),
        (Flag(), "true"),
        (Url(), "javascript:alert(1)"),
        (Url(), "//host/path"),
        (Url(), "https://"),
        (Url(), "https://host/a b"),
        (Url(), "https://host\\@evil"),
        (Url(), "https://host/#fragment"),
        (Url(), "https://host:99999/"),
        (Url("https"), "http://host/"),
        (Id(), "0F8FAD5B-D9CB-469F-A165-70867728950E"),
        (ListOf(Whole()), "12"),
        (ListOf(Whole()), [1, 1]),
        (ListOf(Whole(), least=1), []),
        (ListOf(Whole(), most=1), [1, 2]),
        (AnyJson(), []),
        (AnyJson(), {"a": ["b\0"]}),
        (AnyJson(), {"a\ud800": 1}),
        (AnyJson(), {"a": {"b": float("inf")}}),
        (AnyJson(), {"a": json.loads("[" * 40 + "]" * 40)}),
        (AnyJson(most=10), {"a": "bbbbbbbbbbbbb"}),
    ],
)
def test_what_does_not_fit_is_told(kind: Kind, value: object) -> None:
    told: list[Violation] = []
    kind.read(value, "x", told.append)
    assert told


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*SHAPE.members, "x"]), inner),
    max_leaves=12,
)


@given(_JSON)
def test_any_json_is_read_or_refused(sent: object) -> None:
    with suppress(InvalidData):
        document = SHAPE.created(sent)
        assert SHAPE.created(document) == document
        assert SHAPE.patched(document, {}) == document
        assert SHAPE.replaced(document, document) == document


def test_the_schema_names_what_is_required() -> None:
    schema = SHAPE.schema()
    assert schema["required"] == ["name", "type"]
    assert schema["properties"]["address"]["required"] == ["city"]
    assert schema["properties"]["type"] == {"type": "string", "enum": ["WEB", "WORKER"]}
