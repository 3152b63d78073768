"""`$context` and `$stageVariables`: what templates, mappings and access logs may ask about a request.

API Gateway developer guide, "Variables for access logging" and "Customize HTTP API access logs".
"""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from gatepost.apigateway.answers.gateway_response_kinds import KINDS
from gatepost.apigateway.events.request_context import domain_name
from gatepost.apigateway.events.request_time import request_time
from gatepost.apigateway.exchange import Exchange, IamIdentity, JwtIdentity, LambdaIdentity, Response

_Read: TypeAlias = Callable[[Exchange, Response | None], str]


def variable(name: str, exchange: Exchange, response: Response | None = None) -> str:
    """Return the value of a variable, or an empty string where there is none.

    Args:
        name: `$context.requestId`, `$stageVariables.color` and the like, with or without the dollar sign.
        exchange: The request, as far as it has come.
        response: The response, once there is one.
    """
    name = name.removeprefix("$")
    if name.startswith("stageVariables."):
        return exchange.api.stage.variables.get(name[15:], "")
    if not name.startswith("context."):
        return ""
    name = name[8:]
    read = _CONTEXT.get(name)
    if read is not None:
        return read(exchange, response)
    if name.startswith("authorizer."):
        return _authorizer(name[11:], exchange)
    return ""


def error_message(exchange: Exchange) -> str | None:
    """Return `$context.error.message`, or `None` where it is `null` or nothing failed."""
    failure = exchange.failure
    if failure is None:
        return None
    if failure.message is not None:
        return failure.message
    kind = KINDS[failure.kind]
    return kind.message if exchange.api.kind == "REST" else kind.http_message


def plain_text(value: Any) -> str:  # noqa: ANN401  any JSON value
    """Return a JSON value as the text that stands for it in logs and templates."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _authorizer(name: str, exchange: Exchange) -> str:
    identity = exchange.identity
    if isinstance(identity, JwtIdentity):
        if name.startswith("claims."):
            return identity.claims.get(name[7:], "")
        return identity.claims.get("sub", "") if name == "principalId" else ""
    if isinstance(identity, LambdaIdentity):
        if identity.context is not None and name in identity.context:
            return plain_text(identity.context[name])
        return identity.principal or "" if name == "principalId" else ""
    return ""


def _authorizer_status(exchange: Exchange, _: Response | None) -> str:
    failure = exchange.failure
    if failure is not None and failure.kind in {"UNAUTHORIZED", "ACCESS_DENIED", "EXPIRED_TOKEN"}:
        kind = KINDS[failure.kind]
        return str(kind.status if exchange.api.kind == "REST" else kind.http_status)
    if failure is not None and failure.kind.startswith("AUTHORIZER_"):
        return "500"
    return "200" if exchange.identity is not None else ""


def _error_message_string(exchange: Exchange, _: Response | None) -> str:
    if exchange.failure is None:
        return ""
    return json.dumps(error_message(exchange), ensure_ascii=False)


def _response_type(exchange: Exchange, _: Response | None) -> str:
    return "" if exchange.failure is None else KINDS[exchange.failure.kind].response_type


def _resource_path(exchange: Exchange, _: Response | None) -> str:
    return "" if exchange.route is None else exchange.route.path


def _api_key(exchange: Exchange, _: Response | None) -> str:
    if isinstance(exchange.identity, LambdaIdentity) and exchange.identity.usage_key:
        return exchange.identity.usage_key
    return exchange.request.header("x-api-key") or ""


def _user_arn(exchange: Exchange, _: Response | None) -> str:
    return exchange.identity.arn if isinstance(exchange.identity, IamIdentity) else ""


def _authorizer_error(exchange: Exchange, _: Response | None) -> str:
    return "" if exchange.failure is None else exchange.failure.authorizer_error


def _integration_error(exchange: Exchange, _: Response | None) -> str:
    return "" if exchange.failure is None else exchange.failure.integration_error


def _number(number: int) -> str:
    return str(number) if number else ""


def _integration_status(exchange: Exchange, _: Response | None) -> str:
    return _number(exchange.integration_status)


def _integration_latency(exchange: Exchange, _: Response | None) -> str:
    return str(exchange.integration_latency) if exchange.integration_status else _number(exchange.integration_latency)


def _authorizer_latency(exchange: Exchange, _: Response | None) -> str:
    return str(exchange.authorizer_latency) if exchange.identity is not None else _number(exchange.authorizer_latency)


_CONTEXT: dict[str, _Read] = {
    "accountId": lambda exchange, _: exchange.api.account,
    "apiId": lambda exchange, _: exchange.api.api_id,
    "authorize.error": _authorizer_error,
    "authorize.latency": _authorizer_latency,
    "authorize.status": _authorizer_status,
    "authorizer.error": _authorizer_error,
    "authorizer.integrationLatency": _authorizer_latency,
    "authorizer.integrationStatus": _authorizer_status,
    "authorizer.latency": _authorizer_latency,
    "authorizer.status": _authorizer_status,
    "domainName": lambda exchange, _: domain_name(exchange),
    "domainPrefix": lambda exchange, _: domain_name(exchange).partition(".")[0],
    "error.message": lambda exchange, _: error_message(exchange) or "",
    "error.messageString": _error_message_string,
    "error.responseType": _response_type,
    "extendedRequestId": lambda exchange, _: exchange.extended_request_id,
    "httpMethod": lambda exchange, _: exchange.request.method,
    "identity.apiKey": _api_key,
    "identity.sourceIp": lambda exchange, _: exchange.request.source_ip,
    "identity.userAgent": lambda exchange, _: exchange.request.header("user-agent") or "",
    "identity.userArn": _user_arn,
    "integration.error": _integration_error,
    "integration.integrationStatus": _integration_status,
    "integration.latency": _integration_latency,
    "integration.status": _integration_status,
    "integrationErrorMessage": _integration_error,
    "integrationLatency": _integration_latency,
    "integrationStatus": _integration_status,
    "path": lambda exchange, _: exchange.request.path,
    "protocol": lambda exchange, _: exchange.request.protocol,
    "requestId": lambda exchange, _: exchange.request_id,
    "requestTime": lambda exchange, _: request_time(int(exchange.request.time)),
    "requestTimeEpoch": lambda exchange, _: str(int(exchange.request.time * 1000)),
    "resourceId": lambda exchange, _: "" if exchange.route is None else exchange.route.resource_id,
    "resourcePath": _resource_path,
    "responseLatency": lambda exchange, _: str(exchange.response_latency),
    "responseLength": lambda _, response: "" if response is None else str(len(response.body)),
    "routeKey": lambda exchange, _: "" if exchange.route is None else exchange.route.key,
    "stage": lambda exchange, _: exchange.api.stage.name,
    "status": lambda _, response: "" if response is None else str(response.status),
}
