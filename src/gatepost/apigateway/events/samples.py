"""Sample events, made by the builders that make those of real requests."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from gatepost.apigateway.events.authorizer import authorizer_event
from gatepost.apigateway.events.proxy import proxy_event
from gatepost.apigateway.exchange import Exchange, Identity, JwtIdentity, LambdaIdentity, Request
from gatepost.apigateway.model.api import Api, Route, Stage
from gatepost.apigateway.model.authorizer import LambdaAuthorizer, Payload
from gatepost.apigateway.model.integration import LambdaProxy
from gatepost.errors import ConfigurationError

KINDS = {
    "rest-token": "a TOKEN authorizer of a REST API",
    "rest-request": "a REQUEST authorizer of a REST API",
    "http-v1-authorizer": "an authorizer of an HTTP API, payload 1.0",
    "http-v2-authorizer": "an authorizer of an HTTP API, payload 2.0",
    "rest-proxy": "a function behind a REST API",
    "rest-proxy-lambda": "a function behind a REST API with a Lambda authorizer",
    "http-v1": "a function behind an HTTP API, payload 1.0",
    "http-v2": "a function behind an HTTP API, payload 2.0",
    "http-v2-jwt": "a function behind an HTTP API with a JWT authorizer",
    "http-v2-lambda": "a function behind an HTTP API with a Lambda authorizer",
}

_IDENTITIES: dict[str, Identity] = {
    "rest-proxy-lambda": LambdaIdentity("user-1", {"scope": "read"}, 12),
    "http-v2-jwt": JwtIdentity({"iss": "https://issuer.example", "sub": "user-1", "scope": "read"}, None),
    "http-v2-lambda": LambdaIdentity(None, {"scope": "read"}, 12),
}
_REST_ID = "00000000-0000-4000-8000-000000000000"
_HTTP_ID = "AAAAAAAAAAAAAAA="


def sample(
    kind: str,
    *,
    method: str = "GET",
    path: str = "/user",
    headers: Iterable[tuple[str, str]] = (),
    token: str | None = None,
    query: str = "",
    body: str = "",
    now: float | None = None,
) -> dict[str, Any]:
    """Return a sample event.

    Args:
        kind: One of `KINDS`.
        method: The method of the request.
        path: Its path, which is the route's too.
        headers: Names and values of further headers.
        token: The token of its `Authorization` header; `Bearer ` is set before one without a scheme.
        query: Its query string.
        body: Its body; JSON, unless a header says otherwise.
        now: When it comes, in seconds since 1970; now when it is `None`.

    Raises:
        ConfigurationError: When there is no such kind, or the path does not begin with a slash.
    """
    if kind not in KINDS:
        raise ConfigurationError(f"there is no event {kind!r}; there are {', '.join(KINDS)}")
    if not path.startswith("/"):
        raise ConfigurationError(f"a path begins with a slash, as in /user, not {path!r}")
    method = method.upper()
    payload: Payload = "2.0" if kind.startswith("http-v2") else "1.0"
    rest = kind.startswith("rest")
    route = Route(method, path, LambdaProxy("Function", payload, 29), resource_id="res123" if rest else "")
    stage = Stage("prod") if rest else Stage()
    api = Api("SampleApi", "SampleApi", "REST" if rest else "HTTP", "sample1234", stage, (route,))
    host = f"{api.api_id}.execute-api.{api.region}.amazonaws.com"
    sent = _headers(host, headers, token, body)
    request = Request(
        method=method,
        path=f"/prod{path}" if rest else path,
        query=query.removeprefix("?"),
        headers=tuple(sent),
        body=body.encode(),
        source_ip="127.0.0.1",
        protocol="HTTP/1.1",
        time=time.time() if now is None else now,
    )
    exchange = Exchange(
        api, request, request_id=_REST_ID if rest else _HTTP_ID, extended_request_id=_HTTP_ID, host=host
    )
    exchange.path, exchange.route = path, route
    exchange.identity = _IDENTITIES.get(kind)
    if kind in {"rest-token", "rest-request"} or kind.endswith("-authorizer"):
        source = "method.request.header.Authorization" if rest else "$request.header.Authorization"
        authorizer = LambdaAuthorizer(
            "Sample", "auth12", "Function", "TOKEN" if kind == "rest-token" else "REQUEST", payload, (source,)
        )
        return authorizer_event(exchange, authorizer)
    return proxy_event(exchange)


def _headers(host: str, headers: Iterable[tuple[str, str]], token: str | None, body: str) -> Sequence[tuple[str, str]]:
    sent = [("Host", host), ("User-Agent", "gatepost"), ("Accept", "*/*")]
    if token is not None:
        sent.append(("Authorization", token if " " in token else f"Bearer {token}"))
    further = list(headers)
    if body and not any(name.lower() == "content-type" for name, _ in further):
        sent.append(("Content-Type", "application/json"))
    replaced = {name.lower() for name, _ in further}
    return [header for header in sent if header[0].lower() not in replaced] + further
