"""What an authorizer answers: an IAM policy, or a simple response."""

import json
from collections.abc import Collection, Iterable, Mapping
from time import gmtime, strftime

from gatepost.frozen import Frozen
from gatepost.gates.aws_lambda.claims_context import claims_context
from gatepost.verification import VerifiedToken

# API Gateway's limit of an answer is 8 KB, and that of a resource in its policy 512 characters.
MAX_ANSWER = 8000
MAX_RESOURCE = 512

# How long API Gateway keeps an answer at most; one for a token that lives longer needs no date in it.
_KEPT_AT_MOST = 3600.0


class Grant(Frozen):
    """What is allowed.

    Attributes:
        resource: An ARN, in which `*` and `?` are wildcards.
        until: Until when, in seconds since 1970; `None` for ever.
    """

    __slots__ = ("resource", "until")

    resource: str
    until: float | None

    def __init__(self, resource: str, until: float | None) -> None:
        self._set(resource=resource, until=until)


def policy_answer(
    token: VerifiedToken | None,
    grants: Iterable[Grant],
    denials: Iterable[str],
    *,
    now: float,
    only: Collection[str] | None,
) -> dict[str, object]:
    """Return an IAM policy for this token. What it does not allow is denied.

    Args:
        token: The token, or `None` when there is none.
        grants: What is allowed.
        denials: The ARNs of what is denied, whatever is allowed.
        now: The time.
        only: The claims to hand on, or `None` for all.
    """
    by_end: dict[float | None, list[str]] = {}
    for grant in grants:
        end = None if grant.until is None or grant.until - now > _KEPT_AT_MOST else grant.until
        by_end.setdefault(end, []).append(grant.resource)
    statements = [_statement("Allow", resources, end) for end, resources in by_end.items()]
    denied = list(denials)
    if denied:
        statements.append(_statement("Deny", denied, None))
    answer: dict[str, object] = {
        "principalId": principal(token),
        "policyDocument": {"Version": "2012-10-17", "Statement": statements},
    }
    return answer | _context(token, answer, only)


def simple_answer(token: VerifiedToken | None, allowed: bool, *, only: Collection[str] | None) -> dict[str, object]:
    """Return a simple response (HTTP APIs with payload 2.0 and `EnableSimpleResponses`)."""
    answer: dict[str, object] = {"isAuthorized": allowed}
    return answer | _context(token, answer, only)


def principal(token: VerifiedToken | None) -> str:
    """Return whom the token speaks of: `sub`, else the client, else its issuer."""
    return "anonymous" if token is None else token.subject or token.client_id or token.issuer


def _statement(effect: str, resources: list[str], until: float | None) -> dict[str, object]:
    statement: dict[str, object] = {
        "Action": "execute-api:Invoke",
        "Effect": effect,
        "Resource": resources[0] if len(resources) == 1 else resources,
    }
    if until is not None:  # an answer that is kept must not outlive the token
        statement["Condition"] = {"DateLessThan": {"aws:CurrentTime": strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(until))}}
    return statement


def _context(
    token: VerifiedToken | None, answer: Mapping[str, object], only: Collection[str] | None
) -> dict[str, object]:
    if token is None:
        return {}
    room = MAX_ANSWER - len(json.dumps(answer)) - len('"context": {}, ')
    context = claims_context(token.claims, room=room, only=only)
    return {"context": context} if context else {}
