"""The request that an HTTP proxy integration sends to another server."""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from gatepost.apigateway.answers.header_value import header_value
from gatepost.apigateway.answers.hop_by_hop import end_to_end
from gatepost.apigateway.answers.integration_failed import IntegrationFailed
from gatepost.apigateway.answers.mapping_value import mapping_value
from gatepost.apigateway.answers.parameter_mapping import Mapped, mapped_headers, mappings
from gatepost.apigateway.exchange import Exchange
from gatepost.apigateway.model.integration import HttpProxy

_PARAMETER = re.compile(r"\{(?P<name>[A-Za-z0-9._$-]+)(?P<greedy>\+)?\}")
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.(?P<name>[A-Za-z0-9_]+)\}")
_GREEDY = re.compile(r"\{(?P<name>[^{}]+)\+\}")
_SAFE = ":@!$&'()*+,;=~-._"
_REST = "integration.request."


class OutgoingRequest(NamedTuple):
    """A request to another server.

    Attributes:
        method: The method.
        url: An http or https URL, with its query.
        headers: Names and values, without `Host` and `Content-Length`.
        body: The body.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def url_parameters(url: str) -> tuple[str, ...]:
    """Return the names of the parameters of an integration's URL, each of which something has to give."""
    return tuple(found["name"] for found in _PARAMETER.finditer(url))


def outgoing_request(exchange: Exchange, integration: HttpProxy) -> OutgoingRequest:
    """Return what to send for a request.

    Raises:
        IntegrationFailed: When the URL has a parameter that nothing gives, one that would lead to another place, or is
            no http or https URL.
    """
    request = exchange.request
    method = request.method if integration.method in {"", "ANY"} else integration.method
    headers = end_to_end(request.headers, without=frozenset({"host", "content-length", "expect"}))
    if exchange.api.kind == "HTTP":
        mapped = mappings(integration.request_parameters, exchange)
        url = _url(exchange, integration.url, exchange.path_parameters)
        path = next((each.value for each in mapped if each.place == "path"), None)
        url = _with(url, path, _http_query(request.query, mapped))
        return OutgoingRequest(method, url, mapped_headers(_http_headers(headers, exchange), mapped), request.body)
    rest = _rest_mappings(integration.request_parameters, exchange)
    url = _url(exchange, integration.url, rest["path"])
    query = request.query
    if rest["querystring"]:
        kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in rest["querystring"]]
        query = urlencode([*kept, *rest["querystring"].items()])
    return OutgoingRequest(
        method, _with(url, None, query), _rest_headers(headers, exchange, rest["header"]), request.body
    )


def _url(exchange: Exchange, url: str, parameters: Mapping[str, str]) -> str:
    """Return the URL with its stage variables and path parameters filled in."""
    variables = exchange.api.stage.variables
    url = _STAGE_VARIABLE.sub(lambda found: variables.get(found["name"], ""), url)
    origin, slash, rest = _split(url)
    if _PARAMETER.search(origin):
        raise _misconfigured("the host of the integration's URL cannot be a parameter")

    greedy = _greedy_value(exchange)

    def filled(found: re.Match[str]) -> str:
        value = parameters.get(found["name"])
        if value is None:
            raise _misconfigured(f"nothing gives the parameter {{{found['name']}}} of the integration's URL")
        if any(segment in {".", ".."} for segment in value.split("/")):
            raise _misconfigured(f"the parameter {{{found['name']}}} has a dot segment, which would lead elsewhere")
        # A slash that was escaped in one segment stays one, and makes two of it nowhere.
        return quote(value, safe=_SAFE + "/" if value == greedy else _SAFE, errors="replace")

    return origin + slash + _PARAMETER.sub(filled, rest)


def _greedy_value(exchange: Exchange) -> str | None:
    found = None if exchange.route is None else _GREEDY.search(exchange.route.path)
    return None if found is None else exchange.path_parameters.get(found["name"])


def _split(url: str) -> tuple[str, str, str]:
    scheme, separator, rest = url.partition("://")
    if separator == "" or scheme.lower() not in {"http", "https"}:
        raise _misconfigured("the integration's URL is no http or https URL")
    authority, slash, path = rest.partition("/")
    if not authority or "@" in authority:
        raise _misconfigured("the integration's URL has no host, or credentials in it")
    return f"{scheme.lower()}://{authority}", slash, path


def _with(url: str, path: str | None, query: str) -> str:
    """Return the URL with another path, and with more in its query."""
    try:
        scheme, authority, own_path, own_query, _ = urlsplit(url)
    except ValueError:
        raise _misconfigured("the integration's URL is not well-formed") from None
    if path is not None:
        own_path = quote("/" + path.lstrip("/"), safe=_SAFE + "/%", errors="replace")
        if any(segment in {".", ".."} for segment in own_path.split("/")):
            raise _misconfigured("the path that is mapped has a dot segment, which would lead elsewhere")
    return urlunsplit((scheme, authority, own_path or "/", "&".join(part for part in (own_query, query) if part), ""))


def _http_query(query: str, mapped: list[Mapped]) -> str:
    changes = [each for each in mapped if each.place == "querystring"]
    if not changes:
        return query
    pairs = parse_qsl(query, keep_blank_values=True)
    for verb, _, name, value in changes:
        if verb != "append":
            pairs = [pair for pair in pairs if pair[0] != name]
        if verb != "remove":
            pairs.append((name, value))
    return urlencode(pairs)


def _http_headers(headers: tuple[tuple[str, str], ...], exchange: Exchange) -> tuple[tuple[str, str], ...]:
    """Return the headers with `Forwarded` instead of `X-Forwarded-*`, and `Via`, as HTTP APIs send them."""
    kept = tuple(header for header in headers if not _says_where_from(header[0].lower()))
    forwarded = f"for={exchange.request.source_ip};host={exchange.host};proto=https"
    return (*kept, ("forwarded", header_value(forwarded)), ("via", "HTTP/1.1 AmazonAPIGateway"))


def _says_where_from(name: str) -> bool:
    return name in {"forwarded", "via"} or name.startswith("x-forwarded-")


def _rest_headers(
    headers: tuple[tuple[str, str], ...], exchange: Exchange, mapped: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return the headers with the mapped ones in place of those of their names, and where the request came from."""
    own = {"x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-apigateway-api-id"}
    came_from = exchange.request.header("x-forwarded-for")
    source = exchange.request.source_ip
    replaced = own | {name.lower() for name in mapped}
    kept = [header for header in headers if header[0].lower() not in replaced]
    kept += [
        ("X-Forwarded-For", f"{came_from}, {source}" if came_from else source),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
        ("x-amzn-apigateway-api-id", exchange.api.api_id),
    ]
    kept += [(name, header_value(value)) for name, value in mapped.items()]
    return tuple(kept)


def _rest_mappings(parameters: Mapping[str, str], exchange: Exchange) -> dict[str, dict[str, str]]:
    mapped: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}}
    for target, expression in parameters.items():
        place, _, name = target.removeprefix(_REST).partition(".")
        value = mapping_value(expression, exchange)
        if target.startswith(_REST) and place in mapped and value is not None:
            mapped[place][name] = value
    return mapped


def _misconfigured(why: str) -> IntegrationFailed:
    return IntegrationFailed("API_CONFIGURATION_ERROR", why)
