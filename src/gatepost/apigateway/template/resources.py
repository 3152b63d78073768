"""The resources of a template after its transform, and what references to them give."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.node import Node, Value, below, mark_of
from gatepost.apigateway.template.report import Report

# The properties that decide what `Ref` and `Fn::GetAtt` give.
NAMING = (
    "BucketName",
    "FunctionName",
    "LayerName",
    "LogGroupName",
    "AlarmName",
    "Name",
    "QueueName",
    "RoleName",
    "StageName",
    "TableName",
)


class Resource(NamedTuple):
    """A resource.

    Attributes:
        logical_id: Its name in the template.
        kind: Its type, such as `AWS::Lambda::Function`.
        body: Everything that stands below its name, as it was written.
        place: Where it stands.
    """

    logical_id: str
    kind: str
    body: Mapping[str, Value]
    place: Place

    @property
    def properties(self) -> Mapping[str, Value]:
        """Its properties, as they were written."""
        found = self.body.get("Properties")
        return found if isinstance(found, dict) else {}


class Resources:
    """The resources by logical id.

    A resource that the transform made stands where the resource stands that it was made for: the one whose name
    begins its own.
    """

    def __init__(self, template: Mapping[str, Value], written: Mapping[str, Value], file: str, report: Report) -> None:
        """Take the resources of `template`, which the transform made of `written`."""
        originals = _members(written)
        self._found: dict[str, Resource] = {}
        for name, body in _members(template).items():
            if not isinstance(name, str):
                report.problem(Place(file), f"{name} is no name for a resource: YAML takes it for no text. Quote it.")
                continue
            place = _place(name, body, originals, file)
            if not isinstance(body, dict) or not isinstance(body.get("Type"), str):
                report.problem(place, "A resource has to be a mapping with a Type.")
                continue
            self._found[str(name)] = Resource(str(name), str(body["Type"]), body, place)

    def __iter__(self) -> Iterator[Resource]:
        """Yield every resource."""
        return iter(self._found.values())

    def get(self, logical_id: str) -> Resource | None:
        """Return a resource, or `None`."""
        return self._found.get(logical_id)


def _members(template: Mapping[str, Value]) -> Mapping[object, Value]:
    found = template.get("Resources")
    return found if isinstance(found, dict) else {}


def _place(name: str, body: Value, originals: Mapping[object, Value], file: str) -> Place:
    mark = mark_of(name)
    if mark is None:
        origin = max(
            (each for each in originals if isinstance(each, str) and name.startswith(each)), key=len, default=None
        )
        mark = mark_of(origin) if origin is not None else mark_of(body)
    return Place(mark.file, mark.line, name) if mark is not None else Place(file, 0, name)


def properties_node(resource: Resource, properties: Value, report: Report) -> Node:
    """Return the properties of a resource, evaluated, with the place where they stand."""
    key = next((key for key in resource.body if key == "Properties"), "Properties")
    return Node(properties, below(resource.place, key, None), report)
