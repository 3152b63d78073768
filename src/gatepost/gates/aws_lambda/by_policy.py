"""What a token may do by a policy: this request, and others for which API Gateway will use the answer that it keeps."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from gatepost.errors import KeysUnavailable
from gatepost.gates.aws_lambda.answer import MAX_RESOURCE, Grant
from gatepost.gates.aws_lambda.coverage import patterns, unclear
from gatepost.gates.aws_lambda.event import AuthorizerEvent
from gatepost.gates.aws_lambda.finding import (
    Finding,
    Unauthorized,
    allowable,
    deniable,
    refuse,
    refuse_kept,
    request_of,
    say_why,
    whole_stage,
)
from gatepost.policy.access_request import AccessRequest, BadCredentials, credentials
from gatepost.policy.decide import Outcome, Route, decide
from gatepost.policy.decision import Allow, Decision, Deny
from gatepost.policy.policy import Policy
from gatepost.verification import VerifiedToken

# Octets of ARNs in one answer, so that the claims have room as well.
_ROOM = 5000

Policies: TypeAlias = Callable[[], Policy]


class _Case(NamedTuple):
    """How one route stands to the token of a request."""

    route: Route
    outcome: Outcome
    decision: Decision


class ByPolicy:
    """Decides by a policy."""

    def __init__(self, policies: Policies, *, kept: bool) -> None:
        """Take what returns the policy, and whether API Gateway keeps answers for other requests."""
        self._policies = policies
        self._kept = kept

    def __call__(self, event: AuthorizerEvent) -> Finding:
        """Return what the policy says.

        Raises:
            Unauthorized: When there is no good token.
            KeysUnavailable: When it cannot be told whether it is.
            ConfigurationError: When the answer must not be kept, and will be.
        """
        policy, request = self._policies(), request_of(event)
        now = policy.clock()
        decision = policy.check(request)
        if isinstance(decision, Deny) and (decision.status in {401, 503} or decision.reason == "bad_request"):
            refuse(decision)
        if isinstance(decision, Allow) and not self._kept:
            return _exactly(event, decision.identity, _end(policy, _own(policy, decision), decision.identity), now)
        cases = list(_cases(policy, request, decision, now))
        token = _token(cases, decision)
        if not self._kept:
            return Finding(token, at=now, allowed=False, denials=(deniable(event),))
        refuse_kept(token)
        allowed = [case for case in cases if isinstance(case.decision, Allow)]
        if not allowed:
            return Finding(token, at=now, allowed=False, denials=(whole_stage(event),))
        return _for_all(policy, event, decision, token, allowed, now)


def _for_all(
    policy: Policy,
    event: AuthorizerEvent,
    decision: Decision,
    token: VerifiedToken | None,
    allowed: list[_Case],
    now: float,
) -> Finding:
    """Return what holds for every request with the same token."""
    grants: list[Grant] = []
    denials: list[str] = []
    written = set[tuple[str, str]]()
    room = _ROOM
    for pattern in patterns(event.stage, policy.routes, [case.route for case in allowed]):
        resources = (pattern.resource, *pattern.except_for)
        need = sum(len(resource) + 4 for resource in resources)
        if need > room or any(len(resource) > MAX_RESOURCE for resource in resources):
            continue
        room -= need
        grants.append(Grant(pattern.resource, _end(policy, pattern.route, token)))
        denials += pattern.except_for
        written.add((pattern.route.pattern.text, pattern.method))
    if any("*" in grant.resource for grant in grants):
        denials += unclear(event.stage)
    if isinstance(decision, Deny):
        denials.append(deniable(event))
    elif (decision.route, event.method) not in written or event.path.endswith("/") or "%" in event.path:
        exact = allowable(event)
        if exact is not None:
            grants.append(Grant(exact, _end(policy, _own(policy, decision), token)))
    return Finding(token, at=now, allowed=decision.allowed, grants=tuple(grants), denials=tuple(denials))


def _exactly(event: AuthorizerEvent, token: VerifiedToken | None, until: float | None, now: float) -> Finding:
    """Return that this one request is allowed."""
    arn = allowable(event)
    if arn is None:
        return Finding(token, at=now, allowed=False, denials=(deniable(event),))
    return Finding(token, at=now, allowed=True, grants=(Grant(arn, until),))


def _cases(policy: Policy, request: AccessRequest, decision: Decision, now: float) -> Iterator[_Case]:
    try:
        sent = credentials(request.authorization)
    except BadCredentials as error:
        say_why(error)
        raise Unauthorized from None
    for route in policy.routes:
        if isinstance(decision, Allow) and route.pattern.text == decision.route:
            yield _Case(route, decision.identity, decision)
            continue
        outcome = None
        if sent is not None and not route.requirement.public:
            outcome = policy.tokens.outcome(route, request, sent, now)
        yield _Case(route, outcome, decide(route, outcome, policy.terms, now))


def _token(cases: list[_Case], decision: Decision) -> VerifiedToken | None:
    """Return the token, which is good with some route.

    Raises:
        Unauthorized: When it is good with none, and it was not looked at yet, since no route is asked for.
        KeysUnavailable: When that cannot be told.
    """
    token = next((case.outcome for case in cases if isinstance(case.outcome, VerifiedToken)), None)
    if token is None and isinstance(decision, Deny) and not decision.route:
        for case in cases:
            if isinstance(case.outcome, KeysUnavailable):
                raise case.outcome
        say_why(decision.reason)
        raise Unauthorized
    return token


def _own(policy: Policy, decision: Decision) -> Route:
    return next(route for route in policy.routes if route.pattern.text == decision.route)


def _end(policy: Policy, route: Route, token: VerifiedToken | None) -> float | None:
    """Return until when the route lets the token in."""
    if token is None or route.requirement.public:
        return None
    leeway = policy.terms.leeway.get(token.issuer, 0)
    end, limit, signed_on = token.expires_at + leeway, route.requirement.max_auth_age, token.auth_time
    return end if limit is None or signed_on is None else min(end, signed_on + limit + leeway)
