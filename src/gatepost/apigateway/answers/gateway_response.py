"""A REST API's gateway responses: what it answers where it is the API itself that answers.

API Gateway developer guide, "Gateway responses for REST APIs". Their templates know variables alone, no directives.
"""

import json
import re
from collections.abc import Mapping

from gatepost.apigateway.answers.gateway_response_kinds import KINDS, Kind
from gatepost.apigateway.answers.header_value import header_value
from gatepost.apigateway.answers.mapping_value import mapping_value
from gatepost.apigateway.answers.media_type import choose
from gatepost.apigateway.answers.variables import error_message, variable
from gatepost.apigateway.exchange import Exchange, Failure, Response
from gatepost.apigateway.model.api import GatewayResponse
from gatepost.apigateway.model.assumptions import Assumptions

DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'

_HEADER = "gatewayresponse.header."
_JSON = "application/json"
_REFERENCE = re.compile(
    r"\$(?P<brace>\{)?(?P<name>(?:context|stageVariables|method\.request)(?:\.[A-Za-z0-9_-]+)+)(?(brace)\})"
)


def gateway_response(exchange: Exchange, failure: Failure, assumptions: Assumptions) -> Response:
    """Return a REST API's answer to a failure: the most specific gateway response, or what AWS answers by itself."""
    kind = KINDS[failure.kind]
    custom = None if kind.fixed else _customised(exchange.api.gateway_responses, kind)
    error_type = ("x-amzn-ErrorType", failure.error_type or kind.error_type)
    if custom is None:
        body, content_type = _uncustomised(exchange, failure, kind, assumptions)
        return Response(kind.status, (("Content-Type", content_type), error_type), body)
    response = Response(custom.status or kind.status)
    templates = custom.templates or {_JSON: DEFAULT_TEMPLATE}
    content_type = choose(tuple(templates), exchange.request.header("accept"))
    headers = {"content-type": ("Content-Type", content_type), "x-amzn-errortype": error_type}
    for target, expression in custom.parameters.items():
        value = mapping_value(expression, exchange, response)
        if target.startswith(_HEADER) and value is not None:
            name = target[len(_HEADER) :]
            headers[name.lower()] = (name, header_value(value))
    body = _filled(templates[content_type], exchange, response).encode()
    return Response(response.status, tuple(headers.values()), body)


def _customised(responses: Mapping[str, GatewayResponse], kind: Kind) -> GatewayResponse | None:
    return responses.get(kind.response_type) or responses.get("DEFAULT_4XX" if kind.status < 500 else "DEFAULT_5XX")


def _uncustomised(exchange: Exchange, failure: Failure, kind: Kind, assumptions: Assumptions) -> tuple[bytes, str]:
    if kind.text and failure.message is None:
        return kind.text.encode(), kind.content_type
    member = assumptions.access_denied_member if failure.kind == "ACCESS_DENIED" else "message"
    return f'{{"{member}":{json.dumps(error_message(exchange), ensure_ascii=False)}}}'.encode(), _JSON


def _filled(template: str, exchange: Exchange, response: Response) -> str:
    def value(reference: re.Match[str]) -> str:
        name = reference["name"]
        if name.startswith("method."):
            return mapping_value(name, exchange) or ""
        return variable(name, exchange, response)

    return _REFERENCE.sub(value, template)
