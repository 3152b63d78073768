"""The sizes that API Gateway allows, none of which can be raised."""

from gatepost.apigateway.exchange import Failure, Request, Response
from gatepost.apigateway.model.api import Api

HEADERS = 10_240  # bytes; an HTTP API counts the request line too
PAYLOAD = 10 * 1024 * 1024  # bytes of a request's body, and of the gateway's own answer
FUNCTION_PAYLOAD = 6 * 1024 * 1024  # bytes of an event, and of what a function returns
METHOD_ARN = 1_600  # bytes, of a method with an authorizer

# `: ` between name and value, and the end of the line
_LINE = 4


def over_limit(api: Api, request: Request) -> Failure | None:
    """Return why a request is too large to be looked at, or `None`."""
    size = _LINE * len(request.headers)
    for name, value in request.headers:
        size += len(name) + len(value)
    if api.kind == "HTTP":
        size += len(request.method) + len(request.path) + len(request.query) + len(request.protocol) + _LINE
    if size > HEADERS:
        return Failure("HEADERS_TOO_LARGE")
    if len(request.body) > PAYLOAD:
        return Failure("REQUEST_TOO_LARGE")
    return None


def arn_over_limit(method_arn: str) -> Failure | None:
    """Return why a REST API's method with an authorizer cannot be called by that ARN, or `None`."""
    return Failure("URI_TOO_LONG") if len(method_arn) > METHOD_ARN else None


def answer_over_limit(response: Response) -> bool:
    """Tell whether a response is too large to go through the gateway, which answers with an error instead."""
    return len(response.body) > PAYLOAD
