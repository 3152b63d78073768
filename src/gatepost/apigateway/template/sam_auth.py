"""The members of `Auth` in a SAM template (SAM specification, "ApiAuth", "HttpApiAuth" and their authorizers).

SAM's translator passes over a member that it does not know: with `Authoriser` for `Authorizer` a route is deployed
open, and with `AuthorizationScope` every token is good for it.
"""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.node import below
from gatepost.apigateway.template.report import Report
from gatepost.apigateway.template.resources import Resources

_EVENT = {
    "Api": ("ApiKeyRequired", "AuthorizationScopes", "Authorizer", "InvokeRole", "OverrideApiAuth", "ResourcePolicy"),
    "HttpApi": ("AuthorizationScopes", "Authorizer"),
}
_AUTHORIZER = {
    "Api": (
        "AuthorizationScopes",
        "DisableFunctionDefaultPermissions",
        "FunctionArn",
        "FunctionInvokeRole",
        "FunctionPayloadType",
        "Identity",
        "UserPoolArn",
    ),
    "HttpApi": (
        "AuthorizationScopes",
        "AuthorizerPayloadFormatVersion",
        "EnableFunctionDefaultPermissions",
        "EnableSimpleResponses",
        "FunctionArn",
        "FunctionInvokeRole",
        "Identity",
        "IdentitySource",
        "JwtConfiguration",
    ),
}
_IDENTITY = (
    "Context",
    "Header",
    "Headers",
    "QueryStrings",
    "ReauthorizeEvery",
    "StageVariables",
    "ValidationExpression",
)


def check_auth(template: Mapping[str, Any], resources: Resources, report: Report) -> None:
    """Report the members of `Auth` that SAM's translator would pass over, in events, APIs and `Globals`."""
    for resource in resources:
        place = resource.place._replace(member="Properties")
        if resource.kind == "AWS::Serverless::Function":
            _check_events(resource.properties, place, report)
        kind = resource.kind.removeprefix("AWS::Serverless::")
        if kind in _AUTHORIZER:
            _check_authorizers(kind, resource.properties, place, report)
    for kind in _AUTHORIZER:
        for name, shared, place in _members(template.get("Globals"), Place("", 0, "Globals")):
            if name == kind:
                _check_authorizers(kind, shared, place, report)


def _check_events(properties: object, place: Place, report: Report) -> None:
    for _, event, where in _members(_member(properties, "Events"), _in(place, "Events")):
        kind = _member(event, "Type")
        if isinstance(kind, str) and kind in _EVENT:
            _check(_member(_member(event, "Properties"), "Auth"), _EVENT[kind], _in(where, "Properties.Auth"), report)


def _check_authorizers(kind: str, properties: object, place: Place, report: Report) -> None:
    authorizers = _member(_member(properties, "Auth"), "Authorizers")
    for _, authorizer, where in _members(authorizers, _in(place, "Auth.Authorizers")):
        _check(authorizer, _AUTHORIZER[kind], where, report)
        _check(_member(authorizer, "Identity"), _IDENTITY, _in(where, "Identity"), report)


def _check(given: object, known: Collection[str], place: Place, report: Report) -> None:
    for name, _, where in _members(given, place):
        if name in known or name.startswith("Fn::"):
            continue
        near = get_close_matches(name, known, 1)
        remedy = f"Write {near[0]}." if near else "Remove it."
        report.problem(where, f"SAM knows no {name} here and would pass over it, so AWS would not enforce it. {remedy}")


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _members(value: object, place: Place) -> Iterator[tuple[str, object, Place]]:
    """Yield the members of a mapping with their places."""
    for name, member in value.items() if isinstance(value, dict) else ():
        yield str(name), member, below(place, name, member)


def _in(place: Place, path: str) -> Place:
    return place._replace(member=f"{place.member}.{path}" if place.member else path)
