"""REST APIs: `AWS::ApiGateway::RestApi` with its document, or with its resources and methods."""

from collections.abc import Mapping
from typing import Literal

from gatepost.apigateway.model.api import IAM, Api, Route, Stage
from gatepost.apigateway.model.authorizer import Authorizer
from gatepost.apigateway.template.api_document import api_document
from gatepost.apigateway.template.api_keys import api_keys
from gatepost.apigateway.template.authorizers import rest_authorizer
from gatepost.apigateway.template.extensions import NOT_VALIDATED, validates
from gatepost.apigateway.template.gateway_responses import gateway_responses
from gatepost.apigateway.template.ids import made_id
from gatepost.apigateway.template.integrations import read_integration
from gatepost.apigateway.template.node import Node
from gatepost.apigateway.template.openapi import Described, read_openapi
from gatepost.apigateway.template.reading import Reading
from gatepost.apigateway.template.resource_policy import resource_policy
from gatepost.apigateway.template.route_path import check_path
from gatepost.apigateway.template.security import check_scopes

_METHODS = {"GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE", "ANY"}


def read_rest_api(logical_id: str, node: Node, stage: Stage, reading: Reading) -> Api:
    """Read a REST API as one of its stages serves it.

    Args:
        logical_id: Its logical id.
        node: Its properties.
        stage: The stage.
        reading: The template.
    """
    api_id = made_id(logical_id)
    document = api_document(node, reading)
    described = (
        read_openapi(document, "REST", logical_id, stage.variables, reading)
        if document is not None
        else Described((), {})
    )
    names, authorizers = _authorizers(api_id, described.authorizers, reading)
    methods = _methods(logical_id, api_id, names, authorizers, stage.variables, reading)
    _check(node)
    return Api(
        logical_id=logical_id,
        name=_name(node, document) or logical_id,
        kind="REST",
        api_id=api_id,
        stage=stage,
        routes=(*described.routes, *methods),
        authorizers={**described.authorizers, **authorizers},
        gateway_responses=gateway_responses(api_id, document, reading),
        binary_media_types=_either(node, document, "BinaryMediaTypes", "x-amazon-apigateway-binary-media-types"),
        resource_policy=resource_policy(node, document, reading, api_id),
        api_keys=api_keys(api_id, stage.name, reading),
        api_key_source=_key_source(node, document),
        region=reading.region,
        account=reading.account,
        place=node.place,
    )


def _check(node: Node) -> None:
    if node.get("CloneFrom") is not None:
        node["CloneFrom"].problem("The API to clone is on AWS alone. Write its document here.")
    base_path = node["Parameters"].text("basepath", "basePath") or "ignore"
    if base_path != "ignore":
        node["Parameters"].problem(
            f"The base path {base_path} would move the methods and is not supported. Use ignore."
        )
    endpoint = node.get("EndpointConfiguration")
    if endpoint is not None and "PRIVATE" in (endpoint.texts("Types") or endpoint.texts("Type")):
        endpoint.problem("A private API is reached through a VPC alone and is not supported.")
    if node.boolean("DisableExecuteApiEndpoint"):
        node["DisableExecuteApiEndpoint"].notice("It is served here, though AWS serves it under its own domain alone.")


def _name(node: Node, document: Node | None) -> str | None:
    return node.text("Name") or (document["info"].text("title") if document is not None else None)


def _either(node: Node, document: Node | None, name: str, extension: str) -> tuple[str, ...]:
    found = node.texts(name) or (document.texts(extension) if document is not None else ())
    return tuple(each.replace("~1", "/") for each in found)  # SAM writes image~1png


def _key_source(node: Node, document: Node | None) -> Literal["HEADER", "AUTHORIZER"]:
    extension = "x-amazon-apigateway-api-key-source"
    found = node.text("ApiKeySourceType") or (document.text(extension) if document is not None else None) or "HEADER"
    if found not in {"HEADER", "AUTHORIZER"}:
        node.problem(f"The source of API keys {found} is neither HEADER nor AUTHORIZER.")
    return "AUTHORIZER" if found == "AUTHORIZER" else "HEADER"


