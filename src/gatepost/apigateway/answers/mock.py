"""A REST API's mock integrations: an answer made of templates alone, as SAM makes one for every CORS preflight.

API Gateway developer guide, "Mock integrations for REST APIs".
"""

import json
import re
from functools import lru_cache

from gatepost.apigateway.answers.header_value import header_value
from gatepost.apigateway.answers.integration_failed import IntegrationFailed
from gatepost.apigateway.answers.mapping_value import mapping_value
from gatepost.apigateway.answers.media_type import bare, choose
from gatepost.apigateway.answers.templates import BodyIsNotJson, Rendered, Template, TemplateFailed
from gatepost.apigateway.exchange import Exchange, Response
from gatepost.apigateway.model.integration import Mock, MockResponse

_HEADER = "method.response.header."
_JSON = "application/json"
# `{statusCode: 200}` is no JSON, and API Gateway takes it.
_UNQUOTED = re.compile(r"\{\s*statusCode\s*:\s*(?P<status>\d{3})\s*[,}]")

_template = lru_cache(maxsize=512)(Template)


def mock_answer(exchange: Exchange) -> Response:
    """Return what the mock integration of the exchange's route answers.

    Raises:
        IntegrationFailed: When the request template gives no status, no integration response fits, a template cannot
            be rendered for this request, or none fits its content type.
    """
    integration = exchange.route.integration if exchange.route is not None else None
    if not isinstance(integration, Mock):
        raise TypeError("the route has no mock integration")
    body = exchange.request.body.decode("utf-8", "replace")
    status = _status(_request(exchange, integration, body))
    exchange.integration_status = status
    chosen = _chosen(integration.responses, status)
    response = Response(chosen.status)
    rendered, content_type = _body(exchange, chosen, response)
    headers = {"content-type": ("Content-Type", content_type)}
    for target, expression in chosen.parameters.items():
        value = mapping_value(expression, exchange, response)
        if target.startswith(_HEADER) and value is not None:
            name = target[len(_HEADER) :]
            headers[name.lower()] = (name, header_value(value))
    for name, value in rendered.headers.items():
        headers[name.lower()] = (name, header_value(value))
    text = rendered.text.encode("utf-8", "replace")
    return Response(rendered.status or chosen.status, tuple(headers.values()), text)


def _request(exchange: Exchange, integration: Mock, body: str) -> str:
    templates = integration.request_templates
    content_type = bare(exchange.request.header("content-type") or _JSON)
    text = templates.get(content_type)
    if text is not None:
        return _rendered(text, exchange, body, None).text
    if integration.passthrough == "NEVER" or (templates and integration.passthrough == "WHEN_NO_TEMPLATES"):
        raise IntegrationFailed("UNSUPPORTED_MEDIA_TYPE", "the mock integration has no template for this content type")
    return body


def _status(text: str) -> int:
    """Return the status that the request template gives (an integer from 200 to 599)."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        unquoted = _UNQUOTED.match(text.strip())
        value = {"statusCode": int(unquoted["status"])} if unquoted is not None else None
    status = value.get("statusCode") if isinstance(value, dict) else None
    if isinstance(status, int) and 200 <= status < 600:
        return status
    raise IntegrationFailed(
        "API_CONFIGURATION_ERROR",
        "Unable to parse statusCode. It should be an integer that is defined in the request template.",
    )


def _chosen(responses: tuple[MockResponse, ...], status: int) -> MockResponse:
    default = None
    for response in responses:
        if not response.selection:
            default = default or response
        elif _selects(response.selection, status):
            return response
    if default is None:
        why = f"no integration response of the mock integration fits the status {status}, and none is the default"
        raise IntegrationFailed("API_CONFIGURATION_ERROR", why)
    return default


def _selects(pattern: str, status: int) -> bool:
    try:
        return re.fullmatch(pattern, str(status)) is not None
    except re.error:
        raise IntegrationFailed("API_CONFIGURATION_ERROR", "a selection pattern of the mock is no pattern") from None


def _body(exchange: Exchange, chosen: MockResponse, response: Response) -> tuple[Rendered, str]:
    if not chosen.templates:
        return Rendered("", None, {}), _JSON
    content_type = choose(tuple(chosen.templates), exchange.request.header("accept"))
    return _rendered(chosen.templates[content_type], exchange, "", response), content_type


def _rendered(text: str, exchange: Exchange, body: str, response: Response | None) -> Rendered:
    try:
        return _template(text).render(exchange, body=body, response=response)
    except BodyIsNotJson as error:
        message = "Could not parse request body into json"
        raise IntegrationFailed("BAD_REQUEST_BODY", str(error), message=message) from None
    except TemplateFailed as error:
        raise IntegrationFailed("API_CONFIGURATION_ERROR", str(error)) from None
