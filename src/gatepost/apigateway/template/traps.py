"""Traps that a template holds: what AWS accepts, and what then surprises those who use the API."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from gatepost.apigateway.answers.outgoing_request import url_parameters
from gatepost.apigateway.invocation_permission import authorizer_arn, may_invoke, route_arns
from gatepost.apigateway.model.api import DEFAULT_ROUTE, Api, Application
from gatepost.apigateway.model.authorizer import JwtAuthorizer, LambdaAuthorizer
from gatepost.apigateway.model.integration import HttpProxy, LambdaProxy, Mock
from gatepost.apigateway.model.place import Place
from gatepost.apigateway.routing.route_path import variables
from gatepost.trust.location import is_loopback

_REST_TTL = 300
_IN_PATH = "integration.request.path."
_PER_ROUTE = re.compile(r"\$?context\.(?:routeKey|path|resourcePath)", re.IGNORECASE)


class Trap(NamedTuple):
    """A trap.

    Attributes:
        place: Where it is.
        name: Its name, such as `authorized-preflight`.
        message: What happens on AWS.
        remedy: What to do about it.
    """

    place: Place
    name: str
    message: str
    remedy: str


def traps(application: Application) -> tuple[Trap, ...]:
    """Return the traps that can be seen in a template alone."""
    found = [
        trap
        for api in application.apis
        for look in (_preflight, _default_route, _kept_answers, _permissions, _unmapped, _warnings, _plain_http)
        for trap in look(api, application)
    ]
    return tuple(dict.fromkeys(found))


def _preflight(api: Api, _: Application) -> Iterator[Trap]:
    for route in api.routes:
        if api.kind == "REST" and route.method == "OPTIONS" and isinstance(route.integration, Mock):
            if route.authorizer is not None:
                yield Trap(
                    route.place,
                    "authorized-preflight",
                    f"Browsers send no token with OPTIONS {route.path}, so the preflight is refused and no page can"
                    " use the API.",
                    "Set Auth.AddDefaultAuthorizerToCorsPreflight: false at the API, or open the OPTIONS method.",
                )
            elif route.api_key_required:
                yield Trap(
                    route.place,
                    "preflight-with-api-key",
                    f"Browsers send no API key with OPTIONS {route.path}, so the preflight is refused.",
                    "Set Auth.AddApiKeyRequiredToCorsPreflight: false at the API.",
                )


def _default_route(api: Api, _: Application) -> Iterator[Trap]:
    if api.kind != "HTTP" or api.cors is None or any(route.method == "OPTIONS" for route in api.routes):
        return
    for route in api.routes:
        if route.path == DEFAULT_ROUTE and isinstance(api.authorizers.get(route.authorizer or ""), JwtAuthorizer):
            yield Trap(
                route.place,
                "preflight-to-default-route",
                "OPTIONS requests reach the $default route and are refused without a token, in spite of the CORS"
                " configuration.",
                "Add a route OPTIONS /{proxy+} without authorizer.",
            )


def _kept_answers(api: Api, _: Application) -> Iterator[Trap]:
    for name, authorizer in api.authorizers.items():
        if not isinstance(authorizer, LambdaAuthorizer):
            continue
        ttl = authorizer.ttl if authorizer.ttl is not None else _REST_TTL if api.kind == "REST" else 0
        routes = [route for route in api.routes if route.authorizer == name]
        several = len(routes) > 1 or any("{" in route.path or route.method in {"", "ANY"} for route in routes)
        if not ttl or not several or any(_PER_ROUTE.match(source) for source in authorizer.identity_sources):
            continue
        if authorizer.simple:
            yield Trap(
                authorizer.place,
                "kept-decision",
                f"What {authorizer.function} decides for one route counts {ttl:g} seconds for every route behind it.",
                "Decide by the token alone, or add $context.routeKey to the identity sources.",
            )
        else:
            yield Trap(
                authorizer.place,
                "narrow-policy",
                f"The policy of {authorizer.function} is kept for {ttl:g} seconds and asked for every route behind it:"
                " one that allows only the ARN of its event refuses the next route with 403.",
                f"Let its Resource cover them all, as arn:aws:execute-api:REGION:ACCOUNT:API/{api.stage.name}/*/*,"
                " or do not keep it: a TTL (ReauthorizeEvery) of 0.",
            )


def _permissions(api: Api, application: Application) -> Iterator[Trap]:
    for route in api.routes:
        integration = route.integration
        if isinstance(integration, LambdaProxy) and integration.credentials is None:
            arns = route_arns(api, route)
            if not may_invoke(application.functions.get(integration.function), arns):
                yield _not_permitted(route.place, integration.function, arns[0], f"{route.key} answers 500")
    for name, authorizer in api.authorizers.items():
        if not isinstance(authorizer, LambdaAuthorizer) or authorizer.credentials is not None:
            continue
        arn = authorizer_arn(api, authorizer)
        used = any(route.authorizer == name for route in api.routes)
        if used and not may_invoke(application.functions.get(authorizer.function), (arn,)):
            yield _not_permitted(
                authorizer.place, authorizer.function, arn, f"every route behind the authorizer {name} answers 500"
            )


def _not_permitted(place: Place, function: str, arn: str, happens: str) -> Trap:
    return Trap(
        place,
        "missing-permission",
        f"{function} does not permit the API to invoke it: {happens}.",
        f"Add AWS::Lambda::Permission for apigateway.amazonaws.com with SourceArn {arn}; for an authorizer of a SAM"
        " HttpApi, EnableFunctionDefaultPermissions: true."
        if "/authorizers/" in arn
        else f"Add AWS::Lambda::Permission for apigateway.amazonaws.com with SourceArn {arn}.",
    )


def _unmapped(api: Api, _: Application) -> Iterator[Trap]:
    for route in api.routes:
        integration = route.integration
        if not isinstance(integration, HttpProxy):
            continue
        given = {each.name for each in variables(route.path)} if api.kind == "HTTP" else _mapped(integration)
        for name in url_parameters(integration.url):
            if name in given:
                continue
            rest = api.kind == "REST"
            yield Trap(
                integration.place,
                "unmapped-parameter",
                f"Nothing gives the {{{name}}} of {integration.url}: {route.key} answers 500.",
                f"Map integration.request.path.{name}: method.request.path.{name} among the request parameters."
                if rest
                else f"Name it in the path of the route, as {{{name}}}.",
            )


def _mapped(integration: HttpProxy) -> set[str]:
    return {target.removeprefix(_IN_PATH) for target in integration.request_parameters if target.startswith(_IN_PATH)}


def _warnings(api: Api, _: Application) -> Iterator[Trap]:
    if api.ignores_warnings:
        yield Trap(
            api.place,
            "ignored-warnings",
            "Where the discovery of an issuer fails, AWS deploys the API without the authorizer and its routes, and"
            " reports success.",
            "Set FailOnWarnings: true at the API.",
        )


def _is_local(issuer: str) -> bool:
    try:
        return is_loopback(urlsplit(issuer).hostname or "")
    except ValueError:
        return False


def _plain_http(api: Api, _: Application) -> Iterator[Trap]:
    for authorizer in api.authorizers.values():
        if not isinstance(authorizer, JwtAuthorizer) or not authorizer.issuer.startswith("http://"):
            continue
        if _is_local(authorizer.issuer):
            continue  # for local work it may be, which is told as a notice
        yield Trap(
            authorizer.place,
            "plain-http-issuer",
            f"The issuer of {authorizer.name} is reached by http: who is on the way can replace its keys.",
            "Use https.",
        )
