"""What a function that decides has answered: an IAM policy or a simple response, with its context.

Sources: Amazon API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer", and "Control access to HTTP
APIs with AWS Lambda authorizers".
"""

import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, NoReturn

from gatepost.apigateway.exchange import LambdaIdentity
from gatepost.apigateway.iam.bad_policy import BadPolicy
from gatepost.apigateway.iam.policy import Policy, read_policy
from gatepost.apigateway.model.authorizer import LambdaAuthorizer
from gatepost.errors import GatepostError

MAX_BYTES = 8192
LONGEST_RESOURCE = 512

_UNAUTHORIZED = "Unauthorized"
_RESERVED = "claims"


class BadAnswer(GatepostError):
    """A function's answer is none that an API takes; the message says why and holds nothing of it."""

    code = "bad_answer"


class Unauthorized(GatepostError):
    """A function says that the request is not authenticated."""

    code = "unauthorized"


class LambdaAnswer(NamedTuple):
    """An answer.

    Attributes:
        verdict: A policy, or whether the request is authorized.
        identity: What is handed on.
    """

    verdict: Policy | bool
    identity: LambdaIdentity


def read_answer(payload: bytes, authorizer: LambdaAuthorizer, kind: Literal["HTTP", "REST"]) -> LambdaAnswer:
    """Return what a function has answered to an authorizer of an API of this kind.

    Raises:
        BadAnswer: When it is malformed, too large, or has a context that the API does not take.
        Unauthorized: When it says just that.
    """
    answer = _object(payload)
    if answer.get("errorMessage") == _UNAUTHORIZED:
        raise Unauthorized("the function says: Unauthorized")
    if kind == "REST" and len(payload) > MAX_BYTES:
        raise BadAnswer(f"the answer has {len(payload)} bytes, and may have {MAX_BYTES}")
    context = _context(answer.get("context"), kind)
    if authorizer.simple:
        authorized = answer.get("isAuthorized")
        if not isinstance(authorized, bool):
            raise BadAnswer("isAuthorized is missing, or neither true nor false: a text such as 'true' is not enough")
        return LambdaAnswer(authorized, LambdaIdentity(None, context))
    principal, usage_key = answer.get("principalId"), answer.get("usageIdentifierKey")
    if not isinstance(principal, str) and (kind == "REST" or principal is not None):
        raise BadAnswer("principalId is missing, or no text" if kind == "REST" else "principalId is no text")
    if usage_key is not None and not isinstance(usage_key, str):
        raise BadAnswer("usageIdentifierKey is no text")
    document = answer.get("policyDocument")
    if not isinstance(document, Mapping):
        simple = "; for isAuthorized, enable simple responses" if "isAuthorized" in answer else ""
        raise BadAnswer(f"policyDocument is missing, or no object{simple}")
    try:
        policy = read_policy(document, longest_resource=LONGEST_RESOURCE)
    except BadPolicy as error:
        raise BadAnswer(str(error)) from None
    return LambdaAnswer(policy, LambdaIdentity(principal, context, usage_key=usage_key))


def _object(payload: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(payload, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadAnswer("the answer is not JSON") from None
    if not isinstance(answer, dict):
        raise BadAnswer("the answer is not an object")
    return answer


def _refuse(_: str) -> NoReturn:
    raise ValueError  # NaN and Infinity are not JSON


def _context(context: object, kind: str) -> Mapping[str, Any] | None:
    if context is None:
        return None
    if not isinstance(context, Mapping):
        raise BadAnswer("context is not an object")
    if kind == "HTTP":
        if _RESERVED in context:
            raise BadAnswer("context has a member 'claims', a name that is reserved")
        return context
    for name, value in context.items():
        if not isinstance(value, str | int | float):
            raise BadAnswer(f"context.{name[:64]} is neither a text, a number nor true or false")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in context.items()}
