"""All commands together, and how each of them ends: with a status, and at most one line of complaint."""

import io
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from gatepost.cli import (
    authz,
    demo,
    explain,
    gateway,
    inspect,
    issuer,
    jwks,
    keys,
    lambda_,
    policy,
    provider,
    token,
    verify,
)
from gatepost.cli.failure import Failure, complain
from gatepost.errors import GatepostError, KeysUnavailable

_OPTIONS = (
    ("http_hosts", "--http-host HOST"),
    ("ca_file", "--ca-file FILE"),
    ("KeySet.from_secret", "--secret-file FILE"),
    ("token_type", "--token-type"),
)

app = typer.Typer(
    epilog="Exit status: 0 all is well, 1 a token was refused, 2 the question was wrong or could not be answered.",
    rich_markup_mode=None,  # plain help is quick, and can be searched
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(verify.verify)
app.command()(inspect.inspect)
app.command()(explain.explain)
app.add_typer(policy.app, name="policy")
app.command()(jwks.jwks)
app.add_typer(keys.app, name="keys")
app.command()(issuer.issuer)
app.command()(demo.demo)
app.command()(authz.authz)
app.add_typer(gateway.app, name="gateway")
app.add_typer(lambda_.app, name="lambda")
app.add_typer(provider.app, name="provider")
app.add_typer(token.app, name="token")


def run(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` name and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a letter that the terminal lacks is no reason to fail
    command = typer.main.get_command(app)
    try:
        status = command.main(args=list(arguments) or ["--help"], prog_name="gatepost", standalone_mode=False)
    except typer.Abort:
        return 130
    except typer.TyperException as misuse:
        return complain(_what_to_do(misuse), misuse.exit_code)
    except Failure as failure:
        return complain(str(failure), failure.status)
    except KeysUnavailable as error:
        return complain(_in_options(error), 2, program=error.code)
    except GatepostError as error:
        return complain(_in_options(error), 2)
    return status if isinstance(status, int) else 0


def _show_version(wanted: bool) -> None:
    if wanted:
        from gatepost import __version__

        typer.echo(f"gatepost {__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and end.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """JWT access control: one trust policy, the same decision at every gate."""


def _in_options(error: GatepostError) -> str:
    """Return the library's message, which names parameters, with the options that stand for them."""
    message = str(error)
    options = [option for parameter, option in _OPTIONS if parameter in message]
    return f"{message} (here: {', '.join(options)})" if options else message


def _what_to_do(misuse: typer.TyperException) -> str:
    context: typer.Context | None = getattr(misuse, "ctx", None)
    path = "gatepost" if context is None else context.command_path
    message = misuse.format_message().replace("Value error, ", "").rstrip(".")
    return f"{message[:1].lower()}{message[1:]}; see: {path} --help"
