"""When a step of signing on is gone through."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.identity.sign_on_conditions import faults, holds, last_sign_on_older_than
from tests.identity.configuration.conftest import NOW

SIGNED_ON = "${session.lastSignOn.withAuthenticator.pwd.at}"
OLDER: dict[str, Any] = {"secondsSince": SIGNED_ON, "greater": 600}
INSIDE: dict[str, Any] = {"contains": "${flow.request.http.remoteIp}", "ipRange": ["10.1.1.1/8", "fd00::/8"]}
POPULATION: dict[str, Any] = {"value": "${user.population.id}", "equals": "p1"}
VALUES: dict[str, Any] = {
    "session.lastSignOn.withAuthenticator.pwd.at": NOW - 600_000,
    "flow.request.http.remoteIp": "10.9.8.7",
    "user.population.id": "p1",
    "user.memberOfGroupNames": ["admins", "staff"],
    "user.email": "ann@example.com",
    "user.mfaEnabled": True,
}


@pytest.mark.parametrize(
    ("condition", "now", "expected"),
    [
        (None, NOW, True),
        (OLDER, NOW, False),
        (OLDER, NOW + 1, True),
        ({**OLDER, "secondsSince": "${session.lastSignOn.withAuthenticator.mfa.at}"}, NOW, True),
        (INSIDE, NOW, True),
        ({**INSIDE, "ipRange": ["192.168.0.0/16"]}, NOW, False),
        (POPULATION, NOW, True),
        ({**POPULATION, "equals": "p2"}, NOW, False),
        ({"value": "${user.unknown}", "equals": ""}, NOW, False),
        ({"value": "${user.memberOfGroupNames}", "contains": "staff"}, NOW, True),
        ({"value": "${user.memberOfGroupNames}", "contains": "sta"}, NOW, False),
        ({"value": "${user.email}", "endsWith": "@example.com"}, NOW, True),
        ({"value": "${user.email}", "startsWith": "bob"}, NOW, False),
        ({"value": "${user.email}", "contains": "@"}, NOW, True),
        ({"value": "${user.mfaEnabled}", "equals": True}, NOW, True),
        ({"value": "${user.mfaEnabled}", "equals": "true"}, NOW, True),
        ({"not": POPULATION}, NOW, False),
        ({"and": [POPULATION, OLDER]}, NOW, False),
        ({"or": [POPULATION, OLDER]}, NOW, True),
        ({"or": [{"and": [OLDER]}, {"not": {"not": POPULATION}}]}, NOW, True),
    ],
)
def test_a_condition_holds_or_not(condition: dict[str, Any] | None, now: int, expected: bool) -> None:
    if condition is not None:
        assert list(faults(condition, "condition")) == []
    assert holds(condition, VALUES.get, now) is expected


def nested(depth: int) -> dict[str, Any]:
    return {"not": nested(depth - 1)} if depth else POPULATION


BAD: list[tuple[object, str]] = [
    ([], "c"),
    ({}, "c"),
    ({"magic": 1}, "c.magic"),
    ({"and": []}, "c.and"),
    ({"and": POPULATION}, "c.and"),
    ({"and": [POPULATION], "or": [POPULATION]}, "c.or"),
    ({"or": ["x"]}, "c.or[0]"),
    ({"not": [POPULATION]}, "c.not"),
    ({**OLDER, "greater": -1}, "c.greater"),
    ({**OLDER, "greater": True}, "c.greater"),
    ({**OLDER, "greater": "600"}, "c.greater"),
    ({**OLDER, "secondsSince": "now"}, "c.secondsSince"),
    ({**OLDER, "secondsSince": "${T(java.lang.Runtime)}"}, "c.secondsSince"),
    ({**OLDER, "more": 1}, "c.more"),
    ({**INSIDE, "ipRange": []}, "c.ipRange"),
    ({**INSIDE, "ipRange": ["10.0.0.0/33"]}, "c.ipRange[0]"),
    ({**INSIDE, "ipRange": [10]}, "c.ipRange[0]"),
    ({**INSIDE, "ipRange": ["10.0.0.0/8"] * 101}, "c.ipRange"),
    ({"value": "${user.email}"}, "c"),
    ({"equals": "x"}, "c.value"),
    ({"value": "${user.email}", "equals": {}}, "c.equals"),
    ({"value": "${user.email}", "equals": "a", "contains": "b"}, "c.contains"),
    (nested(6), "c.not.not.not.not.not"),
    ({"and": [{"or": [POPULATION] * 49}] * 2}, "c"),
]


@pytest.mark.parametrize(("condition", "target"), BAD, ids=[f"{each[1]}-{at}" for at, each in enumerate(BAD)])
def test_a_condition_of_another_form_is_refused(condition: object, target: str) -> None:
    assert target in [each.target for each in faults(condition, "c")]


_LEAVES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from([SIGNED_ON, "${user.email}", "${flow.request.http.remoteIp}", "10.0.0.0/8"])
)
_NAMES = st.sampled_from(["and", "or", "not", "secondsSince", "greater", "value", "equals", "contains", "ipRange", "x"])
_JSON = st.recursive(
    _LEAVES, lambda of: st.lists(of, max_size=3) | st.dictionaries(_NAMES, of, max_size=3), max_leaves=12
)


@given(_JSON, _JSON)
def test_what_has_no_fault_can_be_asked(condition: Any, value: Any) -> None:
    if not list(faults(condition, "c")):
        assert holds(condition, lambda _: value, NOW) in {True, False}


def test_a_plain_condition_tells_its_seconds() -> None:
    assert last_sign_on_older_than(OLDER) == 600
    assert last_sign_on_older_than({"not": OLDER}) is None
    assert last_sign_on_older_than(None) is None
