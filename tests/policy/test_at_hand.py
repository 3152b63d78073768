"""What is decided at once or remembered is what would be decided anew; what can change is looked at each time."""

from itertools import product

import pytest

from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision, Deny
from gatepost.policy.policy import _LONGEST_KEPT, _ROUTES_KEPT, Policy
from gatepost.policy.requirement import Requirement
from gatepost.verification.client_certificate import ClientCertificate
from gatepost.verification.redis_connection import RedisConnection
from gatepost.verification.redis_revocation import RedisRevocationList
from gatepost.verification.revocation import MemoryRevocationList
from tests.policy.deciding import policy, request, token
from tests.verification.fake_keys import KEYS, NEW_KEY, NEW_KEYS, FakeKeys, snapshot
from tests.verification.minting import ISSUER, NOW, access_claims, api_issuer, mint
from tests.verification.proving import CLIENTS_KEY

CERTIFICATE = ClientCertificate.from_der(b"0\x00")
ROUTES = (
    ("GET,HEAD /user", Requirement(scopes=["read"], forward={"X-User": "sub", "X-Role": "role"})),
    ("GET /user/{id}", Requirement(any_scope=["admin", "write"], forward={"X-User": "jti"})),
    ("* /recent", Requirement(max_auth_age=300)),
    ("* /strong", Requirement(acr=["phr"])),
    ("* /role", Requirement(claims={"role": ["root"]})),
    ("* /dpop", Requirement(dpop="required")),
    ("* /mtls", Requirement(mtls="required")),
    ("* /plain", Requirement(dpop="off", mtls="off")),
    ("* /health", Requirement(public=True)),
)
TARGETS = (
    "/user",
    "/user?x",
    "/user/1",
    "/USER",
    "/user/%2f",
    "/recent",
    "/strong",
    "/role",
    "/dpop",
    "/mtls",
    "/plain",
)
TOKENS = (
    None,
    "garbage",
    token(scope="read"),
    token(scope="admin", role="root", acr="phr", auth_time=NOW - 100),
    token(exp=NOW),
    token(nbf=NOW + 1),
    token(iss="https://other.example"),
    token(cnf={"jkt": CLIENTS_KEY.thumbprint()}),
    token(cnf={"x5t#S256": CERTIFICATE.thumbprint()}),
    token(cnf={}),
    token(cnf="wrong"),
    token(scope="read", sub="b\nc", role=["a", "b"]),
)


def requests() -> list[AccessRequest]:
    """Return a request for each target, token, method and certificate."""
    return [
        request(target, sent, method=method, certificate=certificate)
        for target, sent, method, certificate in product(
            (*TARGETS, "/health", "/none"), TOKENS, ("GET", "POST", "get"), (None, CERTIFICATE)
        )
    ]


def told(decision: Decision | None) -> object:
    """Return all that a decision says."""
    if isinstance(decision, Allow):
        claims = None if decision.identity is None else decision.identity.claims
        return claims, dict(decision.headers), decision.route, decision.trace
    return decision


@pytest.mark.parametrize("token_cache", [None, 1, 1000])
def test_every_decision_is_the_same_at_hand_and_a_second_time_as_by_a_new_policy(token_cache: int | None) -> None:
    used = policy(*ROUTES, token_cache=token_cache)
    for _, asked in product(range(3), requests()):
        expected = told(policy(*ROUTES, token_cache=None).check(asked))
        assert told(used.check_at_hand(asked)) == told(used.check(asked)) == expected


def test_a_remembered_token_is_refused_from_the_second_in_which_it_expires() -> None:
    now = [float(NOW)]
    used = policy(("GET /user", Requirement()), clock=lambda: now[0])
    asked = request(token=token(exp=NOW + 10))
    for now[0] in (NOW, NOW + 9.999):
        assert isinstance(used.check_at_hand(asked), Allow)
    for now[0] in (NOW + 10, NOW + 10_000):
        assert reason(used.check_at_hand(asked)) == "expired"


