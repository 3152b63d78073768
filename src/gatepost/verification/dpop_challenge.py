"""What a refusal tells a client that uses DPoP: the `DPoP` value of `WWW-Authenticate` (RFC 9449 §7.1, §9)."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from gatepost.errors import Reason, TokenRejected

ProofError: TypeAlias = Literal["invalid_dpop_proof", "use_dpop_nonce"]

_DESCRIPTIONS = {
    Reason.WRONG_NONCE: "The DPoP proof lacks the nonce that this server asks for.",
    Reason.REPLAYED: "The DPoP proof has been used before.",
}


class ProofRejected(TokenRejected):
    """The DPoP proof is not good; the token that came with it may be.

    Attributes:
        error: The error code of the challenge.
        dpop_nonce: The value for the response header `DPoP-Nonce`, or `None`.
    """

    def __init__(self, reason: Reason, *, claim: str | None = None, dpop_nonce: str | None = None) -> None:
        super().__init__(reason, claim=claim)
        self.error: ProofError = "use_dpop_nonce" if reason is Reason.WRONG_NONCE else "invalid_dpop_proof"
        self.dpop_nonce = dpop_nonce

    def __str__(self) -> str:
        """Return what is wrong with the proof, and the name of its part at fault."""
        description = _DESCRIPTIONS.get(self.reason, "The DPoP proof is not good.")
        return description if self.claim is None else f"{description} ({self.claim})"

    def challenge(self) -> str:
        """Return the challenge, without `algs`."""
        description = _DESCRIPTIONS.get(self.reason, "The DPoP proof is not good.")
        return f'DPoP error="{self.error}", error_description="{description}"'


def dpop_challenge(error: TokenRejected | None, algorithms: Iterable[str]) -> str:
    """Return the `DPoP` challenge for a refusal.

    Args:
        error: The refusal, or `None` when no token was sent.
        algorithms: The algorithms that a proof may be signed with.
    """
    algs = f'algs="{" ".join(algorithms)}"'
    if error is None:
        return f"DPoP {algs}"
    _, _, parameters = error.challenge().partition(" ")
    return f"DPoP {parameters}, {algs}"
