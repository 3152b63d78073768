"""The verifier and its keys: when it asks for them, and what it says while they cannot be had."""

import asyncio
import threading
from concurrent.futures import Future
from types import MappingProxyType
from typing import Any

import pytest

from gatepost import Issuer, KeySet, KeysUnavailable, Reason, TokenRejected, Verifier
from gatepost.jose import SigningKey, sign_compact
from gatepost.trust.key_source import Cause, Snapshot
from tests.jose.keys_at_hand import signing_key
from tests.verification.fake_keys import DOWN, KEYS, NEW_KEY, NEW_KEYS, FakeKeys, nameless
from tests.verification.minting import (
    AUDIENCE,
    ISSUER,
    ISSUERS_KEY,
    NOW,
    access_claims,
    api,
    api_issuer,
    mint,
)
from tests.verification.outcomes import Verify, refusal

# --- Waiting for keys ---


def test_keys_are_fetched_for_the_first_token_and_are_at_hand_for_the_next(verify: Verify) -> None:
    keys = FakeKeys(None, KEYS)
    verifier = api(keys)
    for sub in ("alice", "bob"):
        assert verify(verifier, mint(access_claims(sub=sub))).subject == sub
    assert keys.asked == [Cause.COLD]


def test_at_hand_nothing_is_fetched_and_what_is_sure_is_said() -> None:
    keys = FakeKeys(None, KEYS)
    verifier, good = api(keys), mint(access_claims())
    assert verifier.verify_at_hand(good) is None
    assert keys.asked == []
    verifier.prefetch()
    assert verifier.verify_at_hand(good) is verifier.verify_at_hand(good) is verifier.verify(good)
    assert verifier.verify_at_hand(mint(access_claims(), NEW_KEY)) is None  # such a key may be there by now
    assert refusal(lambda: verifier.verify_at_hand(mint(access_claims(exp=1)))) == Reason.EXPIRED
    assert refusal(lambda: verifier.verify_at_hand(f"{good[:-4]}AAAA")) == Reason.BAD_SIGNATURE
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
