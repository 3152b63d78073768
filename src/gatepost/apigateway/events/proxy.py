"""The event that a function behind a Lambda proxy integration gets.

Sources: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs" and "Lambda proxy
integrations in API Gateway"; events that were recorded on AWS.
"""

from typing import Any

from gatepost.apigateway.events.identity import authorizer_1_0, authorizer_2_0, authorizer_rest
from gatepost.apigateway.events.query_string import first, joined, last, listed
from gatepost.apigateway.events.request_body import event_body
from gatepost.apigateway.events.request_context import context_1_0, context_2_0, full_path
from gatepost.apigateway.events.request_headers import headers_1_0, headers_2_0
from gatepost.apigateway.exchange import Exchange
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.integration import LambdaProxy
from gatepost.apigateway.routing.route_path import parameters

_ASSUMED = Assumptions()


def proxy_event(exchange: Exchange, assumptions: Assumptions = _ASSUMED) -> dict[str, Any]:
    """Return the event for the integration of the exchange's route.

    Args:
        exchange: The request, with its route and what the authorizer found out.
        assumptions: `principal_in_lambda` says what stands in `requestContext.authorizer.lambda`.
    """
    if exchange.api.kind == "REST":
        return _rest(exchange)
    integration = None if exchange.route is None else exchange.route.integration
    if isinstance(integration, LambdaProxy) and integration.payload == "1.0":
        return _http_1_0(exchange)
    return _http_2_0(exchange, assumptions)


def _http_2_0(exchange: Exchange, assumptions: Assumptions) -> dict[str, Any]:
    event, context = request_2_0(exchange)
    if exchange.identity is not None:
        context["authorizer"] = authorizer_2_0(exchange.identity, assumptions)
    body, coded = event_body(exchange)
    if body is not None:
        event["body"] = body
    event["isBase64Encoded"] = coded
    return event


def _http_1_0(exchange: Exchange) -> dict[str, Any]:
    event, context = request_1_0(exchange)
    context["authorizer"] = authorizer_1_0(exchange.identity)
    body, coded = event_body(exchange)
    return {"version": "1.0", **event, "body": body, "isBase64Encoded": coded}


def _rest(exchange: Exchange) -> dict[str, Any]:
    event, context = request_1_0(exchange)
    authorizer = authorizer_rest(exchange.identity)
    if authorizer is not None:
        context["authorizer"] = authorizer
    event["body"], event["isBase64Encoded"] = event_body(exchange)
    return event


def request_2_0(exchange: Exchange) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what format 2.0 says of the request itself, and its `requestContext`, which stands in it."""
    request = exchange.request
    headers, cookies = headers_2_0(exchange)
    path = full_path(exchange)
    context = context_2_0(exchange, path, headers.get("user-agent", ""))
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": context["routeKey"],
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": context,
    }
    # Format 2.0 leaves out what is empty.
    if cookies:
        event["cookies"] = cookies
    if request.query and (query := joined(request.query)):
        event["queryStringParameters"] = query
    if exchange.path_parameters:
        event["pathParameters"] = dict(exchange.path_parameters)
    if exchange.api.stage.variables:
        event["stageVariables"] = dict(exchange.api.stage.variables)
    return event, context


def request_1_0(exchange: Exchange) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what format 1.0 says of the request itself, and its `requestContext`, which stands in it."""
    api, request, route = exchange.api, exchange.request, exchange.route
    rest = api.kind == "REST"
    headers = headers_1_0(exchange)
    query = listed(request.query, semicolons=rest)
    bound = exchange.path_parameters
    if rest and "%" in exchange.path and route is not None:
        # Observed on AWS: a REST API hands on its path and the parameters of the path as they were sent.
        bound = parameters(route.path, exchange.path)
    context = context_1_0(exchange)
    event: dict[str, Any] = {
        "resource": route.path if route is not None else None,
        "path": exchange.path if rest else context["path"],
        "httpMethod": request.method,
        "headers": last(headers),
        "multiValueHeaders": headers,
        # Observed for REST APIs, documented for HTTP APIs.
        "queryStringParameters": (last(query) if rest else first(query)) or None,
        "multiValueQueryStringParameters": query or None,
        "requestContext": context,
        "pathParameters": dict(bound) or None,
        "stageVariables": dict(api.stage.variables) or None,
    }
    return event, context
