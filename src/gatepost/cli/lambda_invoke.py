"""`gatepost lambda invoke`: call a function of a template once, in a process of its own."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatepost.cli.failure import Failure
from gatepost.cli.lambda_environment import AwsCredentials, PassEnv, handed_on
from gatepost.cli.plain_text import plain

if TYPE_CHECKING:
    from gatepost.apigateway.invoking import Invocation
    from gatepost.apigateway.model.function import Function


def invoke(
    function: Annotated[str, typer.Argument(metavar="FUNCTION", help="The logical id, or the name, of the function.")],
    *,
    event: Annotated[str, typer.Option(metavar="FILE", help="The event, a JSON document; - for standard input.")],
    template: Annotated[Path, typer.Option(metavar="FILE", help="The template.")] = Path("template.yaml"),
    parameter_overrides: Annotated[
        str, typer.Option(metavar="'K=V K=V'", help="Values of the template's parameters.")
    ] = "",
    samconfig: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A samconfig.toml with values of parameters.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0.001, help="In place of the function's own timeout.")
    ] = None,
    pass_env: PassEnv = None,
    aws_credentials: AwsCredentials = False,
) -> int:
    """Call a function of a template once, and print its answer.

    Its answer goes to standard output, its log to standard error.

    Exit status: 0 when it answered, 1 when it raised an error, ran out of time or ended, 2 when it cannot be called.

    Example: gatepost lambda event http-v2 | gatepost lambda invoke UserFunction --event -
    """
    import asyncio

    from gatepost.apigateway.model.place import TemplateError
    from gatepost.apigateway.template import load, parse_overrides

    payload = _read_event(event)
    try:
        application = load(
            template, parameters=parse_overrides(parameter_overrides), samconfig=samconfig, needs_api=False
        )
        wanted = _find(function, application.functions)
        if timeout is not None:
            wanted = replace(wanted, timeout=timeout)
        invocation = asyncio.run(_invoke(wanted, payload, handed_on(pass_env, credentials=aws_credentials)))
    except TemplateError as error:
        for problem in error.problems:
            typer.echo(plain(str(problem)), err=True)
        return 2
    sys.stdout.buffer.write(invocation.payload + b"\n")
    sys.stdout.buffer.flush()
    return 0 if invocation.outcome == "answered" else 1


async def _invoke(function: "Function", payload: bytes, variables: Mapping[str, str]) -> "Invocation":
    from gatepost.apigateway.functions.pool import FunctionPool

    pool = FunctionPool(
        {function.logical_id: function},
        concurrency=1,
        reload=None,
        handed_on=variables,
        log=lambda text: typer.echo(text, err=True),
    )
    try:
        await pool.start()
        for notice in pool.notices:
            typer.echo(f"note: {notice}", err=True)
        return await pool.invoke(function.logical_id, payload)
    finally:
        await pool.close()


def _find(name: str, functions: "Mapping[str, Function]") -> "Function":
    for function in functions.values():
        if name in {function.logical_id, function.name}:
            return function
    there = ", ".join(sorted(functions)) or "none"
    raise Failure(f"the template has no function {name}; it has: {there}")


def _read_event(source: str) -> bytes:
    try:
        text = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise Failure(f"{source} cannot be read: {error.strerror}") from None
    try:
        json.loads(text)
    except ValueError:
        where = "standard input" if source == "-" else source
        raise Failure(f"{where} holds no JSON; `gatepost lambda event` makes events") from None
    return text
