"""Whether a function permits an API to invoke it (`AWS::Lambda::Permission`)."""

import re

from gatepost.apigateway.model.api import DEFAULT_ROUTE, Api, Route
from gatepost.apigateway.model.function import Function

_PARAMETER = re.compile(r"\{[^{}]+\}")
_SERVICE = "apigateway.amazonaws.com"


def route_arns(api: Api, route: Route) -> tuple[str, ...]:
    """Return the ARN of a route in the forms that permissions name: with `*` for parameters, and as it is written."""
    if route.path == DEFAULT_ROUTE:
        return (f"{api.arn}/{api.stage.name}/{DEFAULT_ROUTE}",)
    method = "*" if route.method == "ANY" else route.method
    start = f"{api.arn}/{api.stage.name}/{method}"
    return f"{start}{_PARAMETER.sub('*', route.path)}", f"{start}{route.path}"


def may_invoke(function: Function | None, arns: tuple[str, ...]) -> bool:
    """Tell whether a function permits API Gateway to invoke it for any of `arns`."""
    if function is None:
        return False
    return any(
        permission.principal in {_SERVICE, "*"}
        and (permission.source_arn is None or any(_matches(permission.source_arn, arn) for arn in arns))
        for permission in function.permissions
    )


def _matches(pattern: str, arn: str) -> bool:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.fullmatch("".join(parts), arn, re.DOTALL) is not None
