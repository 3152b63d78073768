"""The verifier: which issuer, which key, when to wait for keys, and what is remembered."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import MappingProxyType
from typing import Any

import pytest

from gatepost import Issuer, KeySet, KeysUnavailable, Reason, TokenRejected, VerifiedToken, Verifier
from gatepost.errors import ConfigurationError
from gatepost.jose import SigningKey, sign_compact
from gatepost.trust.key_source import Cause, Snapshot
from tests.jose.keys_at_hand import SECRET, signing_key
from tests.verification.fake_keys import FakeKeys, snapshot
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

NEW_KEY = SigningKey.generate("ES256", kid="new")
KEYS, NEW_KEYS = ISSUERS_KEY.key_set(), NEW_KEY.key_set()
DOWN = KeysUnavailable("the issuer cannot be reached", retry_after=7)

Verify = Callable[..., VerifiedToken]


def nameless(key: SigningKey) -> KeySet:
    jwk = key.to_jwk()
    del jwk["kid"]
    return KeySet.from_jwks({"keys": [jwk]})


def refusal(action: Callable[[], object]) -> Reason:
    with pytest.raises(TokenRejected) as caught:
        action()
    return caught.value.reason


class Clock:
    """A clock to turn."""

    def __init__(self) -> None:
        self.now: float = NOW

    def __call__(self) -> float:
        return self.now


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


# --- Waiting for keys ---


def test_keys_are_fetched_for_the_first_token_and_are_at_hand_for_the_next(verify: Verify) -> None:
    keys = FakeKeys(None, KEYS)
    verifier = api(keys)
    for sub in ("alice", "bob"):
        assert verify(verifier, mint(access_claims(sub=sub))).subject == sub
    assert keys.asked == [Cause.COLD]


def test_nothing_is_fetched_for_a_token_that_is_refused_without_keys(verify: Verify) -> None:
    keys = FakeKeys(None, KEYS)
    verifier = api(keys)
    for token in ("garbage", mint(access_claims(iss="other")), mint(access_claims(), signing_key("HS256"))):
        with pytest.raises(TokenRejected):
            verify(verifier, token)
    assert keys.asked == []


def test_without_keys_nothing_is_said_about_a_token(verify: Verify) -> None:
    verifier = api(FakeKeys(None, DOWN))
    for token in (mint(access_claims()), mint(access_claims(exp=1)), mint(access_claims(), NEW_KEY)):
        with pytest.raises(KeysUnavailable) as caught:
            verify(verifier, token)
        assert caught.value.retry_after == 7


def test_that_keys_could_not_be_had_is_not_remembered(verify: Verify) -> None:
    keys = FakeKeys(None, DOWN, KEYS)
    verifier = api(keys)
    with pytest.raises(KeysUnavailable):
        verify(verifier, mint(access_claims()))
    assert verify(verifier, mint(access_claims())).subject == "alice"
    assert keys.asked == [Cause.COLD, Cause.COLD]


def test_an_unknown_kid_is_looked_for_among_newer_keys(verify: Verify) -> None:
    keys = FakeKeys(KEYS, NEW_KEYS)
    assert verify(api(keys), mint(access_claims(), NEW_KEY)).subject == "alice"
    assert keys.asked == [Cause.UNKNOWN_KEY]


def test_a_kid_that_is_not_among_the_newest_keys_is_unknown(verify: Verify) -> None:
    keys = FakeKeys(KEYS, KEYS)
    assert refusal(lambda: verify(api(keys), mint(access_claims(), NEW_KEY))) is Reason.UNKNOWN_KEY
    assert keys.asked == [Cause.UNKNOWN_KEY]


def test_a_kid_that_is_not_among_keys_fetched_at_this_moment_is_looked_for_once_more(verify: Verify) -> None:
    keys = FakeKeys(None, KEYS, NEW_KEYS)
    assert verify(api(keys), mint(access_claims(), NEW_KEY)).subject == "alice"
    assert keys.asked == [Cause.COLD, Cause.UNKNOWN_KEY]


def test_an_unknown_kid_while_the_issuer_cannot_be_reached_is_no_refusal(verify: Verify) -> None:
    verifier = api(FakeKeys(KEYS, DOWN))
    with pytest.raises(KeysUnavailable):
        verify(verifier, mint(access_claims(), NEW_KEY))
    assert verify(verifier, mint(access_claims())).subject == "alice"


def test_a_bad_signature_by_a_named_key_asks_nobody(verify: Verify) -> None:
    keys = FakeKeys(KEYS, DOWN)
    forged = mint(access_claims(), NEW_KEY, kid=ISSUERS_KEY.kid)
    assert refusal(lambda: verify(api(keys), forged)) is Reason.BAD_SIGNATURE
    assert keys.asked == []
    cold = FakeKeys(None, KEYS, DOWN)
    assert refusal(lambda: verify(api(cold), forged)) is Reason.BAD_SIGNATURE
    assert cold.asked == [Cause.COLD]


def test_a_newer_key_that_does_not_fit_either_makes_a_bad_signature(verify: Verify) -> None:
    keys = FakeKeys(KEYS, NEW_KEYS)
    stranger = SigningKey.generate("ES256", kid="new")
    assert refusal(lambda: verify(api(keys), mint(access_claims(), stranger))) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("kid", [None, "any"])
def test_a_key_without_a_name_may_have_been_replaced(verify: Verify, kid: str | None) -> None:
    keys = FakeKeys(nameless(ISSUERS_KEY), nameless(NEW_KEY))
    verifier = api(keys)
    assert verify(verifier, mint(access_claims(), kid=kid)).subject == "alice"
    assert keys.asked == []
    assert verify(verifier, mint(access_claims(), NEW_KEY, kid=kid)).subject == "alice"
    assert keys.asked == [Cause.UNKNOWN_KEY]


def test_a_token_without_kid_may_be_signed_by_the_key_that_replaced_the_only_one(verify: Verify) -> None:
    keys = FakeKeys(KEYS, NEW_KEYS)
    assert verify(api(keys), mint(access_claims(), NEW_KEY, kid=None)).subject == "alice"
    assert keys.asked == [Cause.UNKNOWN_KEY]


def test_a_signature_that_no_newer_key_fits_is_bad(verify: Verify) -> None:
    stranger = SigningKey.generate("ES256")
    for newer in (nameless(ISSUERS_KEY), nameless(NEW_KEY), KeySet([])):
        keys = FakeKeys(nameless(ISSUERS_KEY), newer)
        forged = mint(access_claims(), stranger, kid=None)
        assert refusal(lambda: verify(api(keys), forged)) is Reason.BAD_SIGNATURE  # noqa: B023 - called at once
        assert keys.asked == [Cause.UNKNOWN_KEY]


def test_a_signature_that_does_not_fit_the_nameless_key_is_no_refusal_while_the_issuer_is_down(
    verify: Verify,
) -> None:
    with pytest.raises(KeysUnavailable):
        verify(api(FakeKeys(nameless(ISSUERS_KEY), DOWN)), mint(access_claims(), NEW_KEY, kid=None))


# --- What is remembered ---


def test_a_token_that_was_verified_is_remembered(verify: Verify) -> None:
    verifier, token = api(), mint(access_claims())
    assert verify(verifier, token) is verify(verifier, token)
    assert verify(verifier, mint(access_claims())) is not verify(verifier, token)  # signed anew, another token
    assert verify(verifier, token.encode()) == verify(verifier, token.encode())


def test_nothing_is_remembered_without_a_cache(verify: Verify) -> None:
    verifier, token = api(token_cache=None), mint(access_claims())
    assert verify(verifier, token) is not verify(verifier, token)


def test_a_cache_is_a_number_of_entries() -> None:
    with pytest.raises(ConfigurationError, match="token_cache"):
        api(token_cache=0)


def test_only_the_last_tokens_are_remembered(verify: Verify) -> None:
    verifier = api(token_cache=1)
    first, second = mint(access_claims()), mint(access_claims())
    remembered = verify(verifier, first)
    verify(verifier, second)
    assert verify(verifier, first) is not remembered


def test_a_verifier_remembers_nothing_of_another(verify: Verify) -> None:
    token = mint(access_claims())
    strict, other = api(), api(audience="other-api")
    assert verify(strict, token).subject == "alice"
    assert refusal(lambda: verify(other, token)) is Reason.WRONG_AUDIENCE


def test_a_token_of_a_class_of_its_own_is_not_looked_up(verify: Verify) -> None:
    class Alike(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return hash(good)

    good = mint(access_claims())
    verifier = api()
    assert verify(verifier, good).subject == "alice"
    assert refusal(lambda: verify(verifier, Alike("a.b.c"))) is Reason.MALFORMED
    assert verify(verifier, Alike(good)) is not verify(verifier, Alike(good))


def test_the_same_keys_after_a_refresh_keep_what_is_remembered(verify: Verify) -> None:
    keys = FakeKeys(KEYS)
    verifier, token = api(keys), mint(access_claims())
    remembered = verify(verifier, token)
    keys.at_hand = snapshot(KEYS, 1)
    assert verify(verifier, token) is remembered


def test_a_key_that_the_issuer_removed_ends_what_it_signed(verify: Verify) -> None:
    keys = FakeKeys(KEYS, NEW_KEYS)
    verifier, token = api(keys), mint(access_claims())
    assert verify(verifier, token).subject == "alice"
    keys.at_hand = snapshot(NEW_KEYS, 2)
    assert refusal(lambda: verify(verifier, token)) is Reason.UNKNOWN_KEY


def test_a_key_that_was_replaced_under_its_name_ends_what_it_signed(verify: Verify) -> None:
    replaced = SigningKey.generate("ES256", kid=ISSUERS_KEY.kid).key_set()
    keys = FakeKeys(KEYS, replaced)
    verifier, token = api(keys), mint(access_claims())
    assert verify(verifier, token).subject == "alice"
    keys.at_hand = snapshot(replaced, 2)
    assert refusal(lambda: verify(verifier, token)) is Reason.BAD_SIGNATURE


def test_a_key_that_stayed_among_changed_keys_is_checked_again_and_remembered_again(verify: Verify) -> None:
    keys = FakeKeys(KEYS)
    verifier, token = api(keys), mint(access_claims())
    before = verify(verifier, token)
    keys.at_hand = snapshot(KeySet([ISSUERS_KEY.public, NEW_KEY.public]), 2)
    after = verify(verifier, token)
    assert after is not before
    assert verify(verifier, token) is after


def test_keys_that_may_no_longer_be_used_end_what_is_remembered(verify: Verify) -> None:
    keys = FakeKeys(KEYS, DOWN, KEYS)
    verifier, token = api(keys), mint(access_claims())
    assert verify(verifier, token).subject == "alice"
    keys.at_hand = None
    with pytest.raises(KeysUnavailable):
        verify(verifier, token)
    assert verify(verifier, token).subject == "alice"
    assert keys.asked == [Cause.COLD, Cause.COLD]


@pytest.mark.parametrize(
    ("claims", "options", "then", "reason"),
    [
        ({"exp": NOW + 10}, {}, NOW + 10, Reason.EXPIRED),
        ({"exp": NOW + 10}, {"leeway": 5}, NOW + 15, Reason.EXPIRED),
        ({"nbf": NOW - 10}, {}, NOW - 11, Reason.NOT_YET_VALID),
        ({"iat": NOW - 10}, {}, NOW - 11, Reason.ISSUED_IN_FUTURE),
        ({"iat": NOW - 10}, {"max_token_age": 20}, NOW + 11, Reason.TOO_OLD),
    ],
    ids=["exp", "exp with leeway", "nbf", "iat", "age"],
)
def test_time_counts_for_a_token_that_is_remembered_too(
    verify: Verify, claims: dict[str, object], options: dict[str, Any], then: float, reason: Reason
) -> None:
    clock = Clock()
    verifier, token = api(clock=clock, **options), mint(access_claims(**claims))
    remembered = verify(verifier, token)
    clock.now = then
    assert refusal(lambda: verify(verifier, token)) is reason
    clock.now = NOW
    assert verify(verifier, token) is remembered


def test_the_last_moment_of_the_greatest_age_is_good_remembered_or_not(verify: Verify) -> None:
    clock = Clock()
    verifier, token = api(clock=clock, max_token_age=100), mint(access_claims())
    assert verify(verifier, token).subject == "alice"
    clock.now = NOW + 40
    assert verify(verifier, token).subject == "alice"
    clock.now += 0.001
    assert refusal(lambda: verify(verifier, token)) is Reason.TOO_OLD


def test_a_refusal_is_never_remembered(verify: Verify) -> None:
    clock = Clock()
    verifier, token = api(clock=clock), mint(access_claims(nbf=NOW + 10))
    for _ in range(2):
        assert refusal(lambda: verify(verifier, token)) is Reason.NOT_YET_VALID
    clock.now += 10
    assert verify(verifier, token).subject == "alice"


def test_a_token_by_a_key_that_was_unknown_is_good_once_the_key_is_there(verify: Verify) -> None:
    keys = FakeKeys(KEYS, KEYS)
    verifier, token = api(keys), mint(access_claims(), NEW_KEY)
    assert refusal(lambda: verify(verifier, token)) is Reason.UNKNOWN_KEY
    keys.at_hand = snapshot(NEW_KEYS, 5)
    assert verify(verifier, token).subject == "alice"


def test_what_a_caller_does_to_the_claims_changes_nothing_for_the_next(verify: Verify) -> None:
    verifier, token = api(), mint(access_claims(roles=["user"], org={"name": "acme"}))
    claims: Any = verify(verifier, token).claims
    changes: list[Callable[[], object]] = [
        lambda: claims.update(sub="mallory"),
        lambda: claims["roles"].append("admin"),
        lambda: claims["org"].clear(),
        lambda: claims.pop("exp"),
    ]
    for change in changes:
        with pytest.raises(TypeError):
            change()
    assert verify(verifier, token).claims == access_claims(roles=["user"], org={"name": "acme"})


def test_tokens_with_many_different_headers_are_all_read_rightly() -> None:
    key = SigningKey.from_secret(SECRET)
    verifier = api(KeySet.from_secret(SECRET, "HS256"), algorithms=("HS256",))
    for number in [*range(600), 0, 599]:
        assert verifier.verify(mint(access_claims(), key, number=number)).header["number"] == number


def test_a_header_that_was_good_is_no_recommendation_for_another_token(verify: Verify) -> None:
    verifier = api()
    good = mint(access_claims(), typ="at+jwt")
    assert verify(verifier, good).subject == "alice"
    header, payload, signature = good.split(".")
    _, other_payload, _ = mint(access_claims(sub="mallory")).split(".")
    assert refusal(lambda: verify(verifier, f"{header}.{other_payload}.{signature}")) is Reason.BAD_SIGNATURE
    assert refusal(lambda: verify(verifier, f"{header}.{payload}.{signature[::-1]}")) is not Reason.UNKNOWN_KEY


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


# --- Keys ahead of time ---


def prefetch(verifier: Verifier, how: str) -> None:
    if how == "sync":
        verifier.prefetch()
    else:
        asyncio.run(verifier.prefetch_async())


@pytest.mark.parametrize("how", ["sync", "async"])
def test_keys_can_be_fetched_before_the_first_token(how: str) -> None:
    keys = FakeKeys(None, KEYS)
    verifier = api(keys)
    prefetch(verifier, how)
    assert verifier.verify(mint(access_claims())).subject == "alice"
    assert keys.asked == [Cause.COLD]


@pytest.mark.parametrize("how", ["sync", "async"])
def test_what_cannot_be_fetched_is_told_and_the_others_are_there_all_the_same(how: str) -> None:
    never: Future[Snapshot] = Future()
    slow, down, good = FakeKeys(None, never, wait_limit=0), FakeKeys(None, DOWN), FakeKeys(None, KEYS)
    issuers = [
        Issuer(f"https://{name}.example", audience=AUDIENCE, keys=keys)
        for name, keys in (("down", down), ("slow", slow), ("good", good))
    ]
    verifier = Verifier(issuers, clock=lambda: NOW)
    with pytest.raises(KeysUnavailable, match="cannot be reached"):
        prefetch(verifier, how)
    assert verifier.verify(mint(access_claims(iss="https://good.example"))).subject == "alice"
    with pytest.raises(KeysUnavailable, match="did not arrive in time"):
        prefetch(Verifier(issuers[1:], clock=lambda: NOW), how)


def test_keys_that_are_given_need_no_fetching() -> None:
    api().prefetch()


def test_health_is_told_by_issuer_and_read_only() -> None:
    issuers = [api_issuer(), Issuer("https://other.example", audience="x", keys=FakeKeys(KEYS))]
    health = Verifier(issuers, clock=lambda: NOW).health()
    assert list(health) == [ISSUER, "https://other.example"]
    assert isinstance(health, MappingProxyType)
    assert health[ISSUER].last_error is None


def test_a_verifier_has_nothing_to_set() -> None:
    verifier: Any = api()
    for name in ("clock", "issuers", "leeway", "audience", "token_cache"):
        with pytest.raises(AttributeError):
            setattr(verifier, name, None)


def test_threads_share_a_verifier() -> None:
    verifier = api(token_cache=2)
    tokens = [mint(access_claims(sub=str(number))) for number in range(4)]
    wrong: list[object] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(30):
            for number, token in enumerate(tokens):
                if verifier.verify(token).subject != str(number):
                    wrong.append(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_payload_that_is_no_object_is_malformed_whoever_signed_it(verify: Verify) -> None:
    for payload in (b"", b"[]", b"null", b"1", b'"x"', b"{}x", b"\xef\xbb\xbf{}"):
        token = sign_compact(payload, ISSUERS_KEY)
        assert refusal(lambda: verify(api(), token)) is Reason.MALFORMED  # noqa: B023 - called at once
