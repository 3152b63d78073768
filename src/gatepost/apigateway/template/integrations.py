"""What answers the requests of a route, as OpenAPI (`x-amazon-apigateway-integration`) or a resource says it."""

import re
from collections.abc import Mapping
from typing import Literal

from gatepost.apigateway.model.authorizer import Payload
from gatepost.apigateway.model.integration import HttpProxy, Integration, LambdaProxy, Mock, MockResponse
from gatepost.apigateway.template.node import Node, Unknown
from gatepost.apigateway.template.parameter_mappings import (
    header_parameters,
    http_request_parameters,
    http_response_parameters,
    rest_request_parameters,
)
from gatepost.apigateway.template.reading import Reading
from gatepost.apigateway.template.template_check import templates

_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
_URL = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)

# Each member's name in OpenAPI, in AWS::ApiGateway::Method and in AWS::ApiGatewayV2::Integration.
_TYPE = ("type", "Type", "IntegrationType")
_URI = ("uri", "Uri", "IntegrationUri")
_METHOD = ("httpMethod", "IntegrationHttpMethod", "IntegrationMethod")
_PAYLOAD = ("payloadFormatVersion", "PayloadFormatVersion")
_TIMEOUT = ("timeoutInMillis", "TimeoutInMillis")
_CREDENTIALS = ("credentials", "Credentials", "CredentialsArn")
_CONNECTION = ("connectionType", "ConnectionType")
_SUBTYPE = ("integrationSubtype", "IntegrationSubtype")
_REQUEST_PARAMETERS = ("requestParameters", "RequestParameters")
_RESPONSE_PARAMETERS = ("responseParameters", "ResponseParameters")
_TRANSFER = ("responseTransferMode", "ResponseTransferMode")

_REMEDIES = {
    "AWS": "AWS integrations need AWS's own services. Use AWS_PROXY with a function.",
    "HTTP": "HTTP integrations with mapping templates are not supported. Use HTTP_PROXY.",
}


def read_integration(
    node: Node, kind: Literal["HTTP", "REST"], variables: Mapping[str, str], reading: Reading
) -> Integration | None:
    """Read an integration; `None` after a report.

    Args:
        node: The integration.
        kind: What the API is.
        variables: The stage variables, which may stand in URIs.
        reading: The template.
    """
    named = (node.text(*_TYPE) or "").upper()
    if _refused(node, named, kind):
        return None
    timeout = _timeout(node, kind)
    if named == "MOCK":
        return _mock(node)
    uri_node = node.get(*_URI)
    if uri_node is None or isinstance(uri_node.value, Unknown):
        node.problem("The integration has no URI.")
        return None
    uri = _with_variables(uri_node, variables)
    if not uri:
        return None
    if named == "HTTP_PROXY":
        return _http_proxy(node, uri_node, uri, kind, timeout)
    function = reading.functions.use(uri_node, uri)
    for mapped in (_REQUEST_PARAMETERS, _RESPONSE_PARAMETERS):
        if kind == "HTTP" and node.get(*mapped) is not None:
            node[_present(node, mapped)].problem("Parameter mapping for a function is not supported.")
    if function is None:
        return None
    return LambdaProxy(function, _payload(node, kind), timeout, node.text(*_CREDENTIALS), node.place)


def _refused(node: Node, named: str, kind: str) -> bool:
    allowed = {"AWS_PROXY", "HTTP_PROXY", "MOCK"} if kind == "REST" else {"AWS_PROXY", "HTTP_PROXY"}
    if named not in allowed:
        where = node.get(*_TYPE) or node
        remedy = _REMEDIES.get(named, f"Use {', '.join(sorted(allowed))}.")
        where.problem(f"The integration type {named or '(none)'} is not supported. {remedy}")
        return True
    connection = node.get(*_CONNECTION)
    if connection is not None and connection.value != "INTERNET":
        connection.problem(f"The connection {connection.value} leads into a private network and is not supported.")
        return True
    subtype = node.get(*_SUBTYPE)
    if subtype is not None:
        subtype.problem(f"The service integration {subtype.value} is not supported. Call the service from a function.")
        return True
    transfer = node.get(*_TRANSFER)
    if transfer is not None and transfer.value != "BUFFERED":
        transfer.problem("Streamed responses are not supported. Use BUFFERED.")
        return True
    return False


