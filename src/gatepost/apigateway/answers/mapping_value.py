"""The expressions on the right side of a REST API's parameter mappings.

API Gateway developer guide, "Parameter mapping source reference for REST APIs".
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from gatepost.apigateway.answers.json_path import JsonPath, NotInside, UnsupportedPath
from gatepost.apigateway.answers.variables import plain_text, variable
from gatepost.apigateway.exchange import Exchange, Response

_REQUEST = "method.request."
_RESPONSE = "integration.response."


def mapping_value(expression: str, exchange: Exchange, response: Response | None = None) -> str | None:
    """Return what an expression stands for.

    Args:
        expression: `'a text'`, `method.request.header.NAME`, `integration.response.header.NAME`, `context.NAME`,
            `stageVariables.NAME` and so on.
        exchange: The request.
        response: The integration's response, for `integration.response`.

    Returns:
        The value, or `None` where the request or the response has none, or the expression is of no known form.
    """
    expression = expression.strip()
    if len(expression) > 1 and expression[0] == expression[-1] == "'":
        return expression[1:-1]
    if expression.startswith(("context.", "stageVariables.")):
        return variable(expression, exchange, response) or None
    if expression.startswith(_REQUEST):
        place, _, name = expression[len(_REQUEST) :].partition(".")
        return _in_request(place, name, exchange)
    if expression.startswith(_RESPONSE) and response is not None:
        place, _, name = expression[len(_RESPONSE) :].partition(".")
        if place in {"header", "multivalueheader"}:
            return joined(response.headers, name)
        return in_json(response.body, name) if place == "body" else None
    return None


def supported(expression: str) -> bool:
    """Tell whether `mapping_value` knows the form of an expression."""
    expression = expression.strip()
    if len(expression) > 1 and expression[0] == expression[-1] == "'":
        return True
    if expression.startswith(("context.", "stageVariables.")):
        return True
    for beginning in (_REQUEST, _RESPONSE):
        if expression.startswith(beginning):
            place, _, name = expression[len(beginning) :].partition(".")
            if place == "body":
                return not name or JsonPath.supports(f"$.{name}")
            places = {"header", "multivalueheader", "querystring", "multivaluequerystring", "path"}
            return bool(name) and place in places
    return False


def query_value(query: str, name: str) -> str | None:
    """Return the last value of a parameter of a query string, decoded, or `None`."""
    found = None
    for each, value in parse_qsl(query, keep_blank_values=True):
        if each == name:
            found = value
    return found


def joined(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    """Return the value of a header, several joined by a comma, or `None`."""
    wanted = name.lower()
    found = [value for each, value in headers if each.lower() == wanted]
    return ",".join(found) if found else None


def in_json(body: bytes, path: str) -> str | None:
    """Return what stands at a path (without its `$.`) in a JSON body, or the whole body for an empty path."""
    if not path:
        return body.decode("utf-8", "replace")
    try:
        return plain_text(JsonPath(f"$.{path}").find(JsonPath.read(body)))
    except (NotInside, UnsupportedPath, ValueError):
        return None


def _in_request(place: str, name: str, exchange: Exchange) -> str | None:
    request = exchange.request
    parameters: Mapping[str, str] = exchange.path_parameters
    if place == "path":
        return parameters.get(name)
    if place in {"querystring", "multivaluequerystring"}:
        return query_value(request.query, name)
    if place in {"header", "multivalueheader"}:
        return request.header(name)
    return in_json(request.body, name) if place == "body" else None
