"""What a request expects: RFC 9470, and OpenID Connect Core §3.1.3.7 and §3.1.3.8."""

from base64 import urlsafe_b64encode
from hashlib import new, shake_256
from typing import Any

import pytest

from gatepost.errors import Reason, TokenRejected
from gatepost.jose.algorithms import KEY_TYPES
from gatepost.jose.strict_json import JsonObject
from gatepost.verification import VerifiedToken, expectation
from tests.verification.minting import NOW

ACCESS_TOKEN = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"


def token(alg: str = "RS256", /, **claims: object) -> VerifiedToken:
    return VerifiedToken("https://issuer.example", JsonObject(alg=alg), JsonObject(claims))


def authentication(
    verified: VerifiedToken, max_auth_age: float | None = None, acr: Any = None, leeway: float = 0
) -> TokenRejected | None:
    try:
        expectation.check_authentication(verified, NOW, leeway, max_auth_age, acr)
    except TokenRejected as refused:
        return refused
    return None


# --- How recently, how strongly ---


@pytest.mark.parametrize(
    ("age", "leeway", "passes"),
    [(0, 0, True), (300, 0, True), (300.5, 0, False), (305, 5, True), (305.5, 5, False), (86400, 0, False)],
)
def test_the_user_authenticated_at_most_that_long_ago(age: float, leeway: float, passes: bool) -> None:
    refused = authentication(token(auth_time=NOW - age), 300, leeway=leeway)
    assert (refused is None) is passes


def test_a_sign_on_too_long_ago_is_answered_with_the_age_that_would_do() -> None:
    refused = authentication(token(auth_time=NOW - 301), 300)
    assert refused is not None
    assert (refused.reason, refused.claim) == (Reason.INSUFFICIENT_AUTHENTICATION, "auth_time")
    assert (refused.max_age, refused.acr_values) == (300, ())
    assert 'max_age="300"' in refused.challenge()


def test_a_token_that_does_not_say_when_is_not_recent() -> None:
    refused = authentication(token(), 300)
    assert refused is not None
    assert (refused.reason, refused.claim) == (Reason.INSUFFICIENT_AUTHENTICATION, "auth_time")
    assert authentication(token(), acr=None) is None


def test_a_sign_on_in_the_future_is_a_bad_claim() -> None:
    refused = authentication(token(auth_time=NOW + 6), 300, leeway=5)
    assert refused is not None
    assert (refused.reason, refused.claim) == (Reason.BAD_CLAIM, "auth_time")
    assert authentication(token(auth_time=NOW + 5), 300, leeway=5) is None


@pytest.mark.parametrize("age", [float("nan"), -1], ids=str)
def test_an_age_that_makes_no_sense_lets_nobody_in(age: float) -> None:
    assert authentication(token(auth_time=NOW), age) is not None


@pytest.mark.parametrize(
    "acr",
    ["phr", ("phr",), ["x", "phr"], {"phr"}, iter(["x", "phr"])],
    ids=["text", "tuple", "list", "set", "iterator"],
)
def test_any_of_the_contexts_named_will_do(acr: Any) -> None:
    assert authentication(token(acr="phr"), acr=acr) is None


@pytest.mark.parametrize("acr", ["phrh", ("x", "y"), "ph", "p", "", (), []], ids=repr)
def test_another_context_is_answered_with_those_that_would_do(acr: Any) -> None:
    for verified in (token(acr="phr"), token()):
        refused = authentication(verified, acr=acr)
        assert refused is not None
        assert (refused.reason, refused.claim) == (Reason.INSUFFICIENT_AUTHENTICATION, "acr")
        assert refused.acr_values == ((acr,) if isinstance(acr, str) else tuple(acr))
        assert refused.max_age is None


def test_a_challenge_asks_for_age_and_context_together() -> None:
    refused = authentication(token(auth_time=NOW - 301, acr="low"), 300, ("phr", "phrh"))
    assert refused is not None
    assert refused.challenge().endswith('acr_values="phr phrh", max_age="300"')


# --- Nonce ---


def test_a_token_answers_the_request_that_sent_its_nonce() -> None:
    expectation.check_nonce(token(nonce="n-0S6_WzA2Mj"), "n-0S6_WzA2Mj")
    expectation.check_nonce(token(nonce="ñ"), "ñ")


@pytest.mark.parametrize(
    "claims", [{}, {"nonce": "n-0S6_WzA2M"}, {"nonce": "N-0S6_WZA2MJ"}, {"nonce": ""}, {"nonce": 1}]
)
def test_another_nonce_or_none_is_wrong(claims: dict[str, Any]) -> None:
    with pytest.raises(TokenRejected) as caught:
        expectation.check_nonce(token(**claims), "n-0S6_WzA2Mj")
    assert (caught.value.reason, caught.value.claim) == (Reason.WRONG_NONCE, "nonce")


def test_a_nonce_that_has_no_utf8_is_compared_all_the_same() -> None:
    with pytest.raises(TokenRejected):
        expectation.check_nonce(token(nonce="n"), "\ud800")


# --- Hash of the access token ---


def at_hash(algorithm: str, access_token: str = ACCESS_TOKEN) -> str:
    if algorithm == "Ed448":
        whole = shake_256(access_token.encode()).digest(114)
    else:
        size = {"Ed25519": "512", "EdDSA": "512"}.get(algorithm, algorithm[2:])
        whole = new(f"sha{size}", access_token.encode()).digest()
    return urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()


def test_the_example_of_openid_connect_core_a_4_fits() -> None:
    expectation.check_access_token_hash(token(at_hash="77QmUPtjPfzWtF2AnpK9RQ"), ACCESS_TOKEN)


@pytest.mark.parametrize("algorithm", [*(alg for alg in KEY_TYPES if not alg.startswith("ML-DSA")), "EdDSA"])
def test_the_hash_is_that_of_the_id_tokens_own_algorithm(algorithm: str) -> None:
    expectation.check_access_token_hash(token(algorithm, at_hash=at_hash(algorithm)), ACCESS_TOKEN)
    other = "RS384" if algorithm.endswith("256") else "RS256"
    for wrong in (at_hash(other), at_hash(algorithm, "another token"), at_hash(algorithm) + "=", "", 1, ["x"]):
        with pytest.raises(TokenRejected) as caught:
            expectation.check_access_token_hash(token(algorithm, at_hash=wrong), ACCESS_TOKEN)
        assert (caught.value.reason, caught.value.claim) == (Reason.BAD_CLAIM, "at_hash")


def test_a_token_without_the_hash_is_refused_where_it_is_expected() -> None:
    with pytest.raises(TokenRejected) as caught:
        expectation.check_access_token_hash(token(), ACCESS_TOKEN)
    assert (caught.value.reason, caught.value.claim) == (Reason.MISSING_CLAIM, "at_hash")


@pytest.mark.parametrize("algorithm", ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"])
def test_an_algorithm_without_a_hash_of_its_own_has_no_at_hash(algorithm: str) -> None:
    with pytest.raises(TokenRejected) as caught:
        expectation.check_access_token_hash(token(algorithm, at_hash=at_hash("RS256")), ACCESS_TOKEN)
    assert (caught.value.reason, caught.value.claim) == (Reason.UNSUPPORTED_ALGORITHM, "at_hash")
