"""What a template has written into requests and responses: a mapping that nobody would follow stops the start."""

from collections.abc import Mapping

from gatepost.apigateway.template.node import Node

_REST_TARGETS = tuple(f"integration.request.{place}." for place in ("header", "querystring", "path"))
_REST_EXPRESSIONS = "'a text', method.request.header.NAME, context.NAME, stageVariables.NAME and the like"


def http_request_parameters(node: Node | None) -> dict[str, str]:
    """Read the request parameters of an HTTP API's HTTP proxy: `overwrite:header.x` and the like."""
    return _http_mappings(node) if node is not None else {}


def http_response_parameters(node: Node | None) -> Mapping[str, Mapping[str, str]]:
    """Read the response parameters of an HTTP API's HTTP proxy, by status code."""
    return {status: _of_status(each) for status, each in node.items()} if node is not None else {}


def rest_request_parameters(node: Node | None) -> dict[str, str]:
    """Read the request parameters of a REST API's HTTP proxy: `integration.request.path.x` and the like."""
    return _rest_mappings(node, _REST_TARGETS)


def header_parameters(node: Node | None, beginning: str) -> dict[str, str]:
    """Read the response parameters of a REST API's mock or gateway response.

    Args:
        node: The parameters, or `None`.
        beginning: What the name of each header follows, such as `method.response.header.`.
    """
    return _rest_mappings(node, (beginning,))


def _of_status(node: Node) -> dict[str, str]:
    listed = node.get("ResponseParameters")
    if listed is None:
        return _http_mappings(node)
    found = {}
    for each in listed.elements():
        key, value = each.required("Destination"), each.required("Source")
        if key and value:
            _check_http(each, key, value)
            found[key] = value
    return found


def _http_mappings(node: Node) -> dict[str, str]:
    found = {}
    for key, each in node.items():
        found[key] = each.own_text()
        _check_http(each, key, found[key])
    return found


def _check_http(node: Node, key: str, value: str) -> None:
    from gatepost.apigateway.answers.parameter_mapping import unsupported_mapping

    wrong = unsupported_mapping(key, value)
    if wrong is not None:
        node.problem(f"{wrong[:1].upper()}{wrong[1:]}.")


def _rest_mappings(node: Node | None, targets: tuple[str, ...]) -> dict[str, str]:
    from gatepost.apigateway.answers.mapping_value import supported

    found = {}
    for target, each in node.items() if node is not None else ():
        found[target] = each.own_text()
        if not any(target.startswith(known) and target != known for known in targets):
            names = " or ".join(f"{known}NAME" for known in targets)
            each.problem(f"{target} cannot be mapped. Use {names}.")
        elif not supported(found[target]):
            each.problem(f"The value {found[target]} is not supported. Use {_REST_EXPRESSIONS}.")
    return found
