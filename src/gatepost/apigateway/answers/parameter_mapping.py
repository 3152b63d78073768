"""The parameter mappings of an HTTP API: what is written into a request before the integration, and into its response.

API Gateway developer guide, "Transform API requests and responses for HTTP APIs".
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from gatepost.apigateway.answers.header_value import header_value
from gatepost.apigateway.answers.json_path import JsonPath
from gatepost.apigateway.answers.mapping_value import in_json, joined
from gatepost.apigateway.answers.variables import variable
from gatepost.apigateway.exchange import Exchange, Response

_KEY = re.compile(r"(?P<verb>append|overwrite|remove):(?P<place>header|querystring|path|statuscode)(?:\.(?P<name>.+))?")
_VARIABLE = r"(?:request|response|context|stageVariables)(?:\.[A-Za-z0-9_\[\]'-]+)+"
_BRACED = re.compile(rf"\$\{{({_VARIABLE})\}}")
_ALONE = re.compile(rf"\$({_VARIABLE})")
_RESERVED = frozenset(
    {
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-location",
        "forwarded",
        "keep-alive",
        "origin",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
    }
)
_RESERVED_BEGINNINGS = ("access-control-", "apigw-", "x-amz-", "x-amzn-")


class Mapped(NamedTuple):
    """One mapping: `append`, `overwrite` or `remove`, of a `header`, `querystring`, `path` or `statuscode`."""

    verb: str
    place: str
    name: str
    value: str


def unsupported_mapping(key: str, value: str) -> str | None:
    """Return what is wrong with a mapping, in one sentence, or `None`: for who reads the template."""
    found = _KEY.fullmatch(key)
    if found is None or (found["name"] is None) == (found["place"] in {"header", "querystring"}):
        return f"the mapping {key!r} is not of the form overwrite:header.NAME"
    if found["place"] in {"path", "statuscode"} and found["verb"] != "overwrite":
        return f"the mapping {key!r} can only be overwrite:{found['place']}"
    if found["place"] == "header":
        name = found["name"].lower()
        if name in _RESERVED or name.startswith(_RESERVED_BEGINNINGS):
            return f"the header {found['name']!r} is reserved, and cannot be mapped"
    if found["verb"] == "remove" or "$" not in value:
        return None
    names = [alone[1]] if (alone := _ALONE.fullmatch(value)) else _BRACED.findall(value)
    if not names:
        return f"the value {value!r} is neither $request.header.NAME and the like nor a text with ${{...}}"
    bad = next((name for name in names if not _known(name)), None)
    return f"the value ${bad} is not supported" if bad else None


def mappings(parameters: Mapping[str, str], exchange: Exchange, response: Response | None = None) -> list[Mapped]:
    """Return the mappings with their values for a request, and for the integration's response once it is there."""
    found = []
    for key, expression in parameters.items():
        parsed = _KEY.fullmatch(key)
        if parsed is not None:
            value = "" if parsed["verb"] == "remove" else selected(expression, exchange, response)
            found.append(Mapped(parsed["verb"], parsed["place"], parsed["name"] or "", value))
    return found


def selected(expression: str, exchange: Exchange, response: Response | None = None) -> str:
    """Return what a selection expression stands for: a variable alone, or a text with `${variables}`."""
    alone = _ALONE.fullmatch(expression)
    if alone is not None:
        return _variable(alone[1], exchange, response)
    return _BRACED.sub(lambda found: _variable(found[1], exchange, response), expression)


def mapped_headers(headers: tuple[tuple[str, str], ...], mapped: list[Mapped]) -> tuple[tuple[str, str], ...]:
    """Return headers with what is mapped to them."""
    for verb, place, name, value in mapped:
        if place != "header":
            continue
        lower = name.lower()
        if verb != "append":
            headers = tuple(header for header in headers if header[0].lower() != lower)
        if verb != "remove":
            headers += ((name, header_value(value)),)
    return headers


def mapped_response(response: Response, parameters: Mapping[str, Mapping[str, str]], exchange: Exchange) -> Response:
    """Return a response with what is mapped for its status, or by default, written into it."""
    wanted = parameters.get(str(response.status)) or parameters.get("default")
    if not wanted:
        return response
    mapped = mappings(wanted, exchange, response)
    status = response.status
    for each in mapped:
        if each.place == "statuscode" and re.fullmatch(r"[1-5]\d\d", each.value):
            status = int(each.value)
    return Response(status, mapped_headers(response.headers, mapped), response.body)


def _known(name: str) -> bool:
    root, _, rest = name.partition(".")
    if root in {"context", "stageVariables"}:
        return True
    place, _, rest = rest.partition(".")
    if place == "body":
        return not rest or JsonPath.supports(f"$.{rest}")
    if root == "response":
        return place == "header" and bool(rest)
    return place == "path" or (place in {"header", "querystring"} and bool(rest))


def _variable(name: str, exchange: Exchange, response: Response | None) -> str:
    root, _, rest = name.partition(".")
    if root in {"context", "stageVariables"}:
        return variable(name, exchange, response)
    place, _, rest = rest.partition(".")
    if root == "response":
        if response is None:
            return ""
        found = joined(response.headers, rest) if place == "header" else in_json(response.body, rest)
        return found or ""
    return _of_request(place, rest, exchange) or ""


def _of_request(place: str, name: str, exchange: Exchange) -> str | None:
    request = exchange.request
    if place == "header":
        return request.header(name)
    if place == "querystring":
        return ",".join(value for each, value in parse_qsl(request.query, keep_blank_values=True) if each == name)
    if place == "path":
        return exchange.path_parameters.get(name) if name else exchange.path
    return in_json(request.body, name) if place == "body" else None
