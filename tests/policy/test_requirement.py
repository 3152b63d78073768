"""Claims by name and path, and what equals what."""

import pytest

from gatepost.policy.requirement import ABSENT, ClaimValue, Requirement, claim_at, has_one_of

CLAIMS: dict[str, object] = {
    "sub": "alice",
    "realm_access": {"roles": ["admin", "user"], "deep": {"er": 1}},
    "https://example.com/roles": ["writer"],
    "realm_access.odd": "own name",
    "a": {"b.c": 1, "b": {"c": 2}},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sub", "alice"),
        ("realm_access.roles", ["admin", "user"]),
        ("realm_access.deep.er", 1),
        ("https://example.com/roles", ["writer"]),
        ("realm_access.odd", "own name"),
        ("a.b.c", 2),
        ("nobody", ABSENT),
        ("sub.length", ABSENT),
        ("realm_access.nobody", ABSENT),
        ("realm_access.roles.0", ABSENT),
        ("", ABSENT),
        (".", ABSENT),
    ],
)
def test_a_path_leads_to_a_claim_or_nowhere(path: str, value: object) -> None:
    assert claim_at(CLAIMS, path) == value


@pytest.mark.parametrize(
    ("value", "wanted", "fits"),
    [
        ("admin", ("admin",), True),
        ("admin", ("user", "admin"), True),
        (["user", "admin"], ("admin",), True),
        ("Admin", ("admin",), False),
        ("admin user", ("admin",), False),
        ([], ("admin",), False),
        ([["admin"]], ("admin",), False),
        ({"admin": 1}, ("admin",), False),
        (True, (True,), True),
        (True, (1,), False),
        (1, (True,), False),
        ("true", (True,), False),
        (1, (1,), True),
        (1.0, (1,), False),
        ("1", (1,), False),
        (None, ("",), False),
    ],
)
def test_a_value_is_compared_with_its_type(value: object, wanted: tuple[ClaimValue, ...], fits: bool) -> None:
    assert has_one_of(value, wanted) is fits


def test_a_requirement_demands_nothing_unless_told() -> None:
    nothing = Requirement()
    assert not nothing.public
    assert (nothing.issuers, nothing.scopes, nothing.any_scope, nothing.acr) == ((), (), (), ())
    assert (nothing.max_auth_age, nothing.claims, nothing.forward) == (None, (), ())
    assert (nothing.dpop, nothing.mtls) == ("allowed", "allowed")


def test_a_requirement_keeps_claims_and_headers_in_order() -> None:
    made = Requirement(claims={"a": [1], "b": ["x", "y"]}, forward={"X-B": "b", "X-A": "a"})
    assert made.claims == (("a", (1,)), ("b", ("x", "y")))
    assert made.forward == (("X-B", "b"), ("X-A", "a"))