def _authorizers(
    api_id: str, described: Mapping[str, Authorizer], reading: Reading
) -> tuple[dict[str, str], dict[str, Authorizer]]:
    """Return the authorizers that are resources: their names by id, and they by name."""
    names = {}
    found: dict[str, Authorizer] = {}
    for logical_id, node in reading.of("AWS::ApiGateway::Authorizer"):
        if node.text("RestApiId") != api_id:
            continue
        name = node.text("Name") or logical_id
        if name in found or name in described:
            node.problem(f"Another authorizer of the API is named {name}. Give each its own name.")
        names[made_id(logical_id, 6)] = name
        authorizer = rest_authorizer(node, name, logical_id, reading)
        if authorizer is not None:
            found[name] = authorizer
    return names, found


def _methods(
    api: str,
    api_id: str,
    names: Mapping[str, str],
    authorizers: Mapping[str, Authorizer],
    variables: Mapping[str, str],
    reading: Reading,
) -> list[Route]:
    parents = {
        made_id(logical_id, 6): node
        for logical_id, node in reading.of("AWS::ApiGateway::Resource")
        if node.text("RestApiId") == api_id
    }
    routes = []
    for _, node in reading.of("AWS::ApiGateway::Method"):
        if node.text("RestApiId") != api_id:
            continue
        resource_id = node.required("ResourceId")
        path = _path(node, resource_id, made_id(f"{api}/"), parents)
        check_path(node, path)
        authorizer, scopes = _access(node, names, authorizers)
        _check_validator(node, reading)
        integration_node = node.get("Integration")
        if integration_node is None:
            node.problem("The method has no Integration, so nothing would answer.")
            continue
        integration = read_integration(integration_node, "REST", variables, reading)
        if integration is not None:
            routes.append(
                Route(
                    method=_method(node),
                    path=path,
                    integration=integration,
                    authorizer=authorizer,
                    scopes=scopes,
                    api_key_required=bool(node.boolean("ApiKeyRequired")),
                    operation=node.text("OperationName") or "",
                    resource_id=resource_id,
                    place=node.place,
                )
            )
    return routes


def _method(node: Node) -> str:
    method = node.required("HttpMethod").upper()
    if method and method not in _METHODS:
        node["HttpMethod"].problem(f"{method} is no method of an API. Use {', '.join(sorted(_METHODS))}.")
    return method


def _path(method: Node, resource_id: str, root: str, parents: Mapping[str, Node]) -> str:
    segments: list[str] = []
    while resource_id != root:
        node = parents.get(resource_id)
        if node is None or len(segments) > len(parents):
            method["ResourceId"].problem("This is no resource of the API.")
            break
        segments.insert(0, node.required("PathPart"))
        resource_id = node.required("ParentId")
    return "/" + "/".join(segments)


def _access(
    node: Node, names: Mapping[str, str], authorizers: Mapping[str, Authorizer]
) -> tuple[str | None, tuple[str, ...]]:
    kind = (node.text("AuthorizationType") or "NONE").upper()
    scopes = node.texts("AuthorizationScopes")
    if kind in {"CUSTOM", "COGNITO_USER_POOLS"}:
        authorizer_id = node.required("AuthorizerId")
        name = names.get(authorizer_id)
        if name is None and authorizer_id:
            node["AuthorizerId"].problem("This is no authorizer of the API.")
        check_scopes(node["AuthorizationScopes"], scopes, authorizers.get(name or ""))
        return name or "?", scopes
    if kind not in {"NONE", IAM}:
        node["AuthorizationType"].problem(f"{kind} is none of NONE, AWS_IAM, CUSTOM and COGNITO_USER_POOLS.")
    if scopes or (kind == "NONE" and node.get("AuthorizerId") is not None):
        node.problem(
            f"The authorization type {kind} uses no authorizer and no scopes. Use CUSTOM or COGNITO_USER_POOLS."
        )
    return (IAM if kind == IAM else None), ()


def _check_validator(node: Node, reading: Reading) -> None:
    wanted = node.text("RequestValidatorId")
    for logical_id, validator in reading.of("AWS::ApiGateway::RequestValidator"):
        if made_id(logical_id, 6) == wanted and validates(validator):
            node["RequestValidatorId"].problem(NOT_VALIDATED)
