"""A guard for functions behind a JWT authorizer: API Gateway has verified the token, and this looks at what it says."""

import re
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TypeAlias, Unpack

from gatepost.gates.demand import Demands, requirement_of
from gatepost.gates.refusal import Answer, refusal
from gatepost.jose.strict_json import sealed
from gatepost.policy.decide import Route, Terms, decide
from gatepost.policy.decision import Deny
from gatepost.policy.requirement import Requirement
from gatepost.policy.route_pattern import RoutePattern
from gatepost.verification import VerifiedToken

Event: TypeAlias = Mapping[str, object]
Answered: TypeAlias = dict[str, object]

_ANYWHERE = RoutePattern("* /{path+}")
_NO_HEADER = sealed({})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_TIMES = ("exp", "iat", "nbf", "auth_time")


def requires(**demands: Unpack[Demands]) -> Callable[[Callable[..., Answered]], Callable[..., Answered]]:
    """Return a decorator for handlers that are reached only with a token that meets `demands`.

    It reads the claims that a JWT authorizer hands on (`requestContext.authorizer.jwt.claims`, with payload 1.0 and at
    REST APIs `requestContext.authorizer.claims`). A token that lacks something is answered with 403, or with 401 where
    another sign-on would help; so is an event without such claims, since nobody has verified anything then.

    API Gateway writes every claim as one text: an array as `[a b]`. What its elements are cannot be told where one of
    them may have a space in it, so do not demand such a claim. Nested claims cannot be demanded either.

    Args:
        **demands: `scopes`, `any_scope`, `max_auth_age`, `acr`, `claims`; none of them demands a verified token.
    """
    wanted = requirement_of(demands)
    requirement = Requirement(
        scopes=wanted.scopes,
        any_scope=wanted.any_scope,
        max_auth_age=wanted.max_auth_age,
        acr=wanted.acr,
        claims={path: [_as_text(value) for value in values] for path, values in wanted.claims},
    )

    def decorate(handler: Callable[..., Answered]) -> Callable[..., Answered]:
        @wraps(handler)
        def guarded(event: Event, context: object = None) -> Answered:
            deny = _refusal(event, requirement)
            return handler(event, context) if deny is None else _answer(refusal(deny))

        return guarded

    return decorate


def _refusal(event: Event, requirement: Requirement) -> Deny | None:

    claims = _claims(event)
    issuer = None if claims is None else claims.get("iss")
    token = VerifiedToken(issuer, _NO_HEADER, claims) if claims is not None and isinstance(issuer, str) else None
    route = Route(_ANYWHERE, requirement, frozenset(() if token is None else (token.issuer,)))
    terms = Terms(forwardable=(), resource_metadata=None, proof_algorithms=(), leeway={})
    decision = decide(route, token, terms, time.time())
    return decision if isinstance(decision, Deny) else None


def _claims(event: Event) -> dict[str, object] | None:
    """Return the claims that a JWT authorizer handed on, or `None` when there was none."""
    authorizer = _table(_table(event, "requestContext"), "authorizer")
    found = _table(_table(authorizer, "jwt"), "claims") or _table(authorizer, "claims")
    return {name: _read(name, value) for name, value in found.items()} or None


def _table(holder: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = holder.get(name)
    return found if isinstance(found, Mapping) else {}


def _read(name: str, value: object) -> object:
    """Return a claim that Go has printed: an array as a list of texts, a time as a number, everything else as text."""
    if not isinstance(value, str):
        return [_as_text(each) for each in value] if isinstance(value, list) else _as_text(value)
    if name in _TIMES and _NUMBER.fullmatch(value):
        return float(value)
    if value.startswith("[") and value.endswith("]"):
        return value[1:-1].split()
    return value


def _as_text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _answer(answer: Answer) -> Answered:
    return {
        "statusCode": answer.status,
        "headers": dict(answer.headers),
        "body": answer.body.decode(),
        "isBase64Encoded": False,
    }
