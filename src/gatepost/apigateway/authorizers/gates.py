"""The gates of an API, made at the start: whatever cannot be enforced keeps the gateway from starting."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from gatepost.apigateway.authorizers.cognito import CognitoAnswers
from gatepost.apigateway.authorizers.gate import Gate
from gatepost.apigateway.authorizers.iam_route import IamGate
from gatepost.apigateway.authorizers.issuer_keys import IssuerKeys
from gatepost.apigateway.authorizers.jwt import JwtAnswers
from gatepost.apigateway.authorizers.lambda_ import LambdaGate
from gatepost.apigateway.authorizers.resource_policy import ResourcePolicy
from gatepost.apigateway.authorizers.token_gate import TokenGate
from gatepost.apigateway.iam.bad_policy import BadPolicy
from gatepost.apigateway.invoking import Functions
from gatepost.apigateway.model.api import IAM, Api
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import Authorizer, JwtAuthorizer, LambdaAuthorizer
from gatepost.apigateway.model.function import Function
from gatepost.apigateway.model.place import Problem, TemplateError
from gatepost.errors import ConfigurationError

_PRINCIPAL = re.compile(r"arn:[^:\s]+:(?:iam|sts)::[^:\s]+:\S+")


class GateParts(NamedTuple):
    """What gates are made from.

    Attributes:
        api: The API.
        functions: The application's functions by logical id.
        runner: What runs them.
        issuer_keys: The keys of each issuer.
        assumptions: What to assume where AWS's behaviour is not known.
        clock: Returns the time in seconds since 1970.
        allow_iam: The ARN of the principal that requests to `AWS_IAM` routes are taken to come from, or `None`.
    """

    api: Api
    functions: Mapping[str, Function]
    runner: Functions
    issuer_keys: Mapping[str, IssuerKeys]
    assumptions: Assumptions
    clock: Callable[[], float]
    allow_iam: str | None


def make_gates(parts: GateParts) -> tuple[dict[str, Gate], ResourcePolicy | None]:
    """Return the gate of each authorizer by its name, and the resource policy.

    Raises:
        TemplateError: With everything that cannot be enforced.
    """
    problems = list(_route_problems(parts))
    gates: dict[str, Gate] = {}
    resource_policy = None
    if parts.api.resource_policy is not None:
        try:
            resource_policy = ResourcePolicy(parts.api, parts.api.resource_policy, parts.assumptions)
        except BadPolicy as error:
            problems.append(Problem(parts.api.place, f"the resource policy cannot be used: {error}"))
    for name, authorizer in parts.api.authorizers.items():
        try:
            gates[name] = _gate(authorizer, parts, resource_policy)
        except ConfigurationError as error:
            problems.append(Problem(authorizer.place, str(error)))
    if parts.allow_iam is not None:
        if not _PRINCIPAL.fullmatch(parts.allow_iam):
            raise ConfigurationError(
                f"--allow-iam {parts.allow_iam!r} names no principal; write arn:aws:iam::123456789012:user/NAME"
            )
        gates[IAM] = IamGate(parts.allow_iam)
    if problems:
        raise TemplateError(*problems)
    return gates, resource_policy


def _route_problems(parts: GateParts) -> Iterator[Problem]:
    for route in parts.api.routes:
        name = route.authorizer
        if name == IAM:
            if parts.allow_iam is None:
                yield Problem(
                    route.place,
                    f"{route.key} is for IAM principals (AWS_IAM), whose signatures AWS alone can check; to take every "
                    "request to it as one of a principal: --allow-iam arn:aws:iam::123456789012:user/NAME",
                )
        elif name is not None and name not in parts.api.authorizers:
            yield Problem(route.place, f"{route.key} names the authorizer {name!r}, and the API has none of that name")


def _gate(authorizer: Authorizer, parts: GateParts, resource_policy: ResourcePolicy | None) -> Gate:
    if isinstance(authorizer, LambdaAuthorizer):
        return _lambda_gate(authorizer, parts, resource_policy)
    if authorizer.cognito is not (parts.api.kind == "REST"):
        raise ConfigurationError(
            f"the authorizer {authorizer.name!r} is of a kind that {parts.api.kind} APIs do not have: HTTP APIs have "
            "JWT authorizers, REST APIs COGNITO_USER_POOLS"
        )
    return _jwt_gate(authorizer, parts)


def _jwt_gate(authorizer: JwtAuthorizer, parts: GateParts) -> Gate:
    keys = parts.issuer_keys[authorizer.issuer]
    if authorizer.cognito:
        return TokenGate(authorizer, keys, parts.assumptions, parts.clock, CognitoAnswers())
    if not authorizer.audience:
        raise ConfigurationError(
            f"the JWT authorizer {authorizer.name!r} names no audience, so tokens for every other API of the issuer "
            "would pass; add JwtConfiguration.audience"
        )
    return TokenGate(authorizer, keys, parts.assumptions, parts.clock, JwtAnswers(parts.assumptions))


def _lambda_gate(authorizer: LambdaAuthorizer, parts: GateParts, resource_policy: ResourcePolicy | None) -> Gate:
    function = parts.functions.get(authorizer.function)
    if function is None:
        raise ConfigurationError(
            f"the authorizer {authorizer.name!r} asks the function {authorizer.function!r}, which is not in the "
            "template; add it there"
        )
    if authorizer.kind == "TOKEN" and len(authorizer.identity_sources) != 1:
        raise ConfigurationError(f"the TOKEN authorizer {authorizer.name!r} needs one header as its identity source")
    return LambdaGate(
        parts.api,
        authorizer,
        function,
        parts.runner,
        parts.assumptions,
        parts.clock,
        None if resource_policy is None else resource_policy.policy,
    )
