"""DPoP at the endpoints (RFC 9449): a proof that a client holds the key which its tokens are bound to."""

from gatepost.errors import TokenRejected
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError
from gatepost.provider.oauth.once import Once
from gatepost.verification import dpop_proof
from gatepost.verification.dpop_proof import Proof, ProofRules

ALGORITHMS = ("ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "Ed25519", "EdDSA")
_RULES = ProofRules(algorithms=ALGORITHMS)


def proof_of(call: Call, *, access_token: str | None = None) -> Proof | None:
    """Return the proof that came with a request, or `None` when none did.

    Args:
        call: The request.
        access_token: The access token that came with it.

    Raises:
        OAuthError: `invalid_dpop_proof` when it is not good.
    """
    sent = call.request.headers.get("dpop")
    if sent is None:
        return None
    url = call.services.settings.public_url + call.request.path
    try:
        return dpop_proof.check(
            sent,
            method=call.request.method,
            url=url,
            access_token=access_token,
            rules=_RULES,
            now=call.services.clock(),
        )
    except TokenRejected as error:
        raise invalid_proof(str(error)) from None


def once(proof: Proof | None) -> tuple[Once, ...]:
    """Return what a proof uses up."""
    if proof is None:
        return ()
    refusal = invalid_proof("The proof was used before")
    return (Once(f"dpop\0{proof.replay_key}", int(proof.until * 1000) + 1000, refusal),)


def thumbprint(proof: Proof | None) -> str | None:
    """Return the thumbprint of a proof's key, or `None` without a proof."""
    return None if proof is None else proof.thumbprint


def invalid_proof(description: str) -> OAuthError:
    """Return the refusal of a proof (RFC 9449 §5)."""
    return OAuthError("invalid_dpop_proof", description)
