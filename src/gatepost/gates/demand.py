"""What a route, a view or a method demands of a request by itself, with a verifier and no policy file."""

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeAlias, TypedDict

from gatepost.policy.access_request import AccessRequest, BadCredentials, Credentials, credentials
from gatepost.policy.decide import Route, Terms, decide
from gatepost.policy.decision import Check, Decision, Deny
from gatepost.policy.policy import Clock, Policy
from gatepost.policy.requirement import ClaimValue, Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.policy.token_check import TokenCheck
from gatepost.verification import VerifiedToken, Verifier
from gatepost.verification.sender_constraint import SenderConstraint

Claims: TypeAlias = Mapping[str, ClaimValue | Iterable[ClaimValue]]

_ANYWHERE = RoutePattern("* /{path+}")


class Decides(Protocol):
    """What a gate asks: a `Policy`, or a `Demand`."""

    def check(self, request: AccessRequest) -> Decision:
        """Return the decision on `request`."""

    async def check_async(self, request: AccessRequest) -> Decision:
        """Return the decision on `request`, without ever blocking the event loop."""


class Demands(TypedDict, total=False):
    """What can be demanded of a token.

    Attributes:
        scopes: Scopes that it has to carry, all of them; a string may hold several with blanks between.
        any_scope: Scopes of which it has to carry at least one.
        max_auth_age: Seconds since the user authenticated that are acceptable (RFC 9470).
        acr: Authentication contexts of which any will do (RFC 9470).
        claims: For each claim, by its name or its path with dots, the value or the values of which it must have one.
    """

    scopes: str | Iterable[str]
    any_scope: str | Iterable[str]
    max_auth_age: float
    acr: str | Iterable[str]
    claims: Claims


def requirement_of(demands: Demands) -> Requirement:
    """Return the demands as a policy has them; what may be several may also be written as one string."""
    return Requirement(
        scopes=_words(demands.get("scopes", ())),
        any_scope=_words(demands.get("any_scope", ())),
        max_auth_age=demands.get("max_auth_age"),
        acr=_words(demands.get("acr", ())),
        claims={
            path: (values,) if isinstance(values, str | int | float) else tuple(values)
            for path, values in demands.get("claims", {}).items()
        },
    )


def _words(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(value.split()) if isinstance(value, str) else tuple(value)


class Demand:
    """A requirement that holds for every request, whatever its path."""

    __slots__ = ("_clock", "_route", "_terms", "_tokens")

    def __init__(self, requirement: Requirement, tokens: TokenCheck, terms: Terms, clock: Clock) -> None:
        """Take the requirement, in which `issuers` and `forward` mean nothing, and what to check it with."""
        self._route = Route(_ANYWHERE, requirement, frozenset(terms.leeway))
        self._tokens = tokens
        self._terms = terms
        self._clock = clock

    @classmethod
    def by_verifier(
        cls, requirement: Requirement, verifier: Verifier, sender: SenderConstraint, clock: Clock
    ) -> "Demand":
        """Return what checks tokens with a verifier, and their binding with `sender`."""
        terms = Terms(
            forwardable=(),
            resource_metadata=None,
            proof_algorithms=sender.algorithms,
            leeway=verifier.leeways,
        )
        return cls(requirement, TokenCheck(verifier, {}, None, sender), terms, clock)

    @classmethod
    def by_policy(cls, requirement: Requirement, policy: Policy) -> "Demand":
        """Return what checks tokens as the routes of a policy do."""
        return cls(requirement, policy.tokens, policy.terms, policy.clock)

    def check(self, request: AccessRequest, known: VerifiedToken | None = None) -> Decision:
        """Return the decision on `request`.

        Args:
            request: The request.
            known: Its token, when a gate before this one has checked it.
        """
        sent = self._sent(request) if known is None else None
        if isinstance(sent, Deny):
            return sent
        now = self._clock()
        outcome = known if sent is None else self._tokens.outcome(self._route, request, sent, now)
        return decide(self._route, outcome, self._terms, now)

    async def check_async(self, request: AccessRequest, known: VerifiedToken | None = None) -> Decision:
        """Return the decision on `request`, without ever blocking the event loop."""
        sent = self._sent(request) if known is None else None
        if isinstance(sent, Deny):
            return sent
        now = self._clock()
        outcome = known if sent is None else await self._tokens.outcome_async(self._route, request, sent, now)
        return decide(self._route, outcome, self._terms, now)

    def _sent(self, request: AccessRequest) -> Credentials | Deny | None:
        try:
            return None if self._route.requirement.public else credentials(request.authorization)
        except BadCredentials as error:
            detail = str(error)
            return Deny(400, "bad_request", f"{detail[0].upper()}{detail[1:]}.", trace=(Check("token", False, detail),))
