"""`requestContext` of each format of an event."""

from typing import Any

from gatepost.apigateway.events.identity import account_of
from gatepost.apigateway.events.request_time import request_time
from gatepost.apigateway.exchange import Exchange, IamIdentity, LambdaIdentity
from gatepost.apigateway.model.api import DEFAULT_ROUTE
from gatepost.apigateway.routing.request_path import decoded_by_http_api


def context_2_0(exchange: Exchange, path: str, user_agent: str) -> dict[str, Any]:
    """Return the context of format 2.0 without `authorizer`; `path` is the decoded one with its stage."""
    api, request = exchange.api, exchange.request
    domain = domain_name(exchange)
    route_key = exchange.route.key if exchange.route is not None else DEFAULT_ROUTE
    return {
        "accountId": api.account,
        "apiId": api.api_id,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": user_agent,
        },
        "requestId": exchange.request_id,
        "routeKey": route_key,
        "stage": api.stage.name,
        "time": request_time(int(request.time)),
        "timeEpoch": int(request.time * 1000),
    }


def context_1_0(exchange: Exchange) -> dict[str, Any]:
    """Return the context of format 1.0 without `authorizer`, for either kind of API."""
    api, request, route = exchange.api, exchange.request, exchange.route
    rest = api.kind == "REST"
    domain = domain_name(exchange)
    context = {
        "accountId": api.account,
        "apiId": api.api_id,
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "extendedRequestId": exchange.extended_request_id or exchange.request_id,
        "httpMethod": request.method,
        "identity": _identity(exchange),
        "path": request.path if rest else full_path(exchange),
        "protocol": request.protocol,
        "requestId": exchange.request_id,
        "requestTime": request_time(int(request.time)),
        "requestTimeEpoch": int(request.time * 1000),
        "resourceId": route.resource_id if rest and route is not None else None,
        "resourcePath": route.path if route is not None else None,
        "stage": api.stage.name,
    }
    if rest and route is not None and route.operation:
        context["operationName"] = route.operation
    return context


def domain_name(exchange: Exchange) -> str:
    """Return the host that the request named, without its port."""
    host = exchange.host
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def full_path(exchange: Exchange) -> str:
    """Return the path as an HTTP API shows it: decoded, and with its stage unless that is `$default`."""
    path = exchange.request.path
    if "%" not in path:
        return path
    return decoded_by_http_api(path) or path


def _identity(exchange: Exchange) -> dict[str, Any]:
    """Return the caller: all members, null where there is nothing to say."""
    identity = exchange.identity
    principal = identity if isinstance(identity, IamIdentity) else None
    name = None if principal is None else principal.arn.rpartition("/")[2]
    found: dict[str, Any] = {
        "accessKey": None,
        "accountId": None if principal is None else account_of(principal),
        "caller": name,
        "cognitoAuthenticationProvider": None,
        "cognitoAuthenticationType": None,
        "cognitoIdentityId": None,
        "cognitoIdentityPoolId": None,
        "principalOrgId": None,
        "sourceIp": exchange.request.source_ip,
        "user": name,
        "userAgent": exchange.request.header("user-agent"),
        "userArn": None if principal is None else principal.arn,
    }
    if exchange.api.kind == "REST":
        found["apiKey"] = _api_key(exchange)
        found["apiKeyId"] = None
    return found


def _api_key(exchange: Exchange) -> str | None:
    if exchange.route is None or not exchange.route.api_key_required:
        return None
    if exchange.api.api_key_source == "HEADER":
        return exchange.request.header("x-api-key")
    return exchange.identity.usage_key if isinstance(exchange.identity, LambdaIdentity) else None
