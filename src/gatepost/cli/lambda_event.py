"""`gatepost lambda event`: an event as API Gateway sends it, to try a function with."""

from typing import Annotated

import typer

from gatepost.cli.failure import Failure
from gatepost.cli.plain_text import plain_json


def event(
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help="The kind of event, such as rest-token, rest-request or http-v2."),
    ],
    *,
    method: Annotated[str, typer.Option(metavar="METHOD", help="The method of the request.")] = "GET",
    path: Annotated[str, typer.Option(metavar="PATH", help="The path of the request.")] = "/user",
    token: Annotated[
        str | None, typer.Option(metavar="TOKEN", help="The token of its Authorization header; - for standard input.")
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(metavar="'NAME: VALUE'", help="A header; may be given several times.")
    ] = None,
    query: Annotated[str, typer.Option(metavar="QUERY", help="The query string, such as a=1&b=2.")] = "",
    body: Annotated[str, typer.Option(metavar="TEXT", help="The body.")] = "",
) -> int:
    """Print an event as API Gateway sends it, as JSON.

    \b
    rest-token          a TOKEN authorizer of a REST API
    rest-request        a REQUEST authorizer of a REST API
    http-v1-authorizer  an authorizer of an HTTP API, payload 1.0
    http-v2-authorizer  an authorizer of an HTTP API, payload 2.0
    rest-proxy          a function behind a REST API
    rest-proxy-lambda   a function behind a REST API with a Lambda authorizer
    http-v1             a function behind an HTTP API, payload 1.0
    http-v2             a function behind an HTTP API, payload 2.0
    http-v2-jwt         a function behind an HTTP API with a JWT authorizer
    http-v2-lambda      a function behind an HTTP API with a Lambda authorizer

    Example: gatepost lambda event rest-token --token eyJ… | gatepost lambda invoke Authorizer --event -
    """  # noqa: D301  # the control character keeps the lines of the table
    from gatepost.apigateway.events.samples import sample
    from gatepost.cli import token_argument

    made = sample(
        kind,
        method=method,
        path=path,
        headers=[_header(text) for text in header or ()],
        token=None if token is None else token_argument.read(token),
        query=query,
        body=body,
    )
    typer.echo(plain_json(made, indent=2))
    return 0


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise Failure("a header is written as 'Name: value'")
    return name.strip(), value.strip()
