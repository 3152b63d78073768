"""Exchanges for the tests of what the gateway answers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from gatepost.apigateway.exchange import Exchange, Failure, Request
from gatepost.apigateway.model.api import Api, Cors, GatewayResponse, Route, Stage
from gatepost.apigateway.model.integration import Integration, LambdaProxy

LAMBDA = LambdaProxy("Function", "2.0", 29)
HTTP_ID = "JKJaXmPLvHcESHA="
REST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


def api(kind: Literal["HTTP", "REST"] = "HTTP", **settings: Any) -> Api:
    plain = Api("TheApi", "the-api", kind, "abcdefghij", Stage("prod", {"color": "blue"}), ())
    return replace(plain, **settings)


def request(
    method: str = "GET",
    path: str = "/prod/pets/7",
    *,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Request:
    pairs = tuple((headers or {}).items())
    return Request(method, path, query, pairs, body, "203.0.113.9", "HTTP/1.1", 1_584_039_838.5)


def exchange(
    the_api: Api | None = None,
    the_request: Request | None = None,
    *,
    failure: Failure | None = None,
    integration: Integration = LAMBDA,
    route: Route | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Exchange:
    """Return an exchange of `GET /prod/pets/7` with the route `GET /pets/{id}`."""
    the_api = the_api or api()
    made = Exchange(
        the_api,
        the_request or request(),
        request_id=HTTP_ID if the_api.kind == "HTTP" else REST_ID,
        extended_request_id=HTTP_ID,
        host="abcdefghij.execute-api.us-east-1.amazonaws.com",
    )
    made.path = "/pets/7"
    made.route = route or Route("GET", "/pets/{id}", integration, resource_id="r7")
    made.path_parameters = {"id": "7"} if parameters is None else parameters
    made.failure = failure
    return made


def rest(**responses: GatewayResponse) -> Api:
    return api("REST", gateway_responses=responses)


def cors(*origins: str, **settings: Any) -> Api:
    return api(cors=Cors(origins=origins, **settings))
