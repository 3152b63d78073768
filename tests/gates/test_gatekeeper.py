"""The settings that all gates share: where the policy comes from, and what the application demands besides."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from gatepost import Verifier
from gatepost.errors import Reason
from gatepost.gates.demand import requirement_of
from gatepost.gates.gatekeeper import Gatekeeper
from gatepost.gates.incoming import Incoming
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Deny
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.testing import LocalIssuer

Bearer = Callable[..., list[tuple[str, str]]]
OPEN = '[[routes]]\nmatch = "GET /{name}"\npublic = true\n'


def test_a_policy_may_be_a_path_a_policy_or_what_returns_one(tmp_path: Path, small_policy: Policy) -> None:
    path = tmp_path / "gatepost.toml"
    path.write_text(OPEN)
    asked = Incoming(AccessRequest("GET", "/public/a"))
    assert Gatekeeper({"policy": small_policy}).check(asked).allowed
    assert Gatekeeper({"policy": lambda: small_policy}).check(asked).allowed
    for given in (path, str(path), os.fspath(path)):
        keeper = Gatekeeper({"policy": given})
        assert keeper.check(Incoming(AccessRequest("GET", "/a"))).allowed
        assert not keeper.check(asked).allowed


def test_a_demand_judges_the_token_that_a_gate_before_has_verified(verifier: Verifier, bearer: Bearer) -> None:
    ((_, value),) = bearer(scope="read")
    known = verifier.verify(value[7:])
    keeper = Gatekeeper({"verifier": verifier})
    nothing = AccessRequest("GET", "/")
    assert keeper.demand(Requirement(scopes=["read"])).check(nothing, known).allowed
    refused = keeper.demand(Requirement(scopes=["admin"])).check(nothing, known)
    assert isinstance(refused, Deny)
    assert refused.reason == Reason.INSUFFICIENT_SCOPE
    assert asyncio.run(keeper.demand(Requirement()).check_async(nothing, known)).allowed


def test_a_demand_refuses_a_bound_token_without_its_proof(verifier: Verifier, bearer: Bearer) -> None:
    bound = {"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}
    request = AccessRequest.of("GET", "/", bearer(**bound))
    decision = Gatekeeper({"verifier": verifier}).demand(Requirement()).check(request)
    assert isinstance(decision, Deny)
    assert decision.reason == Reason.WRONG_BINDING


def test_a_demand_is_made_once_for_one_policy(small_policy: Policy, verifier: Verifier) -> None:
    for keeper in (Gatekeeper({"policy": small_policy}), Gatekeeper({"verifier": verifier})):
        assert keeper.demand(Requirement(scopes=["a"])) is keeper.demand(Requirement(scopes=["a"]))
        assert keeper.demand(Requirement(scopes=["a"])) is not keeper.demand(Requirement(scopes=["b"]))


def test_a_demand_follows_the_policy_when_that_changes(local_issuer: LocalIssuer, bearer: Bearer) -> None:
    routes = [(RoutePattern("* /{path+}"), Requirement(public=True))]
    held = [Policy({"local": local_issuer.issuer()}, routes), Policy({}, routes)]
    keeper = Gatekeeper({"policy": lambda: held[0]})
    request = AccessRequest.of("GET", "/a", bearer())
    assert isinstance(keeper.demand(Requirement()).check(request), Allow)
    held.pop(0)
    assert not keeper.demand(Requirement()).check(request).allowed


def test_one_string_stands_for_several_scopes_and_for_one_value() -> None:
    found = requirement_of({"scopes": "a b", "any_scope": ["c d"], "acr": "1", "claims": {"role": "admin", "level": 3}})
    assert (found.scopes, found.any_scope, found.acr) == (("a", "b"), ("c d",), ("1",))
    assert dict(found.claims) == {"role": ("admin",), "level": (3,)}
