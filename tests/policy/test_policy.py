"""Decisions end to end: the token, what the route demands, the answer."""

import asyncio
from collections.abc import Callable

import pytest

from gatepost.errors import ConfigurationError, KeysUnavailable
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision, Deny
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.trust.issuer import Issuer
from tests.policy.deciding import METADATA, policy, request, token
from tests.verification.fake_keys import DOWN, FakeKeys
from tests.verification.minting import ABSENT, AUDIENCE, ISSUER, ISSUERS_KEY, NOW, access_claims, api_issuer, mint

Decide = Callable[[Policy, AccessRequest], Decision]

OTHER = "https://other.example"


@pytest.fixture(params=["sync", "async"])
def decide(request: pytest.FixtureRequest) -> Decide:
    """Return a function that decides in one of the two ways; what holds for one holds for the other."""
    if request.param == "sync":
        return lambda policy, asked: policy.check(asked)
    return lambda policy, asked: asyncio.run(policy.check_async(asked))


def denied(decision: Decision) -> Deny:
    assert isinstance(decision, Deny)
    assert decision.trace
    return decision


def allowed(decision: Decision) -> Allow:
    assert isinstance(decision, Allow), decision.trace
    assert all(check.passed for check in decision.trace)
    return decision


def test_a_public_route_reads_no_credentials(decide: Decide) -> None:
    public = policy(("GET /user", Requirement(public=True)))
    for sent in ((), ("Bearer nonsense",), ("Bearer a", "Bearer b")):
        assert allowed(decide(public, AccessRequest("GET", "/user", authorization=sent))).identity is None


def test_a_good_token_is_let_in_with_who_it_is(decide: Decide) -> None:
    decision = allowed(decide(policy(("GET /user", Requirement())), request(token=token())))
    assert decision.identity is not None
    assert decision.identity.subject == "alice"
    assert decision.route == "GET /user"
    assert [check.name for check in decision.trace][:3] == ["route", "token", "issuer"]


def test_no_token_gets_a_challenge_without_an_error(decide: Decide) -> None:
    guarded = policy(("GET /user", Requirement(scopes=["a", "b"])), resource_metadata=METADATA)
    refusal = denied(decide(guarded, request()))
    assert (refusal.status, refusal.reason) == (401, "missing_token")
    assert f'Bearer scope="a b", resource_metadata="{METADATA}"' in refusal.challenges
    assert not any("error" in challenge for challenge in refusal.challenges)
    assert "Bearer" in denied(decide(policy(("GET /user", Requirement())), request())).challenges


