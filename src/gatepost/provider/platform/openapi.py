"""The OpenAPI 3.1 document of the platform's API, made of the table of its endpoints."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from gatepost.provider.platform.answers import HAL
from gatepost.provider.platform.endpoint import JSON, Endpoint
from gatepost.provider.platform.schemas import FAILURE, ID, collection

_PARAMETER = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def document(endpoints: Iterable[Endpoint], server: str) -> dict[str, Any]:
    """Return the document.

    Args:
        endpoints: The endpoints; those of one method and path, which differ in the media type, make one operation.
        server: The URL that the paths are below.
    """
    paths: dict[str, Any] = {}
    for each in endpoints:
        operations = paths.setdefault(each.pattern, {"parameters": _path_parameters(each.pattern)})
        known = operations.get(each.method.lower())
        if known is None:
            operations[each.method.lower()] = _operation(each)
        else:
            known["requestBody"]["content"].update(_content(each))
            known["description"] += f" {_described(each)}"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gatepost's platform API",
            "version": "1",
            "description": "What PingOne's management API offers, on your own machine.",
        },
        "servers": [{"url": server}],
        "security": [{"accessToken": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": {"Failure": FAILURE},
            "responses": {"Failure": {"description": "Why it was not done.", "content": _failure()}},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": endpoint.operation_id,
        "summary": _sentence(endpoint.operation_id),
        "description": _described(endpoint),
        "tags": [_tag(endpoint.pattern)],
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in endpoint.queries.items()
        ],
        "responses": {str(status): _response(endpoint, status) for status in sorted(endpoint.statuses)},
    }
    if endpoint.takes is not None:
        made["requestBody"] = {"required": not endpoint.optional, "content": _content(endpoint)}
    return made


def _content(endpoint: Endpoint) -> dict[str, Any]:
    schema = {} if endpoint.takes is None else endpoint.takes.schema()
    if endpoint.partial:
        schema = {name: each for name, each in schema.items() if name not in {"required", "anyOf"}}
    return {endpoint.media_type: {"schema": schema}}


def _response(endpoint: Endpoint, status: int) -> dict[str, Any]:
    if status != endpoint.status:
        return {"description": HTTPStatus(status).phrase, "content": _failure()}
    made: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if endpoint.shows is not None:
        schema = endpoint.shows.schema()
        made["content"] = {HAL: {"schema": collection(endpoint.plural, schema) if endpoint.plural else schema}}
    if status == HTTPStatus.CREATED:
        made["headers"] = {"Location": {"schema": {"type": "string", "format": "uri"}}}
    return made


def _failure() -> dict[str, Any]:
    return {JSON: {"schema": {"$ref": "#/components/schemas/Failure"}}}


def _path_parameters(pattern: str) -> list[dict[str, Any]]:
    names = _PARAMETER.findall(pattern)
    return [{"name": name, "in": "path", "required": True, "schema": ID} for name in names]


def _described(endpoint: Endpoint) -> str:
    needs = f"Needs the permission `{endpoint.permission}`."
    own = f" Users do it to themselves with the scope `{endpoint.own}`." if endpoint.own else ""
    kind = "" if endpoint.media_type == JSON else f" As `{endpoint.media_type}`: {_sentence(endpoint.operation_id)}."
    return f"{needs}{own}{kind}"


def _sentence(operation_id: str) -> str:
    words = _WORD.sub(" ", operation_id).lower()
    return words[:1].upper() + words[1:]


def _tag(pattern: str) -> str:
    parts = [each for each in pattern.split("/") if each and not each.startswith("{")]
    return parts[1] if len(parts) > 1 else parts[0]