def test_how_long_ago_the_user_signed_on_is_looked_at_each_time() -> None:
    now = [float(NOW)]
    used = policy(("GET /user", Requirement(max_auth_age=60)), clock=lambda: now[0])
    asked = request(token=token(auth_time=NOW))
    for now[0] in (NOW, NOW + 60):
        assert isinstance(used.check_at_hand(asked), Allow)
    now[0] = NOW + 61
    assert reason(used.check_at_hand(asked)) == "insufficient_authentication"


def test_a_token_that_was_let_in_is_refused_once_it_is_revoked() -> None:
    revoked = MemoryRevocationList()
    used = policy(("GET /user", Requirement()), revocations=revoked)
    asked = request(token=token(jti="a"))
    assert isinstance(used.check_at_hand(asked), Allow)
    revoked.revoke_token(ISSUER, "a", exp=NOW + 600, now=NOW)
    assert reason(used.check_at_hand(asked)) == "revoked"
    assert reason(used.check(asked)) == "revoked"


def test_a_token_that_was_let_in_is_refused_once_its_key_is_gone() -> None:
    keys = FakeKeys(KEYS, NEW_KEYS)
    used = policy(("GET /user", Requirement()), issuers={"main": api_issuer(keys)})
    asked = request(token=token())
    assert isinstance(used.check_at_hand(asked), Allow)
    keys.at_hand = snapshot(NEW_KEYS, 2)
    assert used.check_at_hand(asked) is None  # the issuer has to be asked
    assert reason(used.check(asked)) == "unknown_key"
    assert isinstance(used.check_at_hand(request(token=mint(access_claims(), NEW_KEY))), Allow)


def test_what_takes_waiting_is_not_decided_at_hand() -> None:
    cold = policy(("GET /user", Requirement()), issuers={"main": api_issuer(FakeKeys(None, KEYS))})
    assert cold.check_at_hand(request(token=token())) is None
    store = RedisRevocationList(RedisConnection("redis://127.0.0.1:1"))
    assert policy(("GET /user", Requirement()), revocations=store).check_at_hand(request(token=token())) is None
    proven = AccessRequest("GET", "/user", authorization=[f"DPoP {token()}"])
    assert policy(("GET /user", Requirement())).check_at_hand(proven) is None


def test_a_proof_is_looked_at_for_every_request_and_used_once() -> None:
    used = policy(("GET /user", Requirement()))
    bound = token(cnf={"jkt": CLIENTS_KEY.thumbprint()})
    for _ in range(2):
        assert reason(used.check_at_hand(request(token=bound))) == "wrong_binding"


def test_what_is_remembered_of_one_token_or_route_is_not_said_of_another() -> None:
    used = policy(
        ("GET /a", Requirement(forward={"X-User": "sub"})),
        ("GET /b", Requirement(forward={"X-User": "jti"})),
        ("GET /c", Requirement(scopes=["none"])),
    )
    for _, (target, expected) in product(range(3), {"/a": "alice", "/b": "token-1"}.items()):
        decision = used.check_at_hand(request(target, token()))
        assert isinstance(decision, Allow)
        assert decision.headers == {"X-User": expected}
        assert reason(used.check_at_hand(request("/c", token()))) == "insufficient_scope"


def test_the_headers_of_a_decision_cannot_be_changed_for_the_next_one() -> None:
    used = policy(("GET /user", Requirement(forward={"X-User": "sub"})))
    decision = used.check(request(token=token()))
    assert isinstance(decision, Allow)
    with pytest.raises(TypeError):
        decision.headers["X-User"] = "root"  # type: ignore[index]


def test_the_memory_of_routes_is_bounded_and_keeps_no_path_that_means_none() -> None:
    used = policy(("GET /{rest+}", Requirement(public=True)))
    for number in range(_ROUTES_KEPT * 2 + 10):
        assert isinstance(used.check_at_hand(request(f"/{number}")), Allow)
    assert 0 < kept(used) <= _ROUTES_KEPT
    before = kept(used)
    for target in ("/a/../b", "/%00", "/" + "a" * _LONGEST_KEPT):
        used.check_at_hand(request(target))
    used.check_at_hand(request("/a", method="PUT"))
    assert kept(used) == before


def kept(used: Policy) -> int:
    return len(used._found)


def reason(decision: Decision | None) -> str | None:
    return decision.reason if isinstance(decision, Deny) else None
