"""The JSON Schemas of answers."""

from typing import Any

from gatepost.identity import sign_on_actions
from gatepost.provider.platform.endpoint import Schema

ID = {"type": "string", "format": "uuid"}
TIME = {"type": "string", "format": "date-time"}
LINKS = {"type": "object", "additionalProperties": {"type": "object", "properties": {"href": {"type": "string"}}}}
REFERENCE = {"type": "object", "properties": {"id": ID}, "required": ["id"]}
FAILURE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": ID,
        "code": {"type": "string"},
        "message": {"type": "string"},
        "details": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "target": {"type": "string"},
                    "message": {"type": "string"},
                    "innerError": {"type": "object"},
                },
                "required": ["code", "message"],
            },
        },
    },
    "required": ["id", "code", "message"],
}


class OneOf:
    """What has one of several shapes.

    Attributes:
        shapes: The shapes.
    """

    def __init__(self, *shapes: Schema) -> None:
        self.shapes = shapes

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema, with the members of all shapes as those that there may be."""
        schemas = [each.schema() for each in self.shapes]
        members = {name: each for schema in schemas for name, each in schema.get("properties", {}).items()}
        return {"type": "object", "properties": members, "anyOf": [{"required": s["required"]} for s in schemas]}


ACTION = OneOf(*sign_on_actions.SHAPES.values())


class Shown:
    """A thing as it is shown: with links, identifiers and times, and without what is only taken.

    Attributes:
        shape: What it is made of.
    """

    def __init__(self, shape: Schema) -> None:
        self.shape = shape

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        members = self.shape.schema().get("properties", {})
        shown = {name: {"type": each["type"]} for name, each in members.items() if not each.get("writeOnly")}
        fixed = {"_links": LINKS, "id": ID, "environment": REFERENCE, "createdAt": TIME, "updatedAt": TIME}
        return {"type": "object", "properties": {**shown, **fixed}, "required": ["_links"]}


class _Secret:
    """A secret of an application or a resource."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        text = {"type": "string"}
        previous = {"type": "object", "properties": {"secret": text, "expiresAt": TIME, "lastUsed": TIME}}
        members = {"_links": LINKS, "environment": REFERENCE, "secret": text, "previous": previous}
        return {"type": "object", "properties": members, "required": ["_links", "environment", "secret"]}


SECRET = _Secret()


def collection(plural: str, item: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a page of things."""
    embedded = {"type": "object", "properties": {plural: {"type": "array", "items": item}}, "required": [plural]}
    number = {"type": "integer", "minimum": 0}
    return {
        "type": "object",
        "properties": {"_links": LINKS, "_embedded": embedded, "count": number, "size": number},
        "required": ["_links", "_embedded", "size"],
    }
