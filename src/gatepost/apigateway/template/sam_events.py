"""Where a SAM template writes the events that become routes."""

from typing import Any

from gatepost.apigateway.model.api import DEFAULT_ROUTE
from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.node import below
from gatepost.apigateway.template.resources import Resources

_KINDS = {"Api": ("RestApiId", "ServerlessRestApi"), "HttpApi": ("ApiId", "ServerlessHttpApi")}


def event_places(resources: Resources) -> dict[tuple[str, str, str], Place]:
    """Return the place of each event by the logical id of its API, its method in capitals and its path."""
    places = {}
    for resource in resources:
        events = resource.properties.get("Events")
        if resource.kind != "AWS::Serverless::Function" or not isinstance(events, dict):
            continue
        for name, event in events.items():
            if not isinstance(event, dict) or event.get("Type") not in _KINDS:
                continue
            where = below(resource.place._replace(member="Properties.Events"), name, event)
            properties = event.get("Properties")
            key = _key(str(event["Type"]), properties if isinstance(properties, dict) else {})
            places[key] = where
    return places


def _key(kind: str, properties: dict[Any, Any]) -> tuple[str, str, str]:
    member, implicit = _KINDS[kind]
    api = properties.get(member, implicit)
    named = str(api.get("Ref", "")) if isinstance(api, dict) else str(api)
    if kind == "HttpApi" and "Path" not in properties:
        return named, "", DEFAULT_ROUTE
    return named, str(properties.get("Method", "any")).upper(), str(properties.get("Path", ""))