def _timeout(node: Node, kind: str) -> float:
    milliseconds = node.integer(*_TIMEOUT)
    if milliseconds is None:
        return 29 if kind == "REST" else 30
    greatest = 300_000 if kind == "REST" else 30_000
    if not 50 <= milliseconds <= greatest:
        node[_present(node, _TIMEOUT)].problem(f"The timeout has to be from 50 to {greatest} milliseconds.")
    return milliseconds / 1000


def _payload(node: Node, kind: str) -> Payload:
    version = node.text(*_PAYLOAD)
    if kind == "REST":
        return "1.0"
    if version is None:
        node.notice("There is no payload format version, which AWS takes for 1.0; CloudFormation may demand one.")
        return "1.0"
    if version not in {"1.0", "2.0"}:
        node[_present(node, _PAYLOAD)].problem(f"The payload format version {version} is neither 1.0 nor 2.0.")
    return "2.0" if version == "2.0" else "1.0"


def _http_proxy(node: Node, uri_node: Node, uri: str, kind: str, timeout: float) -> HttpProxy | None:
    if not _URL.fullmatch(uri):
        uri_node.problem("The URI of an HTTP proxy has to be a URL with http or https.")
        return None
    method = node.text(*_METHOD) or ("" if kind == "REST" else "ANY")
    if not method:
        node.problem("The integration has no HTTP method.")
    given = node.get(*_REQUEST_PARAMETERS)
    # A REST API's integration responses do nothing for a proxy; an HTTP API's parameters stand by status.
    responses = node.get(*_RESPONSE_PARAMETERS) if kind == "HTTP" else None
    return HttpProxy(
        url=uri,
        method=method.upper(),
        timeout=timeout,
        request_parameters=http_request_parameters(given) if kind == "HTTP" else rest_request_parameters(given),
        response_parameters=http_response_parameters(responses),
        place=node.place,
    )


def _mock(node: Node) -> Mock:
    return Mock(
        request_templates=templates(node, "requestTemplates", "RequestTemplates"),
        responses=tuple(_mock_responses(node)),
        passthrough=(node.text("passthroughBehavior", "PassthroughBehavior") or "WHEN_NO_MATCH").upper(),
        place=node.place,
    )


def _mock_responses(node: Node) -> list[MockResponse]:
    found: list[MockResponse] = []
    by_pattern = node.get("responses")
    if by_pattern is not None:
        found += [
            _mock_response(each, _pattern(each, "" if key == "default" else key)) for key, each in by_pattern.items()
        ]
    listed = node.get("IntegrationResponses")
    if listed is not None:
        for each in listed.elements():
            selection = each.get("SelectionPattern")
            found.append(
                _mock_response(each, _pattern(selection, selection.own_text()) if selection is not None else None)
            )
    return found


def _pattern(node: Node, pattern: str) -> str | None:
    """Return the pattern for the status of a mock's answer; `None` for the default one."""
    try:
        re.compile(pattern)
    except re.error as error:
        node.problem(f"The selection pattern {pattern} is no regular expression: {error}.")
    return pattern or None


def _mock_response(node: Node, selection: str | None) -> MockResponse:
    status = node.text("statusCode", "StatusCode") or ""
    if not status.isdecimal():
        node.problem("The status code of an integration response has to be a number.")
        status = "500"
    return MockResponse(
        status=int(status),
        selection=selection,
        parameters=header_parameters(node.get(*_RESPONSE_PARAMETERS), "method.response.header."),
        templates=templates(node, "responseTemplates", "ResponseTemplates"),
    )


def _with_variables(node: Node, variables: Mapping[str, str]) -> str:
    text = node.own_text()
    for name in _VARIABLE.findall(text):
        if name not in variables:
            node.problem(f"The stage has no variable {name}.")
            return ""
    return _VARIABLE.sub(lambda found: variables[found[1]], text)


def _present(node: Node, names: tuple[str, ...]) -> str:
    return next((name for name in names if node.get(name) is not None), names[0])
