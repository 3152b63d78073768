"""HTTP APIs: `AWS::ApiGatewayV2::Api` with its document, or with its routes and integrations."""

from collections.abc import Mapping

from gatepost.apigateway.model.api import DEFAULT_ROUTE, DEFAULT_STAGE, IAM, Api, Cors, Route, Stage
from gatepost.apigateway.model.authorizer import Authorizer, JwtAuthorizer
from gatepost.apigateway.model.integration import HttpProxy, Integration, LambdaProxy
from gatepost.apigateway.template.api_document import api_document
from gatepost.apigateway.template.authorizers import http_authorizer
from gatepost.apigateway.template.ids import made_id
from gatepost.apigateway.template.integrations import read_integration
from gatepost.apigateway.template.node import Node
from gatepost.apigateway.template.openapi import Described, read_openapi
from gatepost.apigateway.template.reading import Reading
from gatepost.apigateway.template.route_path import check_path
from gatepost.apigateway.template.security import check_scopes

_METHODS = {"GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE", "ANY"}


def read_http_api(logical_id: str, node: Node, stage: Stage, reading: Reading) -> Api:
    """Read an HTTP API as one of its stages serves it.

    Args:
        logical_id: Its logical id.
        node: Its properties.
        stage: The stage.
        reading: The template.
    """
    api_id = made_id(logical_id)
    document = api_document(node, reading)
    described = (
        read_openapi(document, "HTTP", logical_id, stage.variables, reading)
        if document is not None
        else Described((), {})
    )
    base_path = node.text("BasePath") or "ignore"
    if base_path != "ignore":
        node["BasePath"].problem(f"The base path {base_path} would move the routes and is not supported. Use ignore.")
    names, authorizers = _authorizers(api_id, described.authorizers, reading)
    routes = [*_quick_route(node, reading), *_routes(api_id, names, authorizers, stage.variables, reading)]
    if node.boolean("DisableExecuteApiEndpoint"):
        node["DisableExecuteApiEndpoint"].notice("It is served here, though AWS serves it under its own domain alone.")
    cors = node.get("CorsConfiguration") or (document.get("x-amazon-apigateway-cors") if document is not None else None)
    jwt = any(isinstance(each, JwtAuthorizer) for each in described.authorizers.values())
    return Api(
        logical_id=logical_id,
        name=node.text("Name") or (document["info"].text("title") if document is not None else None) or logical_id,
        kind="HTTP",
        api_id=api_id,
        stage=stage,
        routes=(*described.routes, *routes),
        authorizers={**described.authorizers, **authorizers},
        cors=_cors(cors) if cors is not None else None,
        region=reading.region,
        account=reading.account,
        ignores_warnings=jwt and not node.boolean("FailOnWarnings"),
        place=node.place,
    )


def quick_stage(node: Node) -> Stage | None:
    """Return the stage that an API with a Target gets by itself, or `None`."""
    return Stage(DEFAULT_STAGE, place=node["Target"].place) if node.get("Target") is not None else None


def _cors(node: Node) -> Cors:
    origins = node.texts("AllowOrigins", "allowOrigins")
    credentials = bool(node.boolean("AllowCredentials", "allowCredentials"))
    if credentials and "*" in origins:
        node.problem("Credentials cannot be allowed for every origin. Name the origins.")
    return Cors(
        origins=origins,
        methods=node.texts("AllowMethods", "allowMethods"),
        headers=node.texts("AllowHeaders", "allowHeaders"),
        expose=node.texts("ExposeHeaders", "exposeHeaders"),
        max_age=node.integer("MaxAge", "maxAge"),
        credentials=credentials,
    )


def _quick_route(node: Node, reading: Reading) -> list[Route]:
    """Return the route of an API with a Target."""
    target = node.get("Target")
    if target is None:
        return []
    integration: Integration
    text = target.own_text()
    if text.startswith(("http://", "https://")):
        integration = HttpProxy(text, "ANY", 30, place=target.place)
    else:
        function = reading.functions.use(target, text)
        if function is None:
            return []
        integration = LambdaProxy(function, "2.0", 30, node.text("CredentialsArn"), target.place)
    method, path = _key(node, node.text("RouteKey") or DEFAULT_ROUTE)
    return [Route(method, path, integration, place=target.place)]


