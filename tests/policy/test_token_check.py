"""What a decision asks others about: opaque tokens, revocations, the sender."""

import asyncio
from collections.abc import Callable

import pytest

from gatepost.errors import ConfigurationError, KeysUnavailable, Reason, TokenRejected
from gatepost.jose.strict_json import JsonObject
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Decision, Deny
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.verification import VerifiedToken
from gatepost.verification.revocation import MemoryRevocationList
from tests.policy.deciding import policy, request, token
from tests.verification.minting import ISSUER, NOW

Decide = Callable[[Policy, AccessRequest], Decision]

OPAQUE = "https://opaque.example"


class Knower:
    """An issuer that knows its opaque tokens, in place of `Introspection`."""

    def __init__(self, issuer: str = OPAQUE) -> None:
        self.issuer = issuer
        self.asked: list[str] = []

    def verify(self, token: str) -> VerifiedToken:
        self.asked.append(token)
        if token == "down":
            raise KeysUnavailable("the issuer cannot be asked")
        if token != "good":
            raise TokenRejected(Reason.INACTIVE)
        return VerifiedToken(self.issuer, JsonObject(), {"sub": "bob", "scope": "read"})

    async def verify_async(self, token: str) -> VerifiedToken:
        return self.verify(token)


@pytest.fixture(params=["sync", "async"])
def decide(request: pytest.FixtureRequest) -> Decide:
    if request.param == "sync":
        return lambda policy, asked: policy.check(asked)
    return lambda policy, asked: asyncio.run(policy.check_async(asked))


def reason(decision: Decision) -> str | None:
    return decision.reason if isinstance(decision, Deny) else None


def test_an_opaque_token_is_asked_about_and_a_jwt_never_is(decide: Decide) -> None:
    knower = Knower()
    both = policy(("GET /user", Requirement(scopes=["read"])), opaque={"opaque": knower})
    assert reason(decide(both, request(token="good"))) is None
    assert reason(decide(both, request(token="other"))) == "inactive"
    assert reason(decide(both, request(token="down"))) == "keys_unavailable"
    assert reason(decide(both, request(token=token(scope="read")))) is None
    assert reason(decide(both, request(token="a.b.c"))) == "malformed"
    assert knower.asked == ["good", "other", "down"]


def test_an_opaque_token_is_asked_about_only_where_its_issuer_is_trusted(decide: Decide) -> None:
    knower = Knower()
    apart = policy(("GET /user", Requirement(issuers=["main"])), opaque={"opaque": knower})
    assert reason(decide(apart, request(token="good"))) == "malformed"
    assert knower.asked == []


def test_without_an_issuer_of_jwts_a_jwt_is_malformed(decide: Decide) -> None:
    alone = policy(("GET /user", Requirement()), issuers={}, opaque={"opaque": Knower()})
    assert reason(decide(alone, request(token="good"))) is None
    assert reason(decide(alone, request(token=token()))) == "malformed"


def test_a_route_trusts_one_issuer_of_opaque_tokens_at_most() -> None:
    knowers = {"a": Knower("https://a.example"), "b": Knower("https://b.example")}
    with pytest.raises(ConfigurationError, match="several issuers of opaque tokens"):
        policy(("GET /user", Requirement()), opaque=knowers)
    assert policy(("GET /user", Requirement(issuers=["a", "main"])), opaque=knowers).routes


def test_a_revoked_token_is_refused(decide: Decide) -> None:
    revoked = MemoryRevocationList()
    revoked.revoke_token(ISSUER, "token-1", exp=NOW + 600, now=NOW)
    guarded = policy(("GET /user", Requirement()), revocations=revoked)
    assert reason(decide(guarded, request(token=token()))) == "revoked"
    assert reason(decide(guarded, request(token=token(jti="token-2")))) is None


@pytest.mark.parametrize(("dpop", "scheme"), [("allowed", "Bearer"), ("off", "Bearer"), ("required", "Bearer")])
def test_a_bound_token_is_no_bearer_token(decide: Decide, dpop: str, scheme: str) -> None:
    guarded = policy(("GET /user", Requirement(dpop=dpop)))  # type: ignore[arg-type]
    bound = token(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})
    decision = decide(guarded, AccessRequest("GET", "/user", authorization=(f"{scheme} {bound}",)))
    assert isinstance(decision, Deny)
    assert decision.status == 401


@pytest.mark.parametrize("demand", [Requirement(dpop="required"), Requirement(mtls="required")], ids=["dpop", "mtls"])
def test_a_bearer_token_is_not_enough_where_a_binding_is_required(decide: Decide, demand: Requirement) -> None:
    assert reason(decide(policy(("GET /user", demand)), request(token=token()))) == "wrong_binding"
    assert reason(decide(policy(("GET /user", demand)), request())) == "missing_token"
