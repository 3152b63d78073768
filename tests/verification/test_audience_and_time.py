"""Claim rules: for whom and when a token is good (RFC 9068 §4, OpenID Connect Core §3.1.3.7, RFC 7519 §4.1)."""

from typing import Any

import pytest

from gatepost import KeySet
from gatepost.errors import Reason
from gatepost.verification.claims import ClaimRules
from tests.verification.judging import id_refusal, id_window, refusal, window
from tests.verification.minting import ABSENT, AUDIENCE, CLIENT, ISSUERS_KEY, NOW, access_claims, api_issuer, id_claims

# --- For whom it is ---


@pytest.mark.parametrize("aud", [AUDIENCE, [AUDIENCE], ["other", AUDIENCE], [AUDIENCE, AUDIENCE]], ids=repr)
def test_an_access_token_names_its_audience_among_others(aud: object) -> None:
    assert window(access_claims(aud=aud))


@pytest.mark.parametrize(
    "aud",
    [
        "",
        "other",
        [],
        ["other"],
        AUDIENCE + "/",
        AUDIENCE[:-1],
        AUDIENCE + ".attacker.example",
        AUDIENCE.upper(),
        f"{AUDIENCE} other",
        f" {AUDIENCE}",
        [AUDIENCE[:8], AUDIENCE[8:]],
    ],
    ids=repr,
)
def test_an_audience_is_compared_whole_and_exactly(aud: object) -> None:
    assert refusal(access_claims(aud=aud)) == (Reason.WRONG_AUDIENCE, "aud")


@pytest.mark.parametrize(
    "aud", [None, True, 1, {}, {AUDIENCE: 1}, [AUDIENCE, 1], [AUDIENCE, None], [[AUDIENCE]], [{}]], ids=repr
)
def test_an_audience_is_a_string_or_an_array_of_strings(aud: object) -> None:
    assert refusal(access_claims(aud=aud)) == (Reason.BAD_CLAIM, "aud")
    assert refusal(access_claims(aud=aud), audience=None) == (Reason.BAD_CLAIM, "aud")
    assert id_refusal(id_claims(aud=aud)) == (Reason.BAD_CLAIM, "aud")


def test_of_several_audiences_any_will_do() -> None:
    for aud in (AUDIENCE, CLIENT):
        assert window(access_claims(aud=aud), audience=(AUDIENCE, CLIENT))
    assert refusal(access_claims(aud="other"), audience=(AUDIENCE, CLIENT))[0] is Reason.WRONG_AUDIENCE


def test_no_audience_is_asked_for_only_where_none_is_written() -> None:
    for aud in ("other", ABSENT, []):
        assert window(access_claims(aud=aud), audience=None)
    assert id_window(id_claims(aud="other"), audience=None)
    assert id_refusal(id_claims(aud=ABSENT), audience=None) == (Reason.MISSING_CLAIM, "aud")


def test_client_id_stands_in_for_a_missing_audience_only_where_the_issuer_says_so() -> None:
    token = access_claims(aud=ABSENT)
    assert refusal(token, audience=CLIENT) == (Reason.MISSING_CLAIM, "aud")
    assert window(token, audience=CLIENT, client_id_as_audience=True)
    assert refusal(token, audience="other", client_id_as_audience=True) == (Reason.WRONG_AUDIENCE, "aud")
    assert refusal(access_claims(), audience=CLIENT, client_id_as_audience=True) == (Reason.WRONG_AUDIENCE, "aud")
    neither = access_claims(aud=ABSENT, client_id=ABSENT)
    assert refusal(neither, audience=CLIENT, client_id_as_audience=True) == (Reason.MISSING_CLAIM, "aud")
    assert refusal(access_claims(aud=None), audience=CLIENT, client_id_as_audience=True)[0] is Reason.BAD_CLAIM


def test_an_id_token_is_for_nobody_else() -> None:
    for azp in (ABSENT, CLIENT):
        assert id_refusal(id_claims(aud=[CLIENT, "other"], azp=azp)) == (Reason.WRONG_AUDIENCE, "aud")


