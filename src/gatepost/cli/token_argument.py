"""The token that a command is about: an argument, or standard input."""

import sys
from typing import Annotated, TypeAlias

import typer

from gatepost.cli.failure import Failure

Token: TypeAlias = Annotated[str, typer.Argument(metavar="TOKEN", help="The token, or - for standard input.")]

# Far beyond any token that is accepted, so that nothing endless is read.
_READ_AT_MOST = 1 << 20


def read(token: str) -> str:
    """Return the token itself, without white space around it and without the `Bearer` of a copied header.

    Raises:
        Failure: When there is none.
    """
    if token == "-" and sys.stdin.isatty():
        typer.echo("Paste the token, press Enter, then Ctrl-D.", err=True)
    text = sys.stdin.buffer.read(_READ_AT_MOST).decode("utf-8", "replace") if token == "-" else token
    scheme, _, rest = text.strip().partition(" ")
    text = rest.strip() if scheme.lower() == "bearer" else text.strip()
    if not text:
        raise Failure("standard input holds no token; pipe one in" if token == "-" else "the token is empty")
    return text
