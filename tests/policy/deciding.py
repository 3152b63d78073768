"""A policy of one issuer, whose key is at hand, and requests to it."""

from collections.abc import Mapping
from typing import Any

from gatepost.policy.access_request import AccessRequest
from gatepost.policy.policy import Policy
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.trust.issuer import Issuer
from tests.verification.minting import NOW, access_claims, api_issuer, mint

METADATA = "https://api.example.com/.well-known/oauth-protected-resource"


def policy(*routes: tuple[str, Requirement], issuers: Mapping[str, Issuer] | None = None, **options: Any) -> Policy:
    """Return a policy with these routes; its clock stands."""
    trusted = {"main": api_issuer()} if issuers is None else issuers
    entered = [(RoutePattern(match), requirement) for match, requirement in routes]
    return Policy(trusted, entered, **{"clock": lambda: NOW, **options})


def request(target: str = "/user", token: str | None = None, *, method: str = "GET", **options: Any) -> AccessRequest:
    """Return a request, with a token if there is one."""
    sent = () if token is None else (f"Bearer {token}",)
    return AccessRequest(method, target, **{"authorization": sent, **options})


def token(**changes: object) -> str:
    """Return a good token, with these claims changed."""
    return mint(access_claims(**changes))
