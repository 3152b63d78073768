"""The challenges of DPoP (RFC 9449 §7.1, §9)."""

import pytest

from gatepost.errors import Reason, TokenRejected
from gatepost.verification.dpop_challenge import ProofRejected, dpop_challenge


def test_without_a_token_it_says_only_which_algorithms_do() -> None:
    assert dpop_challenge(None, ("ES256", "PS256")) == 'DPoP algs="ES256 PS256"'


def test_a_token_that_is_refused_is_an_invalid_token() -> None:
    assert dpop_challenge(TokenRejected(Reason.WRONG_BINDING), ("ES256",)) == (
        'DPoP error="invalid_token", error_description="The token is bound to another sender.", algs="ES256"'
    )
    assert dpop_challenge(TokenRejected(Reason.INSUFFICIENT_SCOPE, scopes=["read"]), ("ES256",)).endswith(
        'scope="read", algs="ES256"'
    )


@pytest.mark.parametrize(
    ("reason", "error", "description"),
    [
        (Reason.BAD_CLAIM, "invalid_dpop_proof", "The DPoP proof is not good."),
        (Reason.REPLAYED, "invalid_dpop_proof", "The DPoP proof has been used before."),
        (Reason.WRONG_NONCE, "use_dpop_nonce", "The DPoP proof lacks the nonce that this server asks for."),
    ],
)
def test_a_proof_that_is_refused_has_errors_of_its_own(reason: Reason, error: str, description: str) -> None:
    refused = ProofRejected(reason, claim="htu")
    assert refused.challenge() == f'DPoP error="{error}", error_description="{description}"'
    assert dpop_challenge(refused, ("ES256",)) == f'{refused.challenge()}, algs="ES256"'
    assert str(refused) == f"{description} (htu)"
    assert str(ProofRejected(reason)) == description


def test_the_refusal_of_a_proof_is_a_refusal_of_the_token() -> None:
    refused = ProofRejected(Reason.WRONG_NONCE, claim="nonce", dpop_nonce="abc")
    assert isinstance(refused, TokenRejected)
    assert (refused.code, refused.claim, refused.dpop_nonce) == ("wrong_nonce", "nonce", "abc")
