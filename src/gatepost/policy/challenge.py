"""What a refusal tells the client to do: the values of `WWW-Authenticate`.

RFC 6750 §3 for Bearer, RFC 9449 §7.1 for DPoP, RFC 9470 §3 for a better sign-on, RFC 9728 §5.1 for the metadata.
"""

from gatepost.errors import Reason, TokenRejected
from gatepost.policy.requirement import Requirement
from gatepost.verification.dpop_challenge import ProofRejected, dpop_challenge


def for_no_token(demands: Requirement, algorithms: tuple[str, ...], resource_metadata: str | None) -> tuple[str, ...]:
    """Return the challenges to a request without a token: no error, since nothing was wrong with it.

    Args:
        demands: What the route demands.
        algorithms: The algorithms that DPoP proofs may be signed with.
        resource_metadata: The URL of the protected resource's metadata, or `None`.
    """
    bearer = f'Bearer scope="{" ".join(demands.scopes)}"' if demands.scopes else "Bearer"
    challenges = {
        "off": (bearer,),
        "allowed": (bearer,),
        "required": (dpop_challenge(None, algorithms),),
    }[demands.dpop]
    return tuple(_with(challenge, resource_metadata) for challenge in challenges)


def for_refusal(
    error: TokenRejected, demands: Requirement, algorithms: tuple[str, ...], resource_metadata: str | None
) -> tuple[str, ...]:
    """Return the challenge to a token that was refused."""
    about_proof = isinstance(error, ProofRejected) or (error.reason is Reason.WRONG_BINDING and demands.dpop != "off")
    if about_proof or demands.dpop == "required":
        return (_with(dpop_challenge(error, algorithms), resource_metadata),)
    return (_with(error.challenge(), resource_metadata),)


def _with(challenge: str, resource_metadata: str | None) -> str:
    if resource_metadata is None:
        return challenge
    separator = ", " if " " in challenge else " "
    return f'{challenge}{separator}resource_metadata="{resource_metadata}"'