def test_an_id_token_for_several_says_whose_it_is() -> None:
    both: dict[str, Any] = {"audience": (CLIENT, "client-2")}
    assert id_refusal(id_claims(aud=[CLIENT, "client-2"]), **both) == (Reason.MISSING_CLAIM, "azp")
    assert id_refusal(id_claims(aud=[CLIENT, "client-2"], azp="other"), **both) == (Reason.WRONG_AUDIENCE, "azp")
    assert id_window(id_claims(aud=[CLIENT, "client-2"], azp="client-2"), **both)


def test_an_id_token_of_another_authorized_party_is_refused() -> None:
    assert id_window(id_claims(azp=CLIENT))
    assert id_refusal(id_claims(azp="other")) == (Reason.WRONG_AUDIENCE, "azp")


def test_an_access_token_may_have_any_authorized_party() -> None:
    assert window(access_claims(azp="other"))


# --- When it is good ---


def test_a_token_is_good_until_just_before_it_expires() -> None:
    assert window(access_claims(exp=NOW + 1)) == (NOW - 60, NOW + 1)
    for exp in (NOW, NOW - 1, 0, -NOW, NOW - 0.001):
        assert refusal(access_claims(exp=exp)) == (Reason.EXPIRED, "exp")


def test_a_token_is_good_from_the_moment_of_nbf() -> None:
    assert window(access_claims(nbf=NOW)) == (NOW, NOW + 600)
    assert window(access_claims(nbf=NOW - 600)) == (NOW - 60, NOW + 600)
    for nbf in (NOW + 1, NOW + 0.001, 9e15):
        assert refusal(access_claims(nbf=nbf)) == (Reason.NOT_YET_VALID, "nbf")


def test_a_token_is_not_issued_in_the_future() -> None:
    assert window(access_claims(iat=NOW)) == (NOW, NOW + 600)
    for iat in (NOW + 1, NOW + 3600):
        assert refusal(access_claims(iat=iat)) == (Reason.ISSUED_IN_FUTURE, "iat")


def test_without_nbf_and_iat_a_token_was_always_good() -> None:
    assert window(access_claims(iat=ABSENT)) == (float("-inf"), NOW + 600)
    assert window(access_claims(iat=ABSENT, nbf=5)) == (5, NOW + 600)


def test_leeway_forgives_a_difference_of_clocks_in_each_time() -> None:
    assert window(access_claims(exp=NOW - 4, nbf=NOW + 5, iat=NOW + 5), leeway=5) == (NOW, NOW + 1)
    assert refusal(access_claims(exp=NOW - 5), leeway=5) == (Reason.EXPIRED, "exp")
    assert refusal(access_claims(nbf=NOW + 6), leeway=5) == (Reason.NOT_YET_VALID, "nbf")
    assert refusal(access_claims(iat=NOW + 6), leeway=5) == (Reason.ISSUED_IN_FUTURE, "iat")


def test_the_greatest_age_counts_from_iat() -> None:
    assert window(access_claims(), max_token_age=60) == (NOW - 60, NOW)
    assert window(access_claims(), max_token_age=61) == (NOW - 60, NOW + 1)
    assert window(access_claims(), max_token_age=10_000) == (NOW - 60, NOW + 600)
    assert refusal(access_claims(), max_token_age=59) == (Reason.TOO_OLD, "iat")
    assert window(access_claims(), max_token_age=59, leeway=1)
    assert refusal(access_claims(iat=NOW - 7 * 86400), max_token_age=86400) == (Reason.TOO_OLD, "iat")


def test_the_greatest_age_makes_iat_required() -> None:
    assert refusal(access_claims(iat=ABSENT), max_token_age=60) == (Reason.MISSING_CLAIM, "iat")


def test_rules_are_prepared_once_and_cannot_be_changed() -> None:
    keys: KeySet = ISSUERS_KEY.key_set()
    rules = ClaimRules(api_issuer(keys))
    for name in ClaimRules.__slots__:
        with pytest.raises(AttributeError):
            setattr(rules, name, None)
