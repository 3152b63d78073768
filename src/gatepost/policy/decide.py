"""The decision: pure, from the route, the outcome of verification and the time."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from gatepost.errors import KeysUnavailable, Reason, TokenRejected
from gatepost.frozen import Frozen
from gatepost.policy import challenge
from gatepost.policy.decision import Allow, Check, Decision, Deny, Trace
from gatepost.policy.requirement import ABSENT, Requirement, claim_at, has_one_of
from gatepost.policy.route_pattern import RoutePattern
from gatepost.verification import VerifiedToken
from gatepost.verification.dpop_challenge import ProofRejected

# What came of the token: it is good, it is not, nothing can be said, or there was none.
Outcome: TypeAlias = VerifiedToken | TokenRejected | KeysUnavailable | None


class Route(Frozen):
    """A pattern with what it demands.

    Attributes:
        pattern: What it matches.
        requirement: What it demands.
        issuers: The identifiers of the issuers whose tokens are good here.
    """

    __slots__ = ("_passed", "_timeless", "issuers", "pattern", "requirement")

    pattern: RoutePattern
    requirement: Requirement
    issuers: frozenset[str]
    _passed: Mapping[str, Trace]  # for each issuer, what every token of it that is good here has passed
    _timeless: bool  # whether a token that meets the demands does so for as long as it is good

    def __init__(self, pattern: RoutePattern, requirement: Requirement, issuers: frozenset[str]) -> None:
        found = Check("route", True, pattern.text)
        passed = {each: (found, Check("token", True, each), Check("issuer", True, each)) for each in issuers}
        timeless = requirement.max_auth_age is None
        self._set(pattern=pattern, requirement=requirement, issuers=issuers, _passed=passed, _timeless=timeless)


class Terms(Frozen):
    """What holds for every decision of a policy.

    Attributes:
        forwardable: Every request header that some route can set for an upstream.
        resource_metadata: The URL of the protected resource's metadata (RFC 9728), or `None`.
        proof_algorithms: The algorithms that DPoP proofs may be signed with.
        leeway: For each issuer's identifier, the seconds of clock difference that it is forgiven.
    """

    __slots__ = ("forwardable", "leeway", "proof_algorithms", "resource_metadata")

    forwardable: tuple[str, ...]
    resource_metadata: str | None
    proof_algorithms: tuple[str, ...]
    leeway: Mapping[str, float]

    def __init__(
        self,
        *,
        forwardable: tuple[str, ...],
        resource_metadata: str | None,
        proof_algorithms: tuple[str, ...],
        leeway: Mapping[str, float],
    ) -> None:
        self._set(
            forwardable=forwardable,
            resource_metadata=resource_metadata,
            proof_algorithms=proof_algorithms,
            leeway=leeway,
        )


def decide(route: Route, outcome: Outcome, terms: Terms, now: float) -> Decision:
    """Return the decision on a request that means `route`.

    Args:
        route: The route.
        outcome: What came of its token.
        terms: What holds for the whole policy.
        now: The time in seconds since 1970.
    """
    requirement = route.requirement
    if requirement.public:
        headers = dict.fromkeys(terms.forwardable, "")
        return Allow(None, headers, route.pattern.text, (_found(route), Check("public", True)))
    if isinstance(outcome, VerifiedToken):
        return _judged(route, outcome, terms, now)
    if outcome is None:
        checks = [_found(route), Check("token", False, "there is none")]
        challenges = challenge.for_no_token(requirement, terms.proof_algorithms, terms.resource_metadata)
        return _deny(route, 401, "missing_token", "An access token is needed.", challenges, checks)
    if isinstance(outcome, KeysUnavailable):
        return Deny(
            outcome.status,
            outcome.code,
            "It cannot be told right now whether the token is good; try again later.",
            retry_after=outcome.retry_after,
            route=route.pattern.text,
            trace=(_found(route), Check("keys", False, str(outcome))),
        )
    return _rejected(route, outcome, terms, [_found(route), Check("token", False, str(outcome))])


def _judged(route: Route, token: VerifiedToken, terms: Terms, now: float) -> Decision:
    """Return the decision on a good token.

    That it is let in follows from its claims alone, where no demand is about the time. So it is concluded once for a
    token that is remembered; whether the token itself is still good was found out before, and is every time.
    """
    known = token.noted(route)
    if isinstance(known, _Conclusion) and known.terms is terms:
        return Allow(token, known.headers, route.pattern.text, known.trace)
    checks = [*route._passed.get(token.issuer, ())]
    try:
        if not checks:
            checks += (_found(route), Check("token", True, token.issuer), Check("issuer", False, token.issuer))
            raise TokenRejected(Reason.WRONG_ISSUER, claim="iss")
        _demand(route.requirement, token, terms.leeway.get(token.issuer, 0), now, checks)
    except TokenRejected as error:
        return _rejected(route, error, terms, checks)
    allow = Allow(token, MappingProxyType(_headers(route.requirement, token, terms)), route.pattern.text, tuple(checks))
    if route._timeless and token.takes_notes:
        token.note(route, _Conclusion(terms, allow.headers, allow.trace))
    return allow


class _Conclusion(NamedTuple):
    """That a token is let in somewhere, without the token: it would keep itself alive."""

    terms: Terms
    headers: Mapping[str, str]
    trace: Trace


def _found(route: Route) -> Check:
    return Check("route", True, route.pattern.text)


def _rejected(route: Route, error: TokenRejected, terms: Terms, checks: list[Check]) -> Deny:
    challenges = challenge.for_refusal(error, route.requirement, terms.proof_algorithms, terms.resource_metadata)
    nonce = error.dpop_nonce if isinstance(error, ProofRejected) else None
    headers = {} if nonce is None else {"DPoP-Nonce": nonce, "Cache-Control": "no-store"}
    return _deny(route, error.reason.status, error.code, str(error), challenges, checks, headers)


def _demand(demands: Requirement, token: VerifiedToken, leeway: float, now: float, checks: list[Check]) -> None:
    """Enter each demand of a route into `checks`, until one is not met.

    Raises:
        TokenRejected: When one is not met.
    """
    if demands.scopes:
        enough = token.scopes.issuperset(demands.scopes)
        checks.append(Check("scopes", enough, f"all of: {' '.join(demands.scopes)}"))
        if not enough:
            raise TokenRejected(Reason.INSUFFICIENT_SCOPE, scopes=demands.scopes)
    if demands.any_scope:
        enough = not token.scopes.isdisjoint(demands.any_scope)
        checks.append(Check("any_scope", enough, f"one of: {' '.join(demands.any_scope)}"))
        if not enough:
            raise TokenRejected(Reason.INSUFFICIENT_SCOPE, scopes=demands.any_scope)
    for path, values in demands.claims:
        value = claim_at(token.unsealed, path)
        fits = value is not ABSENT and has_one_of(value, values)
        checks.append(Check(f"claim {path}", fits))
        if not fits:  # the token is good, and its bearer may not do this: another sign-on would not help
            raise TokenRejected(Reason.INSUFFICIENT_SCOPE, claim=path)
    if demands.max_auth_age is not None or demands.acr:
        _demand_authentication(demands, token, leeway, now, checks)


def _demand_authentication(
    demands: Requirement, token: VerifiedToken, leeway: float, now: float, checks: list[Check]
) -> None:
    auth_time, limit = token.auth_time, demands.max_auth_age
    fresh = limit is None or (auth_time is not None and -leeway <= now - auth_time <= limit + leeway)
    strong = not demands.acr or token.acr in demands.acr
    checks.append(Check("authentication", fresh and strong, "recent and strong enough"))
    if not (fresh and strong):
        claim = "acr" if fresh else "auth_time"
        raise TokenRejected(Reason.INSUFFICIENT_AUTHENTICATION, claim=claim, max_age=limit, acr_values=demands.acr)


def _headers(requirement: Requirement, token: VerifiedToken, terms: Terms) -> dict[str, str]:
    headers = dict.fromkeys(terms.forwardable, "")
    claims = token.unsealed
    for header, path in requirement.forward:
        headers[header] = _header_value(claim_at(claims, path))
    return headers


def _header_value(value: object) -> str:
    """Return a claim as the value of a header: empty where it is missing, or cannot stand in one."""
    if isinstance(value, str):
        # Blanks at an end would be lost on the way, and the value could become another user's.
        return value if value.isascii() and value.isprintable() and value == value.strip() else ""
    if isinstance(value, list):
        texts = [_header_value(each) for each in value]
        return "" if any("," in text for text in texts) else ",".join(texts)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def _deny(  # one place that fills in what all refusals share
    route: Route,
    status: int,
    reason: str,
    detail: str,
    challenges: tuple[str, ...],
    checks: list[Check],
    headers: Mapping[str, str] | None = None,
) -> Deny:
    trace: Trace = tuple(checks)
    return Deny(status, reason, detail, challenges=challenges, headers=headers, route=route.pattern.text, trace=trace)
