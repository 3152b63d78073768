"""What `gatepost gateway` serves: the URL of each API, its routes, and who may use them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from gatepost.cli.plain_text import plain

if TYPE_CHECKING:
    from gatepost.apigateway.model.api import Api, Route


def base_url(host: str, port: int, api: "Api") -> str:
    """Return the URL under which an API's paths begin."""
    from gatepost.apigateway.model.api import DEFAULT_STAGE

    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  one cannot connect to these
    address = f"http://{f'[{name}]' if ':' in name else name}:{port}"
    return address if api.stage.name == DEFAULT_STAGE else f"{address}/{api.stage.name}"


def show(apis: "tuple[Api, ...]", ports: Mapping[str, int], host: str) -> None:
    """Print the APIs to standard output."""
    for api in apis:
        typer.echo(plain(f"{api.logical_id} ({api.kind} API): {base_url(host, ports[api.logical_id], api)}"))
        rows = [_row(api, route) for route in api.routes]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]  # of nothing when there is no route
        for row in rows:
            typer.echo("  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
    first = apis[0]
    trace = base_url(host, ports[first.logical_id], first).removesuffix(f"/{first.stage.name}")
    typer.echo(f"Why a request was answered as it was: {trace}/_gatepost/trace")


def _row(api: "Api", route: "Route") -> tuple[str, ...]:
    return (
        plain(route.method or "ANY"),
        plain(route.path),
        plain(_integration(route)),
        plain(_authorizer(api, route)),
    )


def _authorizer(api: "Api", route: "Route") -> str:
    from gatepost.apigateway.model.api import IAM
    from gatepost.apigateway.model.authorizer import JwtAuthorizer

    key = "an API key" if route.api_key_required else ""
    if route.authorizer is None:
        return key or "open"
    if route.authorizer == IAM:
        words = [IAM]
    else:
        authorizer = api.authorizers.get(route.authorizer)
        if isinstance(authorizer, JwtAuthorizer):
            kind = "Cognito" if authorizer.cognito else "JWT"
        else:
            kind = "Lambda" if authorizer is None else f"Lambda {authorizer.kind}"
        words = [f"{route.authorizer} ({kind})"]
    if route.scopes:
        words.append(f"scopes {' '.join(route.scopes)}")
    if key:
        words.append(key)
    return ", ".join(words)


def _integration(route: "Route") -> str:
    from gatepost.apigateway.model.integration import HttpProxy, LambdaProxy

    integration = route.integration
    if isinstance(integration, LambdaProxy):
        return integration.function
    return integration.url if isinstance(integration, HttpProxy) else "mock"
