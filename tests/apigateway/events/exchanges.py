"""Requests on their way, as the gateway would have filled them in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal
from uuid import UUID

from gatepost.apigateway.exchange import Exchange, Identity, Request
from gatepost.apigateway.model.api import DEFAULT_STAGE, Api, Route, Stage
from gatepost.apigateway.model.authorizer import Payload
from gatepost.apigateway.model.integration import LambdaProxy
from gatepost.apigateway.routing.router import Router

HTTP_REQUEST_ID = "ATfSmjLgPHcESJw="
REST_REQUEST_ID = str(UUID("7c2af7db-31f3-42b5-8a6d-9ffc74e3b9e0"))
# 12 March 2020, 19:03:58.390 UTC
WHEN = 1584039838.390


def exchange(
    kind: Literal["HTTP", "REST"] = "HTTP",
    *,
    payload: Payload = "2.0",
    key: str = "$default",
    method: str = "GET",
    path: str = "/my/path",
    query: str = "",
    headers: Sequence[tuple[str, str]] = (("Host", "id.execute-api.us-east-1.amazonaws.com"),),
    body: bytes = b"",
    stage: str = DEFAULT_STAGE,
    variables: dict[str, str] | None = None,
    binary: tuple[str, ...] = (),
    identity: Identity | None = None,
    api_key_required: bool = False,
    api_key_source: Literal["HEADER", "AUTHORIZER"] = "HEADER",
    operation: str = "",
) -> Exchange:
    """Return a request to an API with one route, found by the router."""
    proxy = LambdaProxy("Function", "1.0" if kind == "REST" else payload, 29)
    wanted, _, template = key.partition(" ")
    route = Route("", "$default", proxy) if key == "$default" else Route(wanted, template, proxy)
    if kind == "REST":
        route = replace(route, resource_id="al6gqb", api_key_required=api_key_required, operation=operation)
    api = Api(
        "Api",
        "Api",
        kind,
        "abcdef1234",
        Stage(stage, variables or {}),
        (route,),
        binary_media_types=binary,
        api_key_source=api_key_source,
    )
    request = Request(method, path, query, tuple(headers), body, "68.8.83.18", "HTTP/1.1", WHEN)
    found = Exchange(
        api,
        request,
        request_id=REST_REQUEST_ID if kind == "REST" else HTTP_REQUEST_ID,
        extended_request_id="ATfSdF7nPHcErRA=" if kind == "REST" else "",
        host=request.header("host") or "localhost",
    )
    match = Router(api).find(method, path)
    assert match is not None
    found.route, found.path, found.path_parameters = match.route, match.path, match.parameters
    found.identity = identity
    return found
