"""The ARN of what a request wants to invoke: `methodArn` of a REST API, `routeArn` of an HTTP API.

It is made from the same reading of the path that the route was found by, so that no spelling of a path can be under
another policy than its route: decoded for an HTTP API, and without empty segments or a slash at the end. A slash that
was escaped stays so in a REST API's `methodArn`; what the request is allowed has to hold for either reading of it.
"""

from gatepost.apigateway.exchange import Exchange
from gatepost.apigateway.model.api import DEFAULT_ROUTE
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.routing.request_path import canonical, decoded_by_http_api, segments, with_slashes

_ASSUMED = Assumptions()


def method_arn(exchange: Exchange, assumptions: Assumptions = _ASSUMED) -> str:
    """Return `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`, with the path below the stage.

    Args:
        exchange: The request, with its route.
        assumptions: `route_arn` says whether an HTTP API's ARN ends in the request's path or in the route's.
    """
    api, request = exchange.api, exchange.request
    path = exchange.path
    if api.kind == "HTTP":
        if assumptions.route_arn == "route" and exchange.route is not None:
            if exchange.route.path == DEFAULT_ROUTE:
                return f"{api.arn}/{api.stage.name}/{DEFAULT_ROUTE}"
            return f"{api.arn}/{api.stage.name}/{exchange.route.method}{exchange.route.path}"
        decoded = decoded_by_http_api(path)
        return f"{api.arn}/{api.stage.name}/{request.method}/{'/'.join(segments(path if decoded is None else decoded))}"
    return f"{api.arn}/{api.stage.name}/{request.method}{canonical(path)}"


def judged_arns(exchange: Exchange, assumptions: Assumptions = _ASSUMED) -> tuple[str, ...]:
    """Return the ARNs, all of which policies have to allow: `methodArn`, and what a function may make of `%2F` in it.

    Args:
        exchange: The request, with its route.
        assumptions: As for `method_arn`.
    """
    arn = method_arn(exchange, assumptions)
    if exchange.api.kind == "HTTP" or "%" not in arn:
        return (arn,)
    read = with_slashes(canonical(exchange.path))
    return (
        (arn,)
        if read is None
        else (arn, f"{exchange.api.arn}/{exchange.api.stage.name}/{exchange.request.method}{read}")
    )