@pytest.mark.parametrize("sent", [("Bearer a", "Bearer b"), ("Bearer a b",)], ids=repr)
def test_credentials_that_could_be_two_are_a_bad_request(decide: Decide, sent: tuple[str, ...]) -> None:
    refusal = denied(decide(policy(("GET /user", Requirement())), AccessRequest("GET", "/user", authorization=sent)))
    assert (refusal.status, refusal.reason, refusal.route) == (400, "bad_request", "GET /user")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NOW}, "expired"),
        ({"nbf": NOW + 1}, "not_yet_valid"),
        ({"aud": "https://other.example"}, "wrong_audience"),
        ({"iss": "https://other.example"}, "wrong_issuer"),
        ({"exp": ABSENT}, "missing_claim"),
        ({"nonce": "n"}, "wrong_type"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_token_is_refused_with_its_reason(decide: Decide, changes: dict[str, object], reason: str) -> None:
    guarded = policy(("GET /user", Requirement()), resource_metadata=METADATA)
    refusal = denied(decide(guarded, request(token=token(**changes))))
    assert (refusal.status, refusal.reason, refusal.route) == (401, reason, "GET /user")
    assert refusal.challenges[0].startswith('Bearer error="invalid_token", error_description="')
    assert refusal.challenges[0].endswith(f'resource_metadata="{METADATA}"')
    assert not refusal.trace[-1].passed


def test_a_malformed_token_is_a_bad_token(decide: Decide) -> None:
    assert denied(decide(policy(("GET /user", Requirement())), request(token="a.b"))).reason == "malformed"


@pytest.mark.parametrize(
    ("demand", "held", "good"),
    [
        (Requirement(scopes=["read", "write"]), "write read more", True),
        (Requirement(scopes=["read", "write"]), "read", False),
        (Requirement(scopes=["read"]), "READ", False),
        (Requirement(scopes=["read"]), "readwrite", False),
        (Requirement(any_scope=["admin", "read"]), "read", True),
        (Requirement(any_scope=["admin", "root"]), "read", False),
        (Requirement(scopes=["read"], any_scope=["a", "b"]), "read b", True),
        (Requirement(scopes=["read"], any_scope=["a", "b"]), "b", False),
    ],
)
def test_scopes_are_demanded(decide: Decide, demand: Requirement, held: str, good: bool) -> None:
    decision = decide(policy(("GET /user", demand)), request(token=token(scope=held)))
    assert decision.allowed is good
    if not good:
        refusal = denied(decision)
        assert (refusal.status, refusal.reason) == (403, "insufficient_scope")
        named = demand.scopes if "read" in demand.scopes and "read" not in held.split() else demand.any_scope
        assert 'error="insufficient_scope"' in refusal.challenges[0]
        assert f'scope="{" ".join(named or demand.scopes)}"' in refusal.challenges[0]


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"realm_access": {"roles": ["admin"]}}, None),
        ({"realm_access": {"roles": ["user", "root"]}}, None),
        ({"realm_access": {"roles": ["user"]}}, "insufficient_scope"),
        ({"realm_access": {}}, "insufficient_scope"),
        ({}, "insufficient_scope"),
    ],
)
def test_claims_are_demanded(decide: Decide, claims: dict[str, object], reason: str | None) -> None:
    guarded = policy(("GET /user", Requirement(claims={"realm_access.roles": ["admin", "root"]})))
    decision = decide(guarded, request(token=token(**claims)))
    assert (None if isinstance(decision, Allow) else decision.reason) == reason


@pytest.mark.parametrize(
    ("demand", "claims", "good"),
    [
        (Requirement(max_auth_age=300), {"auth_time": NOW - 300}, True),
        (Requirement(max_auth_age=300), {"auth_time": NOW - 301}, False),
        (Requirement(max_auth_age=300), {"auth_time": NOW + 1}, False),
        (Requirement(max_auth_age=300), {}, False),
        (Requirement(max_auth_age=0), {"auth_time": NOW}, True),
        (Requirement(acr=["gold", "silver"]), {"acr": "silver"}, True),
        (Requirement(acr=["gold"]), {"acr": "silver"}, False),
        (Requirement(acr=["gold"]), {}, False),
        (Requirement(acr=["gold"], max_auth_age=9), {"acr": "gold", "auth_time": NOW - 10}, False),
    ],
)
def test_a_better_sign_on_is_demanded(
    decide: Decide, demand: Requirement, claims: dict[str, object], good: bool
) -> None:
    decision = decide(policy(("GET /user", demand)), request(token=token(**claims)))
    assert decision.allowed is good
    if not good:  # RFC 9470 §3
        refusal = denied(decision)
        assert (refusal.status, refusal.reason) == (401, "insufficient_authentication")
        assert 'error="insufficient_user_authentication"' in refusal.challenges[0]
        assert ("max_age" in refusal.challenges[0]) is (demand.max_auth_age is not None)
        assert ("acr_values" in refusal.challenges[0]) is bool(demand.acr)


def test_the_issuers_leeway_holds_for_the_sign_on_too(decide: Decide) -> None:
    lenient = policy(("GET /user", Requirement(max_auth_age=300)), issuers={"main": api_issuer(leeway=5)})
    assert allowed(decide(lenient, request(token=token(auth_time=NOW - 305))))
    assert not decide(lenient, request(token=token(auth_time=NOW - 306))).allowed


def test_a_route_trusts_the_issuers_it_names(decide: Decide) -> None:
    issuers = {"main": api_issuer(), "other": Issuer(OTHER, audience=AUDIENCE, keys=ISSUERS_KEY.key_set())}
    both = policy(("GET /user", Requirement()), ("GET /main", Requirement(issuers=["main"])), issuers=issuers)
    others = token(iss=OTHER)
    assert allowed(decide(both, request(token=others)))
    assert denied(decide(both, request("/main", others))).reason == "wrong_issuer"
    assert allowed(decide(both, request("/main", token())))


