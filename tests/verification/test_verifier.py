"""The verifier: which issuer, which algorithm, which key, and what a request expects."""

import time

import pytest

from gatepost import Issuer, KeySet, Reason, TokenRejected, Verifier
from gatepost.errors import ConfigurationError
from tests.jose.keys_at_hand import signing_key
from tests.verification.fake_keys import KEYS, NEW_KEY, NEW_KEYS
from tests.verification.minting import (
    ABSENT,
    AUDIENCE,
    CLIENT,
    ISSUER,
    ISSUERS_KEY,
    NOW,
    access_claims,
    api,
    api_issuer,
    client,
    id_claims,
    mint,
)
from tests.verification.outcomes import Verify, refusal

# --- A good token ---


def test_a_good_token_says_what_it_says(verify: Verify) -> None:
    for token in (mint(access_claims(), typ="at+jwt"), mint(access_claims(), typ="at+jwt").encode()):
        verified = verify(api(), token)
        assert (verified.issuer, verified.subject, verified.client_id) == (ISSUER, "alice", CLIENT)
        assert verified.claims == access_claims()
        assert verified.header == {"alg": "ES256", "kid": ISSUERS_KEY.kid, "typ": "at+jwt"}


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES384", "ES512", "Ed25519", "Ed448", "ML-DSA-44", "HS256"])
def test_every_algorithm_that_the_issuer_is_trusted_with_works(verify: Verify, algorithm: str) -> None:
    key = signing_key(algorithm)
    verifier = api(key.key_set(), algorithms=(algorithm,))
    assert verify(verifier, mint(access_claims(), key)).header["alg"] == algorithm


def test_the_clock_is_the_systems_unless_another_is_given() -> None:
    verifier = Verifier(api_issuer())
    now = time.time()
    assert verifier.verify(mint(access_claims(iat=now - 60, exp=now + 600))).subject == "alice"
    assert refusal(lambda: verifier.verify(mint(access_claims(iat=now - 60, exp=now - 1)))) is Reason.EXPIRED


def test_the_greatest_length_is_a_setting() -> None:
    token = mint(access_claims())
    assert Verifier(api_issuer(), clock=lambda: NOW, max_length=len(token)).verify(token).subject == "alice"
    short = Verifier(api_issuer(), clock=lambda: NOW, max_length=len(token) - 1)
    assert refusal(lambda: short.verify(token)) is Reason.TOO_LARGE


# --- Whose token it is ---


def test_an_issuer_is_found_by_its_exact_name_and_judged_by_its_own_rules_and_keys(verify: Verify) -> None:
    other = Issuer("https://other.example", audience="other-api", keys=NEW_KEYS)
    verifier = Verifier([api_issuer(), other], clock=lambda: NOW)
    theirs = access_claims(iss="https://other.example", aud="other-api")
    assert verify(verifier, mint(access_claims())).issuer == ISSUER
    assert verify(verifier, mint(theirs, NEW_KEY)).issuer == "https://other.example"
    assert refusal(lambda: verify(verifier, mint(theirs))) is Reason.UNKNOWN_KEY
    assert refusal(lambda: verify(verifier, mint(theirs, kid="new"))) is Reason.BAD_SIGNATURE
    assert refusal(lambda: verify(verifier, mint(access_claims(), NEW_KEY))) is Reason.UNKNOWN_KEY
    assert refusal(lambda: verify(verifier, mint({**theirs, "aud": AUDIENCE}, NEW_KEY))) is Reason.WRONG_AUDIENCE


@pytest.mark.parametrize(
    "iss",
    [
        "",
        "issuer.example",
        "http://issuer.example",
        ISSUER + "/",
        ISSUER[:-1],
        ISSUER + ".attacker.example",
        ISSUER.upper(),
        " " + ISSUER,
        ISSUER + "#",
        ISSUER + "\0",
    ],
    ids=repr,
)
def test_another_issuer_is_wrong_however_similar_its_name(verify: Verify, iss: str) -> None:
    assert refusal(lambda: verify(api(), mint(access_claims(iss=iss)))) is Reason.WRONG_ISSUER


@pytest.mark.parametrize("iss", [None, True, 1, [], [ISSUER], {}, {ISSUER: 1}], ids=repr)
def test_an_issuer_is_a_string(verify: Verify, iss: object) -> None:
    with pytest.raises(TokenRejected) as caught:
        verify(api(), mint(access_claims(iss=iss)))
    assert (caught.value.reason, caught.value.claim) == (Reason.BAD_CLAIM, "iss")


def test_a_token_says_who_issued_it(verify: Verify) -> None:
    with pytest.raises(TokenRejected) as caught:
        verify(api(), mint(access_claims(iss=ABSENT)))
    assert (caught.value.reason, caught.value.claim) == (Reason.MISSING_CLAIM, "iss")


