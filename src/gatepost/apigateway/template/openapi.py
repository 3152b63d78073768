"""The routes of an OpenAPI document with API Gateway's extensions (developer guide, "OpenAPI extensions")."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from gatepost.apigateway.model.api import DEFAULT_ROUTE, Route
from gatepost.apigateway.model.authorizer import Authorizer
from gatepost.apigateway.template.extensions import check_document, check_operation
from gatepost.apigateway.template.ids import made_id
from gatepost.apigateway.template.integrations import read_integration
from gatepost.apigateway.template.node import Node
from gatepost.apigateway.template.reading import Reading
from gatepost.apigateway.template.route_path import check_path
from gatepost.apigateway.template.security import Schemes, read_access, read_schemes

_ANY = "x-amazon-apigateway-any-method"
_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", _ANY}
_INTEGRATION = "x-amazon-apigateway-integration"


class Described(NamedTuple):
    """What a document describes.

    Attributes:
        routes: The routes.
        authorizers: The authorizers.
    """

    routes: tuple[Route, ...]
    authorizers: Mapping[str, Authorizer]


def read_openapi(
    document: Node, kind: Literal["HTTP", "REST"], api: str, variables: Mapping[str, str], reading: Reading
) -> Described:
    """Read a document.

    Args:
        document: The document.
        kind: What the API is.
        api: The logical id of the API.
        variables: The stage variables.
        reading: The template.
    """
    version = document.text("openapi", "swagger") or ""
    if not version.startswith("3.0" if kind == "HTTP" else ("2.0", "3.0")):
        document.problem(f"The version {version or '(none)'} of OpenAPI is not supported. Use 3.0.1.")
    check_document(document)
    schemes = read_schemes(document, kind, api, reading)
    routes = []
    paths = document.get("paths")
    for path, item in paths.items() if paths is not None else ():
        for method, operation in item.items():
            if method in _METHODS:
                route = _route(document, operation, kind, api, path, method, schemes, variables, reading)
                if route is not None:
                    routes.append(route)
            elif method.startswith("x-amazon-apigateway-") or method in {"$ref", "trace"}:
                operation.problem(f"{method} is not supported in a path.")
            elif method.lower() in _METHODS:
                operation.problem(
                    f"OpenAPI knows no {method}, so the operation would not be there. Write {method.lower()}."
                )
    found = {name: authorizer for name, authorizer in schemes.authorizers.items() if authorizer is not None}
    return Described(tuple(routes), found)


def _route(
    document: Node,
    operation: Node,
    kind: Literal["HTTP", "REST"],
    api: str,
    path: str,
    method: str,
    schemes: Schemes,
    variables: Mapping[str, str],
    reading: Reading,
) -> Route | None:
    if kind == "HTTP" and path in {"$default", "/$default"}:
        path, method = DEFAULT_ROUTE, ""
    else:
        check_path(operation, path)
    check_operation(operation, document)
    access = read_access(operation, document, kind, schemes, reading)
    node = _integration(operation, document)
    if node is None:
        operation.problem(f"The operation has no {_INTEGRATION}, so nothing would answer.")
        return None
    integration = read_integration(node, kind, variables, reading)
    if integration is None:
        return None
    written = "ANY" if method == _ANY else method.upper()
    return Route(
        method=written,
        path=path,
        integration=integration,
        authorizer=access.authorizer,
        scopes=access.scopes,
        api_key_required=access.api_key,
        operation=operation.text("operationId") or "",
        resource_id=made_id(f"{api}{path}", 10 if path == "/" else 6) if kind == "REST" else "",
        place=reading.events.get((api, written, path), operation.place),
    )


def _integration(operation: Node, document: Node) -> Node | None:
    """Return the integration of an operation, which may refer to one of the components."""
    node = operation.get(_INTEGRATION)
    reference = node.text("$ref") if node is not None else None
    if node is None or reference is None:
        return node
    found = document
    for part in reference.removeprefix("#/").split("/"):
        member = found.get(part.replace("~1", "/").replace("~0", "~"))
        if member is None or not reference.startswith("#/"):
            node.problem(f"There is no {reference} in the document.")
            return None
        found = member
    return found
