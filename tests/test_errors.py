"""Errors: a small closed family, stable names, and challenges that say nothing of the token."""

import copy
import pickle

import pytest

from gatepost.errors import ConfigurationError, GatepostError, KeysUnavailable, Reason, TokenRejected

REASONS = [
    "malformed",
    "too_large",
    "unsupported_algorithm",
    "unknown_key",
    "bad_signature",
    "wrong_type",
    "wrong_issuer",
    "wrong_audience",
    "expired",
    "not_yet_valid",
    "issued_in_future",
    "too_old",
    "missing_claim",
    "bad_claim",
    "wrong_nonce",
    "insufficient_scope",
    "insufficient_authentication",
    "wrong_binding",
    "replayed",
    "revoked",
    "inactive",
]


def test_the_reasons_are_these_and_no_others() -> None:
    assert [reason.value for reason in Reason] == REASONS


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_its_stable_name_wherever_it_is_written(reason: Reason) -> None:
    assert reason == reason.value == str(reason) == f"{reason}" == TokenRejected(reason).code
    assert Reason(reason.value) is reason  # type: ignore[call-arg]  # mypy sees the arguments of __new__
    assert reason.sentence.endswith(".")


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_has_one_status_and_one_error_code(reason: Reason) -> None:
    expected = {
        Reason.INSUFFICIENT_SCOPE: (403, "insufficient_scope"),  # RFC 6750 §3.1
        Reason.INSUFFICIENT_AUTHENTICATION: (401, "insufficient_user_authentication"),  # RFC 9470 §3
    }
    assert (reason.status, reason.error) == expected.get(reason, (401, "invalid_token"))


def test_a_refusal_names_its_reason_and_its_claim() -> None:
    refused = TokenRejected(Reason.WRONG_AUDIENCE, claim="aud")
    assert (refused.reason, refused.claim, refused.code) == (Reason.WRONG_AUDIENCE, "aud", "wrong_audience")
    assert str(refused) == "The token is meant for another audience. (aud)"
    assert str(TokenRejected(Reason.EXPIRED)) == "The token has expired."


def test_a_challenge_says_the_error_and_its_description() -> None:
    assert TokenRejected(Reason.EXPIRED, claim="exp").challenge() == (
        'Bearer error="invalid_token", error_description="The token has expired."'
    )


def test_a_challenge_says_which_scopes_are_needed() -> None:
    challenge = TokenRejected(Reason.INSUFFICIENT_SCOPE, scopes=("read", "write")).challenge()
    assert challenge == (
        'Bearer error="insufficient_scope", error_description="The token does not carry what this request needs.", '
        'scope="read write"'
    )


def test_a_challenge_says_how_recently_and_how_strongly_to_authenticate() -> None:
    refused = TokenRejected(Reason.INSUFFICIENT_AUTHENTICATION, max_age=300.0, acr_values=["phr", "phrh"])
    assert refused.challenge().startswith('Bearer error="insufficient_user_authentication", ')
    assert refused.challenge().endswith(', acr_values="phr phrh", max_age="300"')
    assert TokenRejected(Reason.INSUFFICIENT_AUTHENTICATION, max_age=0).challenge().endswith('max_age="0"')


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (GatepostError("something"), "error"),
        (TokenRejected(Reason.MALFORMED), "malformed"),
        (KeysUnavailable("the issuer cannot be reached"), "keys_unavailable"),
        (ConfigurationError("audience is empty"), "configuration"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_error_is_of_the_family_and_has_a_stable_code(error: GatepostError, code: str) -> None:
    assert isinstance(error, GatepostError)
    assert error.code == code


def test_keys_that_cannot_be_had_are_a_503_with_a_time_to_try_again() -> None:
    error = KeysUnavailable("the issuer cannot be reached")
    assert (error.status, error.retry_after) == (503, 30.0)
    assert KeysUnavailable("down", retry_after=5).retry_after == 5


@pytest.mark.parametrize(
    "error",
    [
        TokenRejected(Reason.EXPIRED),
        TokenRejected(
            Reason.INSUFFICIENT_AUTHENTICATION, claim="acr", max_age=5, acr_values=("phr",), scopes=("read",)
        ),
        KeysUnavailable("down", retry_after=5),
        ConfigurationError("audience is empty"),
    ],
    ids=lambda error: error.code,
)
def test_errors_survive_the_way_to_another_process(error: GatepostError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own pickle
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)
