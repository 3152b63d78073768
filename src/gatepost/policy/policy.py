"""A policy at work: it finds the route, has the token verified, and decides."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from gatepost.errors import ConfigurationError, KeysUnavailable, TokenRejected
from gatepost.policy.access_request import AccessRequest, BadCredentials, Credentials, credentials
from gatepost.policy.decide import Outcome, Route, Terms, decide
from gatepost.policy.decision import Check, Decision, Deny
from gatepost.policy.request_path import UnclearPath, segments
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.policy.router import Router
from gatepost.trust.issuer import Issuer
from gatepost.verification import Verifier

Clock: TypeAlias = Callable[[], float]


class Policy:
    """Routes and issuers, ready to decide. A request that no route matches is refused.

    Attributes:
        routes: The routes, in the order in which they were given.
        verifier: What verifies the tokens; `None` when every route is public.
    """

    def __init__(
        self,
        issuers: Mapping[str, Issuer],
        routes: Iterable[tuple[RoutePattern, Requirement]],
        *,
        token_cache: int | None = 1024,
        clock: Clock = time.time,
        resource_metadata: str | None = None,
    ) -> None:
        """Take the issuers, by the names that routes call them, and the routes.

        Args:
            issuers: The issuers.
            routes: What each route matches and demands; no issuers there means all of them.
            token_cache: How many verified tokens to remember, or `None`.
            clock: Returns the time in seconds since 1970.
            resource_metadata: The URL of the protected resource's metadata (RFC 9728), or `None`.

        Raises:
            ConfigurationError: When a route names an unknown issuer, two routes match the same requests, or a route
                that is not public has no issuer to trust.
        """
        self.routes = tuple(
            Route(pattern, requirement, _identifiers(pattern, requirement, issuers)) for pattern, requirement in routes
        )
        self._router = Router((route.pattern, route) for route in self.routes)
        self.verifier = Verifier(issuers.values(), token_cache=token_cache, clock=clock) if issuers else None
        self._clock = clock
        self._terms = Terms(
            forwardable=tuple(dict.fromkeys(name for route in self.routes for name, _ in route.requirement.forward)),
            resource_metadata=resource_metadata,
            leeway={issuer.identifier: issuer.leeway for issuer in issuers.values()},
        )

    @property
    def forwardable(self) -> tuple[str, ...]:
        """Every request header that some route can set for an upstream; a copy that comes in must never reach it."""
        return self._terms.forwardable

    def check(self, request: AccessRequest) -> Decision:
        """Return the decision on `request`, waiting for the network only when keys are not at hand."""
        found = self._find(request)
        if isinstance(found, Deny):
            return found
        route, token = found
        outcome: Outcome = None
        if token is not None and self.verifier is not None:
            try:
                outcome = self.verifier.verify(token.token)
            except (TokenRejected, KeysUnavailable) as error:
                outcome = error
        return decide(route, outcome, self._terms, self._clock())

    async def check_async(self, request: AccessRequest) -> Decision:
        """Return the decision on `request`, without ever blocking the event loop for the network."""
        found = self._find(request)
        if isinstance(found, Deny):
            return found
        route, token = found
        outcome: Outcome = None
        if token is not None and self.verifier is not None:
            try:
                outcome = await self.verifier.verify_async(token.token)
            except (TokenRejected, KeysUnavailable) as error:
                outcome = error
        return decide(route, outcome, self._terms, self._clock())

    def _find(self, request: AccessRequest) -> tuple[Route, Credentials | None] | Deny:
        """Return the route that a request means, with the token to verify, or why it means none."""
        try:
            path = segments(request.path)
        except UnclearPath as error:
            return _refuse(400, "unclear_path", str(error))
        route = self._router.find(request.method, path)
        if route is None:
            return _refuse(403, "no_route", "No route of the policy lets this request in.")
        if route.requirement.public:
            return route, None
        try:
            return route, credentials(request.authorization)
        except BadCredentials as error:
            return _refuse(400, "bad_request", str(error), route.pattern.text)


def _refuse(status: int, reason: str, detail: str, route: str = "") -> Deny:
    sentence = detail[0].upper() + detail[1:].removesuffix(".") + "."
    return Deny(status, reason, sentence, route=route, trace=(Check("route", False, reason),))


def _identifiers(pattern: RoutePattern, requirement: Requirement, issuers: Mapping[str, Issuer]) -> frozenset[str]:
    for name in requirement.issuers:
        if name not in issuers:
            raise ConfigurationError(f"the route {pattern.text!r} names the issuer {name!r}, which is not configured")
    if not requirement.public and not issuers:
        raise ConfigurationError(f"the route {pattern.text!r} is not public, and there is no issuer to trust")
    return frozenset(issuers[name].identifier for name in requirement.issuers or issuers)
