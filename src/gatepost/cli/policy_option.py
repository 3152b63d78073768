"""The policy file that a command is about."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from gatepost.cli.plain_text import plain

if TYPE_CHECKING:
    from gatepost.policy.policy_file import PolicySettings

File: TypeAlias = Annotated[Path, typer.Argument(metavar="FILE", help="The policy file, such as gatepost.toml.")]
Option: TypeAlias = Annotated[
    Path, typer.Option("--policy", metavar="FILE", help="The policy file; gatepost.toml unless given.")
]


class BrokenPolicy(Exception):
    """The policy file cannot be used; its problems are on standard error already."""


def read_policy(path: Path) -> "PolicySettings":
    """Return what the file says.

    Raises:
        BrokenPolicy: When something is wrong with it, after a line for each problem on standard error.
    """
    from gatepost.policy.policy_file import read
    from gatepost.policy.settings.problem import PolicyFileError

    try:
        return read(path)
    except PolicyFileError as error:
        complain_of(error.problems)
        raise BrokenPolicy from None


def complain_of(problems: "tuple[object, ...]") -> None:
    """Write each problem to standard error, on a line of its own."""
    for problem in problems:
        typer.echo(plain(str(problem)), err=True)
