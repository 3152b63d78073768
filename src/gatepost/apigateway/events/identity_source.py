"""What the identity sources of a Lambda authorizer name in a request."""

from collections.abc import Sequence

from gatepost.apigateway.events.proxy import request_1_0, request_2_0
from gatepost.apigateway.events.query_string import joined, listed
from gatepost.apigateway.exchange import Exchange

_HEADER = ("method.request.header.", "$request.header.")
_QUERY = ("method.request.querystring.", "$request.querystring.")
_STAGE = ("stageVariables.", "$stageVariables.")
_CONTEXT = ("context.", "$context.")


def identity_values(exchange: Exchange, sources: Sequence[str]) -> list[str | None]:
    """Return the value of each identity source, `None` where the request has none.

    Args:
        exchange: The request, with its route.
        sources: As a template writes them: `method.request.header.X`, `method.request.querystring.X`,
            `stageVariables.X` and `context.X` for a REST API; the same with `$request`, `$stageVariables` and
            `$context` for an HTTP API. The name of a header has no case, that of a parameter has. What cannot be
            an identity source has no value.
    """
    return [_value(exchange, source) for source in sources]


def _value(exchange: Exchange, source: str) -> str | None:
    if (name := _after(source, _HEADER)) is not None:
        return exchange.request.header(name)
    if (name := _after(source, _QUERY)) is not None:
        query = exchange.request.query
        if exchange.api.kind == "HTTP":
            return joined(query).get(name)
        values = listed(query, semicolons=True).get(name)
        return None if values is None else values[-1]
    if (name := _after(source, _STAGE)) is not None:
        return exchange.api.stage.variables.get(name)
    if (name := _after(source, _CONTEXT)) is not None:
        return _context(exchange, name)
    return None


def _after(source: str, prefixes: Sequence[str]) -> str | None:
    for prefix in prefixes:
        if source.startswith(prefix):
            return source[len(prefix) :]
    return None


def _context(exchange: Exchange, name: str) -> str | None:
    """Return a context variable: those of format 1.0, and for an HTTP API those of its logs, such as `routeKey`."""
    _, context = request_1_0(exchange)
    if exchange.api.kind == "HTTP":
        _, newer = request_2_0(exchange)
        context = {**context, **newer}
    found: object = context
    for part in name.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    if isinstance(found, int):
        return str(found)
    return found if isinstance(found, str) else None
