"""SCIM filters: how they are read, and what each database finds by them."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert

from gatepost.identity import groups, memberships, populations, times, users
from gatepost.identity.entity import Page
from gatepost.identity.folding import fold
from gatepost.identity.ids import new_id
from gatepost.identity.refusals import InvalidData
from gatepost.identity.scim_attributes import after_all_that_begin_with
from gatepost.identity.scim_conditions import _MEMBERS
from gatepost.identity.scim_filter import Comparison, Every, Negation, Presence, Some, Within, parse
from gatepost.identity.store import tables
from gatepost.identity.users import User
from tests.identity.people.conftest import NOW, Home


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('username eq "a"', Comparison("username", "eq", "a", 1)),
        ('UserName EQ "A"', Comparison("username", "eq", "A", 1)),
        ("enabled eq true", Comparison("enabled", "eq", True, 1)),
        ("title eq null", Comparison("title", "eq", None, 1)),
        ("n eq -1.5e3", Comparison("n", "eq", -1500.0, 1)),
        ("title pr", Presence("title", 1)),
        (
            'a pr or b pr and c eq "\\u0041\\"\\\\"',
            Some((Presence("a", 1), Every((Presence("b", 9), Comparison("c", "eq", 'A"\\', 18))))),
        ),
        ("(a pr or b pr) and c pr", Every((Some((Presence("a", 2), Presence("b", 10))), Presence("c", 20)))),
        ("not (a pr) and not(b pr)", Every((Negation(Presence("a", 6)), Negation(Presence("b", 20))))),
        (
            'memberOfGroups[id eq "x" or name sw "y"]',
            Within("memberofgroups", Some((Comparison("id", "eq", "x", 16), Comparison("name", "sw", "y", 29))), 1),
        ),
    ],
)
def test_a_filter_is_read_as_rfc_7644_says(text: str, tree: Any) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("   ", 4),
        ("username", 9),
        ("username eq", 12),
        ('username is "a"', 10),
        ("username eq a", 13),
        ("username eq 'a'", 13),
        ('username eq "a', 13),
        ('username eq "a\\x"', 13),
        ('username eq "\\ud800"', 13),
        ('username eq "\\u0000"', 13),
        ('username eq "a" "b"', 17),
        ('username eq "a" and', 20),
        ('(username eq "a"', 17),
        ('username eq "a")', 16),
        ("not username pr", 5),
        ("a[b pr", 7),
        ("a[b pr] eq 1", 9),
        ("; drop table users", 1),
        ("a pr -- x", 6),
        ("a eq 01", 6),
        ("(" * 30 + "a pr" + ")" * 30, 21),
        (" or ".join(["a pr"] * 101), 801),
        ("a pr and " * 1000 + "a pr", 4097),
    ],
)
def test_what_is_no_filter_is_refused_with_its_column(text: str, column: int) -> None:
    with pytest.raises(InvalidData, match=rf"^filter: The filter is wrong at column {column}: ") as refused:
        parse(text)
    assert [(each.code, each.target) for each in refused.value.violations] == [("INVALID_VALUE", "filter")]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidData):
        parse(text)


REFUSED: tuple[tuple[str, int], ...] = (
    ('unknown eq "a"', 1),
    ('title pr and password eq "a"', 14),
    ('username gt "a"', 1),
    ("username eq 1", 1),
    ("username eq true", 1),
    ('enabled eq "true"', 1),
    ("enabled sw true", 1),
    ('createdAt gt "yesterday"', 1),
    ("createdAt gt 5", 1),
    ('createdAt co "2026-01-01T00:00:00Z"', 1),
    ("title gt null", 1),
    ('memberOfGroups eq "x"', 1),
    ('username[id eq "x"]', 1),
    ('memberOfGroups[username eq "x"]', 16),
)


def test_what_cannot_be_asked_of_users_is_refused_with_its_column(home: Home) -> None:
    for text, column in REFUSED:
        with pytest.raises(InvalidData, match=rf"at column {column}: "):
            found(home, text)


def found(home: Home, text: str) -> list[str]:
    listing = home.store.read(lambda connection: users.listed(connection, home.environment_id, Page(1000), text))
    return sorted(user.username for user in listing.items)


PEOPLE: tuple[dict[str, Any], ...] = (
    {"username": "alice", "email": "Alice@Example.com", "name": {"given": "Ali%ce", "family": "demo"}, "title": "A_b"},
    {"username": "Bob", "name": {"family": "Straße"}, "enabled": False, "externalId": "X1", "nickname": "O'Bob; --"},
    {
        "username": "carol",
        "mfaEnabled": True,
        "address": {"countryCode": "DE"},
        "title": 'say "\\"',
        "externalId": "x1",
    },
)


FOUND: tuple[tuple[str, list[str]], ...] = (
    ('username eq "ALICE"', ["alice"]),
    ('username ne "alice"', ["Bob", "carol"]),
    ('username sw "B"', ["Bob"]),
    ('username sw ""', ["Bob", "alice", "carol"]),
    ('username co "O"', ["Bob", "carol"]),
    ('username ew "OB"', ["Bob"]),
    ('username ew "xxxxxxxalice"', []),
    ('email eq "alice@EXAMPLE.com"', ["alice"]),
    ('not (email sw "x")', ["Bob", "alice", "carol"]),
    ("email pr", ["alice"]),
    ("not (email pr)", ["Bob", "carol"]),
    ("email eq null", ["Bob", "carol"]),
    ("email ne null", ["alice"]),
    ('name.family eq "STRASSE"', ["Bob"]),
    ('name.given co "%"', ["alice"]),
    ('name.given co "_"', []),
    ('title co "_"', ["alice"]),
    ('title eq "a_B"', ["alice"]),
    ('title eq "axb"', []),
    (r'title ew "\"\\\""', ["carol"]),
    ('externalId eq "x1"', ["carol"]),
    ('nickname eq "o\'bob; --"', ["Bob"]),
    ('nickname eq "\' or 1=1 --"', []),
    ("enabled eq false", ["Bob"]),
    ("enabled ne false", ["alice", "carol"]),
    ("account.canAuthenticate eq false", ["Bob"]),
    ("mfaEnabled eq true", ["carol"]),
    ('address.countryCode eq "de"', ["carol"]),
    ('lifecycle.status eq "ACCOUNT_OK" and identityProvider.type eq "PING_ONE"', ["Bob", "alice", "carol"]),
    ('createdAt ge "2027-01-15T08:00:00Z"', ["Bob", "alice", "carol"]),
    ('createdAt gt "2027-01-15T09:00:00+01:00"', []),
    ("lastSignOn.at pr", []),
    ('username eq "alice" or username eq "bob" and enabled eq true', ["alice"]),
    ('(username eq "alice" or username eq "bob") and not (enabled eq false)', ["alice"]),
    ('not (username eq "alice" or title pr)', ["Bob"]),
    ('memberOfGroups[name eq "inner"]', ["alice"]),
    ('memberOfGroups[name eq "OUTER"] and name.family eq "demo"', ["alice"]),
    ('memberOfGroups[name sw "out"]', ["Bob", "alice"]),
    ('not (memberOfGroups[name sw "out"])', ["carol"]),
    ("memberOfGroups pr", ["Bob", "alice"]),
    ('memberOfGroups[id eq "nothing"]', []),
)


def test_users_are_found_by_filters(home: Home) -> None:
    def work(connection: Connection) -> None:
        made = [users.create(connection, home.environment_id, each, NOW) for each in PEOPLE]
        inner, outer = (groups.create(connection, home.environment_id, {"name": n}, NOW) for n in ("inner", "outer"))
        groups.add_parent(connection, home.environment_id, inner.id, {"id": outer.id})
        memberships.add(connection, home.environment_id, made[0].id, {"id": inner.id}, NOW)
        memberships.add(connection, home.environment_id, made[1].id, {"id": outer.id}, NOW)

    home.store.write(work)
    assert {text: found(home, text) for text, _ in FOUND} == dict(FOUND)


def test_groups_and_populations_are_found_by_filters(home: Home) -> None:
    def work(connection: Connection) -> tuple[list[str], list[str], list[str]]:
        for name in ("One", "Two"):
            groups.create(connection, home.environment_id, {"name": name, "description": f"{name}!"}, NOW)
            populations.create(connection, home.environment_id, {"name": name}, NOW)
        environment = home.environment_id
        return (
            [each.name for each in groups.listed(connection, environment, None, 'description eq "one!"').items],
            [each.name for each in populations.listed(connection, environment, None, 'name eq "two"').items],
            [each.name for each in populations.listed(connection, environment, None, "default eq true").items],
        )

    assert home.store.write(work) == (["One"], ["Two"], ["Default"])


# ── The same as an oracle in Python ──────────────────────────────────────────────────────────────────────────────

_LETTERS = st.sampled_from("aAbB%_\\'\"ßẞéÉ😀 ")
_WORDS = st.text(_LETTERS, max_size=3)
_FOLDED = {"username", "email", "name.given", "name.family"}
_TEXTS = ("username", "name.given", "name.family", "title", "nickname", "name.middle", "type", "externalId")
_FLAGS = ("enabled", "mfaEnabled", "emailVerified")


def _value(user: User, path: str) -> Any:
    value: Any = user.document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _form(path: str, text: str) -> str:
    if path in _FOLDED:
        return fold(text)
    return text if path == "externalId" else text.encode().lower().decode()


def _holds(tree: Any, user: User) -> bool:
    kind, *rest = tree
    if kind in {"and", "or"}:
        return (all if kind == "and" else any)(_holds(each, user) for each in rest)
    if kind == "not":
        return not _holds(rest[0], user)
    if kind == "pr":
        return _value(user, rest[0]) is not None
    path, wanted = rest
    if path == "createdAt":
        at, wanted_at = user.created_at, times.read(wanted)
        assert wanted_at is not None
        return {"gt": at > wanted_at, "ge": at >= wanted_at, "lt": at < wanted_at, "le": at <= wanted_at}[kind]
    value = _value(user, path)
    if isinstance(wanted, bool) or value is None:
        return (value == wanted) is (kind == "eq") if kind in {"eq", "ne"} else False
    left, right = _form(path, value), _form(path, wanted)
    return {
        "eq": left == right,
        "ne": left != right,
        "sw": left.startswith(right),
        "co": right in left,
        "ew": left.endswith(right),
    }[kind]


def _written(tree: Any) -> str:
    kind, *rest = tree
    if kind in {"and", "or"}:
        return f" {kind} ".join(f"({_written(each)})" for each in rest)
    if kind == "not":
        return f"not ({_written(rest[0])})"
    return f"{rest[0]} pr" if kind == "pr" else f"{rest[0]} {kind} {json.dumps(rest[1])}"


_MOMENTS = st.integers(-2, 5).map(lambda n: times.write(NOW + n))
_LEAVES = st.one_of(
    st.tuples(st.sampled_from(["eq", "ne", "sw", "co", "ew"]), st.sampled_from(_TEXTS), _WORDS),
    st.tuples(st.sampled_from(["eq", "ne"]), st.sampled_from(_FLAGS), st.booleans()),
    st.tuples(st.sampled_from(["gt", "ge", "lt", "le"]), st.just("createdAt"), _MOMENTS),
    st.tuples(st.just("pr"), st.sampled_from(_TEXTS)),
)
_TREES = st.recursive(
    _LEAVES,
    lambda trees: st.one_of(st.tuples(st.sampled_from(["and", "or"]), trees, trees), st.tuples(st.just("not"), trees)),
    max_leaves=6,
)
_PERSON = st.fixed_dictionaries(
    {"name": st.fixed_dictionaries({}, optional=dict.fromkeys(("given", "family", "middle"), _WORDS))},
    optional={
        **dict.fromkeys(("title", "nickname", "type", "externalId"), _WORDS),
        **{f: st.booleans() for f in _FLAGS},
    },
)
_numbers = count()


def _made(person: dict[str, Any]) -> dict[str, Any]:
    """Return a user without the texts that a user cannot have."""
    texts = {name: value for name, value in person.items() if value != "" and name != "name"}
    names = {name: value for name, value in person["name"].items() if value != ""}
    return {"username": f"a{next(_numbers)}ß", **texts, "name": names}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(_PERSON, min_size=1, max_size=6), trees=st.lists(_TREES, min_size=1, max_size=6))
def test_a_filter_finds_whom_python_would_find(home: Home, people: list[dict[str, Any]], trees: list[Any]) -> None:
    def create(connection: Connection) -> list[User]:
        connection.execute(delete(tables.users).where(tables.users.c.environment_id == home.environment_id))
        return [
            users.create(connection, home.environment_id, _made(person), NOW + at) for at, person in enumerate(people)
        ]

    made = home.store.write(create)
    for tree in trees:
        assert found(home, _written(tree)) == sorted(user.username for user in made if _holds(tree, user)), tree


def test_every_attribute_can_be_filtered_by(home: Home) -> None:
    for path in _MEMBERS:
        assert found(home, f'{path} eq "x" or not ({path} pr)') == []
    home.user("alice")
    at = datetime.fromtimestamp(NOW / 1000, UTC).isoformat()
    assert found(home, f'updatedAt eq "{at}" and population.id eq "{home.population_id.upper()}"') == ["alice"]


def test_more_groups_than_can_be_looked_up_are_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.identity.scim_conditions._MOST_GROUPS", 1)
    row = {"environment_id": home.environment_id, "document": {}, "created_at": NOW, "updated_at": NOW}

    def work(connection: Connection) -> None:
        rows = [{**row, "id": new_id(), "name": name, "population_id": None} for name in ("g1", "g2")]
        connection.execute(insert(tables.groups), rows)

    home.store.write(work)
    assert found(home, 'memberOfGroups[name eq "g1"]') == []
    with pytest.raises(InvalidData, match="more than 1 groups"):
        found(home, "memberOfGroups[name pr]")


@pytest.mark.parametrize(
    ("text", "after"),
    [("a", "b"), ("a\U0010ffff", "b"), ("\U0010ffff", None), ("a\ud7ff", "a\ue000"), ("", None)],
)
def test_what_comes_after_all_that_begins_with_a_text(text: str, after: str | None) -> None:
    assert after_all_that_begin_with(text) == after


def test_what_begins_with_the_last_character_is_found(home: Home) -> None:
    home.user("plain", name={"given": "z\uffee"})
    assert found(home, 'name.given sw "z\uffee"') == ["plain"]
    assert found(home, 'name.given sw "\U0010ffff"') == []
    assert found(home, 'population.id sw "zz"') == []
