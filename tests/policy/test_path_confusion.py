"""No spelling of a path reaches a less protected rule than the resource it may mean."""

import pytest

from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Deny
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from tests.policy.deciding import policy, token
from tests.policy.request_paths import OTHER_SPELLINGS, SAME_SPELLINGS, TRICKS, Trick
from tests.policy.test_request_path import name

# Everything is public but one path: whatever is let in without a token went past its rule.
OPEN = Requirement(public=True)
ADMIN = Requirement(scopes=["admin"])


@pytest.fixture(scope="module")
def guarded() -> Policy:
    return policy(
        ("* /admin/users", ADMIN),
        ("* /admin/users/{id}", ADMIN),
        ("* /", OPEN),
        ("* /{page}", OPEN),
        ("* /{rest+}", OPEN),
    )


@pytest.mark.parametrize("trick", TRICKS, ids=name)
def test_a_trick_is_a_bad_request(guarded: Policy, trick: Trick) -> None:
    for sent in ((), (f"Bearer {token(scope='admin')}",)):
        decision = guarded.check(AccessRequest("GET", trick.path, authorization=sent))
        assert isinstance(decision, Deny)
        assert (decision.status, decision.reason, decision.challenges) == (400, "unclear_path", ())


@pytest.mark.parametrize("trick", OTHER_SPELLINGS, ids=name)
def test_a_spelling_for_some_servers_only_is_no_route(guarded: Policy, trick: Trick) -> None:
    decision = guarded.check(AccessRequest("GET", trick.path, authorization=(f"Bearer {token(scope='admin')}",)))
    assert isinstance(decision, Deny)
    assert (decision.status, decision.reason) == (403, "no_route")


@pytest.mark.parametrize("trick", SAME_SPELLINGS, ids=name)
def test_another_spelling_for_all_servers_is_under_the_same_rule(guarded: Policy, trick: Trick) -> None:
    without = guarded.check(AccessRequest("GET", trick.path))
    assert isinstance(without, Deny)
    assert without.reason == "missing_token"
    with_token = AccessRequest("GET", trick.path, authorization=(f"Bearer {token(scope='admin')}",))
    assert guarded.check(with_token).allowed


@pytest.mark.parametrize("method", ["get", "Get", "gET", "", " GET", "GET ", "G\u0395T", "GET\0"])
def test_a_method_that_some_servers_read_as_another_is_no_route(guarded: Policy, method: str) -> None:
    decision = guarded.check(AccessRequest(method, "/admin/users"))
    assert isinstance(decision, Deny)
    assert decision.reason == "no_route"


@pytest.mark.parametrize(
    ("proxy", "header", "target"),
    [
        ("nginx sends $request_uri as it came", "X-Original-URI", "/public/..%2fadmin/users"),
        ("nginx sends $request_uri with slashes that it merges itself", "X-Original-URI", "//admin//users"),
        ("Caddy sends the URI as it came", "X-Forwarded-Uri", "/public/%2e%2e/admin/users?x"),
        ("Traefik sends the path with its escapes", "X-Forwarded-Uri", "/admin%2Fusers"),
        ("Envoy appends the path after its own normalisation", ":path", "/admin/users%5C..%5C"),
        ("Envoy keeps a semicolon", ":path", "/public/..;/admin/users"),
        ("an ALB sends escapes of capitals unchanged", ":path", "/admin%00/users"),
        ("HAProxy keeps a fragment", ":path", "/admin/users#/public"),
    ],
    ids=lambda value: value if " " in value else "",
)
def test_what_a_proxy_sends_is_refused_as_well(guarded: Policy, proxy: str, header: str, target: str) -> None:
    assert not guarded.check(AccessRequest("GET", target)).allowed, (proxy, header)


def test_what_is_not_named_is_refused() -> None:
    decision = policy(("GET /user", OPEN)).check(AccessRequest("GET", "/other"))
    assert isinstance(decision, Deny)
    assert (decision.status, decision.reason, decision.challenges) == (403, "no_route", ())
