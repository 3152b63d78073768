"""Which of API Gateway's extensions to OpenAPI are known here; any other may change who gets in."""

from difflib import get_close_matches

from gatepost.apigateway.template.node import Node

_PREFIX = "x-amazon-apigateway-"

# What is read, and what has no meaning for who gets in or for what is answered.
_DOCUMENT = {
    "api-key-source",
    "binary-media-types",
    "cors",
    "documentation",
    "endpoint-configuration",
    "gateway-responses",
    "importexport-version",
    "minimum-compression-size",
    "policy",
    "request-validator",
    "request-validators",
}
_OPERATION = {"auth", "integration", "request-validator", "documentation"}


def check_document(document: Node) -> None:
    """Report what the gateway does not know, or cannot do, at the top of a document."""
    for name, node in document.items():
        if name.startswith(_PREFIX) and name.removeprefix(_PREFIX) not in _DOCUMENT:
            node.problem(f"The extension {name} is not supported.")
    endpoint = document.get(f"{_PREFIX}endpoint-configuration")
    if endpoint is not None and endpoint.get("vpcEndpointIds") is not None:
        endpoint.problem("A private API is reached through a VPC alone and is not supported.")


def check_operation(operation: Node, document: Node) -> None:
    """Report what the gateway does not know, or cannot do, at an operation."""
    for name, node in operation.items():
        if name.startswith(_PREFIX) and name.removeprefix(_PREFIX) not in _OPERATION:
            node.problem(f"The extension {name} is not supported.")
        elif name != "security" and get_close_matches(name.lower(), ("security",)):
            node.problem(f"OpenAPI knows no {name} in an operation, so it would mean nothing. Write security.")
    named = operation.get(f"{_PREFIX}request-validator") or document.get(f"{_PREFIX}request-validator")
    if named is None:
        return
    validator = document[f"{_PREFIX}request-validators"].get(named.own_text())
    if validator is None:
        named.problem(f"There is no request validator {named.own_text()}.")
    elif validates(validator):
        named.problem(NOT_VALIDATED)


NOT_VALIDATED = "Requests are not validated here, so the function would see what AWS refuses. Remove the validator."


def validates(validator: Node) -> bool:
    """Tell whether a request validator does anything."""
    body = validator.boolean("validateRequestBody", "ValidateRequestBody")
    return bool(body or validator.boolean("validateRequestParameters", "ValidateRequestParameters"))
