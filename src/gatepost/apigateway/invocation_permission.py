"""Whether API Gateway may invoke a function: what the function's resource policy says (`AWS::Lambda::Permission`)."""

import re
from collections.abc import Iterable

from gatepost.apigateway.iam.wildcard import wildcard
from gatepost.apigateway.model.api import DEFAULT_ROUTE, Api, Route
from gatepost.apigateway.model.authorizer import LambdaAuthorizer
from gatepost.apigateway.model.function import Function

_PARAMETER = re.compile(r"\{[^{}]+\}")
_PRINCIPALS = frozenset({"apigateway.amazonaws.com", "*"})
ANY_METHOD = "*"


def may_invoke(function: Function | None, source_arns: Iterable[str]) -> bool:
    """Tell whether API Gateway may invoke `function` on behalf of any of `source_arns`."""
    if function is None:
        return False
    arns = tuple(source_arns)
    for permission in function.permissions:
        if permission.principal not in _PRINCIPALS:
            continue
        if permission.source_arn is None or any(map(wildcard(permission.source_arn).matches, arns)):
            return True
    return False


def authorizer_arn(api: Api, authorizer: LambdaAuthorizer) -> str:
    """Return the ARN that an authorizer invokes its function as."""
    return f"{api.arn}/authorizers/{authorizer.authorizer_id}"


def route_arns(api: Api, route: Route, method: str = "") -> tuple[str, ...]:
    """Return the ARNs, any of which a permission may name so that it covers requests of a route.

    They end in the route's own path: with `*` for its parameters, as it is written, and without a slash at its end.

    Args:
        api: The API.
        route: The route.
        method: The method of a request, or an empty string for every request of the route.
    """
    start = f"{api.arn}/{api.stage.name}"
    method = method or route.method
    if method in {"", "ANY"}:
        method = ANY_METHOD
    if route.path == DEFAULT_ROUTE:
        return f"{start}/{DEFAULT_ROUTE}", f"{start}/{method}/{DEFAULT_ROUTE}"
    path = route.path
    forms = (_PARAMETER.sub("*", path), path, path.rstrip("/") or "/")
    return tuple(f"{start}/{method}{form}" for form in dict.fromkeys(forms))