def test_keys_that_cannot_be_had_are_nobodys_fault(decide: Decide) -> None:
    down = policy(("GET /user", Requirement()), issuers={"main": api_issuer(FakeKeys(None, DOWN))})
    refusal = denied(decide(down, request(token=token())))
    assert (refusal.status, refusal.reason, refusal.challenges) == (503, "keys_unavailable", ())
    assert refusal.retry_after == DOWN.retry_after
    assert ("Retry-After", "7") in refusal.response_headers()
    assert isinstance(DOWN, KeysUnavailable)


@pytest.mark.parametrize(
    ("claims", "value"),
    [
        ({"sub": "alice"}, "alice"),
        ({"sub": ABSENT}, ""),
        ({"sub": "Müller"}, ""),
        ({"sub": "a\r\nX-Admin: 1"}, ""),
        ({"sub": " alice"}, ""),
        ({"sub": "alice "}, ""),
        ({"sub": "a,b"}, "a,b"),
    ],
)
def test_a_claim_goes_to_the_upstream_only_if_it_can_stand_in_a_header(
    decide: Decide, claims: dict[str, object], value: str
) -> None:
    forwarding = policy(("GET /user", Requirement(forward={"X-User": "sub"})))
    assert allowed(decide(forwarding, request(token=token(**claims)))).headers == {"X-User": value}


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        (["a", "b"], "a,b"),
        (["a", "b,c"], ""),
        ([], ""),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (1.5, "1.5"),
        (None, ""),
        ({"a": "b"}, ""),
    ],
    ids=repr,
)
def test_claims_of_all_types_become_text(claim: object, value: str) -> None:
    forwarding = policy(("GET /user", Requirement(forward={"X-Roles": "roles"})))
    assert allowed(forwarding.check(request(token=token(roles=claim)))).headers == {"X-Roles": value}


def test_every_header_that_the_policy_can_set_is_set_or_emptied(decide: Decide) -> None:
    forwarding = policy(
        ("GET /user", Requirement(forward={"X-User": "sub"})),
        ("GET /scopes", Requirement(forward={"X-Scopes": "scope", "X-User": "client_id"})),
        ("GET /health", Requirement(public=True)),
    )
    assert forwarding.forwardable == ("X-User", "X-Scopes")
    assert allowed(decide(forwarding, request(token=token()))).headers == {"X-User": "alice", "X-Scopes": ""}
    assert allowed(decide(forwarding, request("/health"))).headers == {"X-User": "", "X-Scopes": ""}


def test_the_trace_holds_neither_the_token_nor_a_claims_value(decide: Decide) -> None:
    guarded = policy(("GET /user", Requirement(claims={"email": ["a@example.com"]}, acr=["gold"])))
    secret = token(email="secret@example.com", acr="secret-acr", sub="secret-sub")
    refusal = denied(decide(guarded, request(token=secret)))
    assert "secret" not in repr((refusal.trace, refusal.detail, refusal.response_headers(), refusal.problem()))
    assert secret not in repr(refusal)


def test_a_policy_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="names the issuer 'nobody'"):
        policy(("GET /user", Requirement(issuers=["nobody"])))
    with pytest.raises(ConfigurationError, match="no issuer to trust"):
        policy(("GET /user", Requirement()), issuers={})
    with pytest.raises(ConfigurationError, match="match the same requests"):
        policy(("GET /user", Requirement()), ("GET /user", Requirement(public=True)))


def test_a_policy_of_public_routes_needs_no_issuer(decide: Decide) -> None:
    public = policy(("GET /", Requirement(public=True)), issuers={})
    assert public.verifier is None
    assert allowed(decide(public, request("/")))


def test_tokens_of_another_api_never_pass(decide: Decide) -> None:
    stranger = mint(access_claims(iss=ISSUER, aud="https://other.example"))
    assert denied(decide(policy(("* /{rest+}", Requirement())), request(token=stranger))).reason == "wrong_audience"
