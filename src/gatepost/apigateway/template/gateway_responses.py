"""How a REST API answers where it is the API itself that answers."""

from gatepost.apigateway.model.api import GatewayResponse
from gatepost.apigateway.template.node import Node
from gatepost.apigateway.template.parameter_mappings import header_parameters
from gatepost.apigateway.template.reading import Reading
from gatepost.apigateway.template.template_check import templates

_KINDS = frozenset(
    (
        "ACCESS_DENIED",
        "API_CONFIGURATION_ERROR",
        "AUTHORIZER_CONFIGURATION_ERROR",
        "AUTHORIZER_FAILURE",
        "BAD_REQUEST_BODY",
        "BAD_REQUEST_PARAMETERS",
        "DEFAULT_4XX",
        "DEFAULT_5XX",
        "EXPIRED_TOKEN",
        "INTEGRATION_FAILURE",
        "INTEGRATION_TIMEOUT",
        "INVALID_API_KEY",
        "INVALID_SIGNATURE",
        "MISSING_AUTHENTICATION_TOKEN",
        "QUOTA_EXCEEDED",
        "REQUEST_TOO_LARGE",
        "RESOURCE_NOT_FOUND",
        "THROTTLED",
        "UNAUTHORIZED",
        "UNSUPPORTED_MEDIA_TYPE",
        "WAF_FILTERED",
    )
)


def gateway_responses(api_id: str, document: Node | None, reading: Reading) -> dict[str, GatewayResponse]:
    """Return the gateway responses of a REST API by kind.

    Args:
        api_id: The id of the API.
        document: Its OpenAPI document, or `None`.
        reading: The template.
    """
    found = {}
    listed = document.get("x-amazon-apigateway-gateway-responses") if document is not None else None
    for kind, node in listed.items() if listed is not None else ():
        found[kind] = _response(node, kind)
    for _, node in reading.of("AWS::ApiGateway::GatewayResponse"):
        if node.text("RestApiId") == api_id:
            kind = node.required("ResponseType")
            found[kind] = _response(node, kind)
    return found


def _response(node: Node, kind: str) -> GatewayResponse:
    if kind and kind not in _KINDS:
        node.problem(f"{kind} is not a kind of gateway response.")
    status = node.integer("statusCode", "StatusCode")
    return GatewayResponse(
        status=status,
        parameters=header_parameters(node.get("responseParameters", "ResponseParameters"), "gatewayresponse.header."),
        templates=templates(node, "responseTemplates", "ResponseTemplates"),
    )
