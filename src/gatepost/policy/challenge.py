"""What a refusal tells the client to do: the values of `WWW-Authenticate` (RFC 6750 §3, RFC 9470 §3, RFC 9728 §5.1)."""

from gatepost.errors import TokenRejected
from gatepost.policy.requirement import Requirement


def for_no_token(requirement: Requirement, resource_metadata: str | None) -> tuple[str, ...]:
    """Return the challenge to a request without a token: no error, since nothing was wrong with it."""
    scope = " ".join(requirement.scopes)
    parts = [f'scope="{scope}"'] if scope else []
    return _challenges(parts, requirement, resource_metadata)


def for_refusal(error: TokenRejected, requirement: Requirement, resource_metadata: str | None) -> tuple[str, ...]:
    """Return the challenge to a token that was refused."""
    scheme, _, parts = error.challenge().partition(" ")
    return _challenges([parts] if scheme else [], requirement, resource_metadata)


def _challenges(parts: list[str], requirement: Requirement, resource_metadata: str | None) -> tuple[str, ...]:
    if resource_metadata is not None:
        parts = [*parts, f'resource_metadata="{resource_metadata}"']
    scheme = "DPoP" if requirement.dpop == "required" else "Bearer"
    return (f"{scheme} {', '.join(parts)}" if parts else scheme,)
