"""CORS of an HTTP API with a `CorsConfiguration`: the preflight, and the headers of every other response.

API Gateway developer guide, "Configure CORS for HTTP APIs". A REST API has none of it: its preflights are methods.
"""

from gatepost.apigateway.exchange import Exchange, Request, Response
from gatepost.apigateway.model.api import DEFAULT_ROUTE, Cors
from gatepost.apigateway.model.assumptions import Assumptions

_PREFIX = "access-control-"


def preflight(exchange: Exchange, assumptions: Assumptions) -> Response | None:
    """Return the answer to a preflight, or `None` when the request has to go on.

    To be asked after routing, whether a route was found or not, and before any authorizer: a preflight needs no route.
    The one exception is a `$default` route with an authorizer, which gets the preflight like any other request.
    """
    request = exchange.request
    cors = exchange.api.cors
    if request.method != "OPTIONS" or cors is None:
        return None
    origin = _origin(request)
    if origin is None or request.header("access-control-request-method") is None:
        return None
    route = exchange.route
    if route is not None and route.path == DEFAULT_ROUTE and route.authorizer is not None:
        return None
    allowed = _allowed(cors, origin)
    if allowed is None:
        return Response(assumptions.preflight_status)
    headers = [("access-control-allow-origin", allowed)]
    if cors.methods:
        headers.append(("access-control-allow-methods", ",".join(cors.methods)))
    if cors.headers:
        headers.append(("access-control-allow-headers", ",".join(cors.headers)))
    if cors.max_age is not None:
        headers.append(("access-control-max-age", str(cors.max_age)))
    if cors.credentials:
        headers.append(("access-control-allow-credentials", "true"))
    return Response(204, tuple(headers))


def with_cors(exchange: Exchange, response: Response) -> Response:
    """Return a response with the API's CORS headers instead of those that the integration set.

    An HTTP API without a CORS configuration, and a REST API, hand on the response as it is.
    """
    cors = exchange.api.cors
    if cors is None or exchange.api.kind == "REST":
        return response
    headers = response.headers
    for name, _ in headers:
        if name[:1] in "Aa" and name[:15].lower() == _PREFIX:
            headers = tuple([header for header in headers if header[0][:15].lower() != _PREFIX])
            break
    origin = _origin(exchange.request)
    allowed = None if origin is None else _allowed(cors, origin)
    if allowed is None:
        return response if headers is response.headers else Response(response.status, headers, response.body)
    added: tuple[tuple[str, str], ...] = (("access-control-allow-origin", allowed),)
    if cors.credentials:
        added += (("access-control-allow-credentials", "true"),)
    if cors.expose:
        added += (("access-control-expose-headers", ",".join(cors.expose)),)
    return Response(response.status, headers + added, response.body)


def _origin(request: Request) -> str | None:
    # Every response asks this: without a call for headers whose name is of another length.
    for name, value in request.headers:
        if len(name) == 6 and name.lower() == "origin":
            return value
    return None


def _allowed(cors: Cors, origin: str) -> str | None:
    """Return the value of `access-control-allow-origin` for an origin, or `None` when it is not allowed."""
    if "*" in cors.origins:
        return "*"
    if origin in cors.origins:
        return origin
    for pattern in cors.origins:
        beginning, star, end = pattern.partition("*")
        long_enough = len(origin) > len(beginning) + len(end)
        # What is echoed into a header must hold nothing that ends it.
        if star and long_enough and origin.isprintable() and origin.startswith(beginning) and origin.endswith(end):
            return origin
    return None
