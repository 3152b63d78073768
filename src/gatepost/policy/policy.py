"""A policy at work: it finds the route, has the token verified, and decides."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeAlias

from gatepost.errors import ConfigurationError
from gatepost.policy.access_request import AccessRequest, BadCredentials, Credentials, credentials
from gatepost.policy.decide import Route, Terms, decide
from gatepost.policy.decision import Check, Decision, Deny
from gatepost.policy.request_path import UnclearPath, segments
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.policy.router import Router
from gatepost.policy.token_check import NotAtHand, Opaque, Revocations, TokenCheck
from gatepost.trust.issuer import Issuer
from gatepost.verification import Verifier
from gatepost.verification.sender_constraint import SenderConstraint

Clock: TypeAlias = Callable[[], float]

_ROUTES_KEPT = 1024
_LONGEST_KEPT = 512  # characters of a path


class Policy:
    """Routes and issuers, ready to decide. A request that no route matches is refused.

    Attributes:
        routes: The routes, in the order in which they were given.
        verifier: What verifies the tokens; `None` when there is no issuer of JWTs.
        tokens: What tells about a token that was sent.
        terms: What holds for every decision.
        clock: Returns the time in seconds since 1970.
    """

    def __init__(
        self,
        issuers: Mapping[str, Issuer],
        routes: Iterable[tuple[RoutePattern, Requirement]],
        *,
        opaque: Mapping[str, Opaque] | None = None,
        revocations: Revocations | None = None,
        sender: SenderConstraint | None = None,
        token_cache: int | None = 1024,
        clock: Clock = time.time,
        resource_metadata: str | None = None,
    ) -> None:
        """Take the issuers, by the names that routes call them, and the routes.

        Args:
            issuers: The issuers of JWTs.
            routes: What each route matches and demands; no issuers there means all of them.
            opaque: The issuers of tokens that only they can read, each with what asks it; a route trusts at most one.
            revocations: What knows the tokens that are good no more, or `None`.
            sender: How the binding of tokens to their senders is checked, or `None` for the defaults.
            token_cache: How many verified tokens to remember, or `None`.
            clock: Returns the time in seconds since 1970.
            resource_metadata: The URL of the protected resource's metadata (RFC 9728), or `None`.

        Raises:
            ConfigurationError: When a route names an unknown issuer, two routes match the same requests, or a route
                that is not public has no issuer to trust.
        """
        opaque = opaque or {}
        sender = sender or SenderConstraint()
        known = {name: issuer.identifier for name, issuer in issuers.items()}
        known |= {name: issuer.issuer for name, issuer in opaque.items()}
        by_identifier = {issuer.issuer: issuer for issuer in opaque.values()}
        self.routes = tuple(
            Route(pattern, demands, _identifiers(pattern, demands, known, by_identifier)) for pattern, demands in routes
        )
        self._router = Router((route.pattern, route) for route in self.routes)
        self._found: dict[tuple[str, str], Route] = {}
        self.verifier = Verifier(issuers.values(), token_cache=token_cache, clock=clock) if issuers else None
        self.tokens = TokenCheck(self.verifier, by_identifier, revocations, sender)
        self.clock = clock
        self.terms = Terms(
            forwardable=tuple(dict.fromkeys(name for route in self.routes for name, _ in route.requirement.forward)),
            resource_metadata=resource_metadata,
            proof_algorithms=sender.algorithms,
            leeway={issuer.identifier: issuer.leeway for issuer in issuers.values()},
        )

    @property
    def forwardable(self) -> tuple[str, ...]:
        """Every request header that some route can set for an upstream; a copy that comes in must never reach it."""
        return self.terms.forwardable

    def check(self, request: AccessRequest) -> Decision:
        """Return the decision on `request`, waiting for the network only when keys are not at hand."""
        found = self._find(request)
        if isinstance(found, Deny):
            return found
        route, sent = found
        now = self.clock()
        outcome = None if sent is None else self.tokens.outcome(route, request, sent, now)
        return decide(route, outcome, self.terms, now)

    def check_at_hand(self, request: AccessRequest) -> Decision | None:
        """Return the decision on `request`, or `None` when it takes waiting: then ask `check_async`."""
        found = self._find(request)
        return found if isinstance(found, Deny) else self.judge_at_hand(found[0], request, found[1])

    async def check_async(self, request: AccessRequest) -> Decision:
        """Return the decision on `request`, without ever blocking the event loop for the network."""
        found = self._find(request)
        if isinstance(found, Deny):
            return found
        route, sent = found
        now = self.clock()
        outcome = None if sent is None else await self.tokens.outcome_async(route, request, sent, now)
        return decide(route, outcome, self.terms, now)

    def judge_at_hand(self, route: Route, request: AccessRequest, sent: Credentials | None) -> Decision | None:
        """Return the decision on a request that means `route`, as `check_at_hand` does.

        Args:
            route: What `find` returns for the request.
            request: The request; its `Authorization` is not looked at.
            sent: The token in it, if there is one.
        """
        now = self.clock()
        try:
            outcome = None if sent is None else self.tokens.outcome_at_hand(route, request, sent, now)
        except NotAtHand:
            return None
        return decide(route, outcome, self.terms, now)

    def find(self, method: str, path: str) -> Route | Deny:
        """Return the route that a method and a path as it was sent mean, or why they mean none.

        What was found a moment ago is remembered, and nothing else, so that paths that mean nothing push nothing out.
        """
        known = self._found.get((method, path))
        if known is not None:
            return known
        try:
            route = self._router.find(method, segments(path))
        except UnclearPath as error:
            return _refuse(400, "unclear_path", str(error))
        if route is None:
            return _refuse(403, "no_route", "No route of the policy lets this request in.")
        if len(path) <= _LONGEST_KEPT:
            if len(self._found) >= _ROUTES_KEPT:
                self._found.clear()
            self._found[method, path] = route
        return route

    def _find(self, request: AccessRequest) -> tuple[Route, Credentials | None] | Deny:
        """Return the route that a request means, with the token to verify, or why it means none."""
        route = self.find(request.method, request.path)
        if isinstance(route, Deny):
            return route
        if route.requirement.public:
            return route, None
        try:
            return route, credentials(request.authorization)
        except BadCredentials as error:
            return _refuse(400, "bad_request", str(error), route.pattern.text)


def _refuse(status: int, reason: str, detail: str, route: str = "") -> Deny:
    sentence = detail[0].upper() + detail[1:].removesuffix(".") + "."
    return Deny(status, reason, sentence, route=route, trace=(Check("route", False, reason),))


def _identifiers(
    pattern: RoutePattern, demands: Requirement, known: Mapping[str, str], opaque: Collection[str]
) -> frozenset[str]:
    for name in demands.issuers:
        if name not in known:
            raise ConfigurationError(f"the route {pattern.text!r} names the issuer {name!r}, which is not configured")
    if not demands.public and not known:
        raise ConfigurationError(f"the route {pattern.text!r} is not public, and there is no issuer to trust")
    identifiers = frozenset(known[name] for name in demands.issuers or known)
    if len(identifiers.intersection(opaque)) > 1:
        raise ConfigurationError(
            f"the route {pattern.text!r} trusts several issuers of opaque tokens, which cannot be told apart; name one"
        )
    return identifiers