def _authorizers(
    api_id: str, described: Mapping[str, Authorizer], reading: Reading
) -> tuple[dict[str, str], dict[str, Authorizer]]:
    """Return the authorizers that are resources: their names by id, and they by name."""
    names = {}
    found: dict[str, Authorizer] = {}
    for logical_id, node in reading.of("AWS::ApiGatewayV2::Authorizer"):
        if node.text("ApiId") != api_id:
            continue
        name = node.text("Name") or logical_id
        if name in found or name in described:
            node.problem(f"Another authorizer of the API is named {name}. Give each its own name.")
        names[made_id(logical_id, 6)] = name
        authorizer = http_authorizer(node, name, logical_id, reading)
        if authorizer is not None:
            found[name] = authorizer
    return names, found


def _routes(
    api_id: str,
    names: Mapping[str, str],
    authorizers: Mapping[str, Authorizer],
    variables: Mapping[str, str],
    reading: Reading,
) -> list[Route]:
    integrations = {
        f"integrations/{made_id(logical_id, 6)}": node
        for logical_id, node in reading.of("AWS::ApiGatewayV2::Integration")
        if node.text("ApiId") == api_id
    }
    routes = []
    for _, node in reading.of("AWS::ApiGatewayV2::Route"):
        if node.text("ApiId") != api_id:
            continue
        method, path = _key(node, node.required("RouteKey"))
        authorizer, scopes = _access(node, names, authorizers)
        target = integrations.get(node.text("Target") or "")
        if target is None:
            (node.get("Target") or node).problem("The route has no integration of the API: integrations/ID.")
            continue
        integration = read_integration(target, "HTTP", variables, reading)
        if integration is not None:
            operation = node.text("OperationName") or ""
            routes.append(Route(method, path, integration, authorizer, scopes, operation=operation, place=node.place))
    return routes


def _key(node: Node, key: str) -> tuple[str, str]:
    """Return the method and the path of a route key."""
    if key == DEFAULT_ROUTE:
        return "", DEFAULT_ROUTE
    method, _, path = key.partition(" ")
    if method not in _METHODS or not path:
        (node.get("RouteKey") or node).problem(f"{key} is no route key. Use METHOD /path or $default.")
        return "", DEFAULT_ROUTE
    check_path(node, path)
    return method, path


def _access(
    node: Node, names: Mapping[str, str], authorizers: Mapping[str, Authorizer]
) -> tuple[str | None, tuple[str, ...]]:
    kind = (node.text("AuthorizationType") or "NONE").upper()
    scopes = node.texts("AuthorizationScopes")
    if node.boolean("ApiKeyRequired"):
        node["ApiKeyRequired"].problem("HTTP APIs know no API keys.")
    if kind in {"JWT", "CUSTOM"}:
        authorizer_id = node.required("AuthorizerId")
        name = names.get(authorizer_id)
        if name is None and authorizer_id:
            node["AuthorizerId"].problem("This is no authorizer of the API.")
        authorizer = authorizers.get(name or "")
        if authorizer is not None and isinstance(authorizer, JwtAuthorizer) != (kind == "JWT"):
            node["AuthorizationType"].problem(f"{kind} does not fit the authorizer {name}.")
        check_scopes(node["AuthorizationScopes"], scopes, authorizer)
        return name or "?", scopes
    if kind not in {"NONE", IAM}:
        node["AuthorizationType"].problem(f"{kind} is none of NONE, AWS_IAM, CUSTOM and JWT.")
    if scopes or (kind == "NONE" and node.get("AuthorizerId") is not None):
        node.problem(f"The authorization type {kind} uses no authorizer and no scopes. Use JWT or CUSTOM.")
    return (IAM if kind == IAM else None), ()