def test_an_issuer_may_have_other_names_and_is_called_by_its_own(verify: Verify) -> None:
    verifier = api(aliases=("https://old.example", "https://older.example"))
    for iss in (ISSUER, "https://old.example", "https://older.example"):
        token = mint(access_claims(iss=iss))
        for _ in range(2):
            verified = verify(verifier, token)
            assert (verified.issuer, verified.claims["iss"]) == (ISSUER, iss)


def test_one_name_never_means_two_issuers() -> None:
    others = (
        api_issuer(),
        Issuer("https://other.example", audience="x", keys=KEYS, aliases=[ISSUER]),
    )
    for other in others:
        with pytest.raises(ConfigurationError, match=f"two issuers are called {ISSUER}"):
            Verifier([api_issuer(), other])


def test_a_verifier_without_an_issuer_makes_no_sense() -> None:
    with pytest.raises(ConfigurationError, match="at least one issuer"):
        Verifier([])


def test_an_issuer_may_repeat_its_own_name_among_its_aliases() -> None:
    assert api(aliases=[ISSUER]).verify(mint(access_claims())).issuer == ISSUER


# --- Which algorithm, which key ---


def test_an_algorithm_that_the_issuer_is_not_trusted_with_is_unsupported_although_it_has_the_key(
    verify: Verify,
) -> None:
    keys = KeySet([ISSUERS_KEY.public, signing_key("RS256").public])
    verifier = api(keys, algorithms=("RS256",))
    with pytest.raises(TokenRejected) as caught:
        verify(verifier, mint(access_claims()))
    assert (caught.value.reason, caught.value.claim) == (Reason.UNSUPPORTED_ALGORITHM, "alg")


def test_eddsa_over_a_curve_that_is_not_accepted_is_refused(verify: Verify) -> None:
    keys = KeySet([signing_key("Ed25519").public, signing_key("Ed448").public])
    verifier = api(keys, algorithms=("Ed25519",))
    assert verify(verifier, mint(access_claims(), signing_key("Ed25519"), alg="EdDSA")).subject == "alice"
    token = mint(access_claims(), signing_key("Ed448"), alg="EdDSA")
    assert refusal(lambda: verify(verifier, token)) in {Reason.UNKNOWN_KEY, Reason.UNSUPPORTED_ALGORITHM}


def test_with_keys_that_are_given_an_unknown_kid_is_an_unknown_key(verify: Verify) -> None:
    assert refusal(lambda: verify(api(), mint(access_claims(), kid="other"))) is Reason.UNKNOWN_KEY


def test_with_keys_that_are_given_a_signature_of_another_key_is_bad(verify: Verify) -> None:
    forged = mint(access_claims(), NEW_KEY, kid=ISSUERS_KEY.kid)
    assert refusal(lambda: verify(api(), forged)) is Reason.BAD_SIGNATURE
    assert refusal(lambda: verify(api(), mint(access_claims(), NEW_KEY, kid=None))) is Reason.BAD_SIGNATURE


def test_a_token_without_kid_means_the_one_key_that_fits(verify: Verify) -> None:
    token = mint(access_claims(), kid=None)
    assert verify(api(), token).subject == "alice"
    assert refusal(lambda: verify(api(KeySet([ISSUERS_KEY.public, NEW_KEY.public])), token)) is Reason.UNKNOWN_KEY


# --- What a request expects ---


def test_a_request_may_expect_a_recent_and_strong_sign_on(verify: Verify) -> None:
    verifier, token = api(leeway=5), mint(access_claims(auth_time=NOW - 305, acr="phr"))
    for _ in range(2):
        assert verify(verifier, token, max_auth_age=300, acr=("phr", "phrh")).acr == "phr"
        with pytest.raises(TokenRejected) as caught:
            verify(verifier, token, max_auth_age=299)
        assert (caught.value.reason, caught.value.max_age) == (Reason.INSUFFICIENT_AUTHENTICATION, 299)
        assert refusal(lambda: verify(verifier, token, acr="phrh")) is Reason.INSUFFICIENT_AUTHENTICATION
        assert refusal(lambda: verify(verifier, token, acr=())) is Reason.INSUFFICIENT_AUTHENTICATION
        assert refusal(lambda: verify(verifier, token, max_auth_age=0)) is Reason.INSUFFICIENT_AUTHENTICATION


def test_a_request_may_expect_the_answer_to_its_own_nonce_and_access_token(verify: Verify) -> None:
    verifier = client()
    token = mint(id_claims(at_hash="77QmUPtjPfzWtF2AnpK9RQ"))
    access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    for _ in range(2):
        assert verify(verifier, token, nonce="nonce-1", access_token=access_token).subject == "alice"
        assert refusal(lambda: verify(verifier, token, nonce="nonce-2")) is Reason.WRONG_NONCE
        assert refusal(lambda: verify(verifier, token, nonce="")) is Reason.WRONG_NONCE
        assert refusal(lambda: verify(verifier, token, access_token="another")) is Reason.BAD_CLAIM
