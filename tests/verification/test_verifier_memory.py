"""What the verifier remembers, and what ends it."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepost import KeySet, KeysUnavailable, Reason
from gatepost.errors import ConfigurationError
from gatepost.jose import SigningKey
from gatepost.trust.key_source import Cause
from tests.jose.keys_at_hand import SECRET
from tests.verification.fake_keys import DOWN, KEYS, NEW_KEY, NEW_KEYS, FakeKeys, snapshot
from tests.verification.minting import (
    ISSUERS_KEY,
    NOW,
    access_claims,
    api,
    mint,
)
from tests.verification.outcomes import Verify, refusal


class Clock:
    """A clock to turn."""

    def __init__(self) -> None:
        self.now: float = NOW

    def __call__(self) -> float:
        return self.now


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


def test_tokens_with_many_different_headers_are_all_read_rightly_and_do_not_fill_the_memory() -> None:
    key = SigningKey.from_secret(SECRET)
    verifier = api(KeySet.from_secret(SECRET, "HS256"), algorithms=("HS256",))
    for number in [*range(600), 0, 599]:
        assert verifier.verify(mint(access_claims(), key, number=number)).header["number"] == number
        assert len(verifier._headers) <= 256


def test_a_header_that_was_good_is_no_recommendation_for_another_token(verify: Verify) -> None:
    verifier = api()
    good = mint(access_claims(), typ="at+jwt")
    assert verify(verifier, good).subject == "alice"
    header, payload, signature = good.split(".")
    _, other_payload, _ = mint(access_claims(sub="mallory")).split(".")
    assert refusal(lambda: verify(verifier, f"{header}.{other_payload}.{signature}")) is Reason.BAD_SIGNATURE
    assert refusal(lambda: verify(verifier, f"{header}.{payload}.{signature[::-1]}")) is not Reason.UNKNOWN_KEY
