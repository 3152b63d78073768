"""The event that a Lambda authorizer gets.

Sources: Amazon API Gateway Developer Guide, "Input to an API Gateway Lambda authorizer" and "Control access to HTTP
APIs with AWS Lambda authorizers".
"""

from typing import Any

from gatepost.apigateway.events.arn import method_arn
from gatepost.apigateway.events.identity_source import identity_values
from gatepost.apigateway.events.proxy import request_1_0, request_2_0
from gatepost.apigateway.exchange import Exchange
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import LambdaAuthorizer

_ASSUMED = Assumptions()


def authorizer_event(
    exchange: Exchange, authorizer: LambdaAuthorizer, assumptions: Assumptions = _ASSUMED
) -> dict[str, Any]:
    """Return the event for `authorizer`; it has neither the body nor what an authorizer found out.

    Args:
        exchange: The request, with its route.
        authorizer: The authorizer.
        assumptions: `route_arn` says how an HTTP API's ARN ends.
    """
    arn = method_arn(exchange, assumptions)
    values = [value or "" for value in identity_values(exchange, authorizer.identity_sources)]
    if authorizer.kind == "TOKEN":
        return {"type": "TOKEN", "methodArn": arn, "authorizationToken": values[0] if values else ""}
    if exchange.api.kind == "REST":
        event, _ = request_1_0(exchange)
        # This event's documentation shows `{}` where that of the proxy event has null.
        event["pathParameters"] = event["pathParameters"] or {}
        for member in ("queryStringParameters", "multiValueQueryStringParameters", "stageVariables"):
            event[member] = event[member] or {}
        return {"type": "REQUEST", "methodArn": arn, **event}
    if authorizer.payload == "1.0":
        return _http_1_0(exchange, arn, values)
    event, _ = request_2_0(exchange)
    event["type"] = "REQUEST"
    event["routeArn"] = arn
    if values:
        event["identitySource"] = values
    return event


def _http_1_0(exchange: Exchange, arn: str, values: list[str]) -> dict[str, Any]:
    event, _ = request_1_0(exchange)
    for member in ("multiValueHeaders", "multiValueQueryStringParameters"):
        del event[member]
    for member in ("queryStringParameters", "pathParameters", "stageVariables"):
        event[member] = event[member] or {}
    identity = ",".join(values)
    return {
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": arn,
        "identitySource": identity,
        "authorizationToken": identity,
        **event,
    }
