"""The options that the commands of `gatepost provider` share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Database: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="URL",
        envvar="GATEPOST_DATABASE",
        show_envvar=False,
        help="sqlite:///path or postgresql://user@host/name; may stand in GATEPOST_DATABASE.",
    ),
]
KeyFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The key that seals secrets, made when it is not there; gatepost.key unless given or in GATEPOST_KEY.",
    ),
]
Environment: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ID", help="The environment; the one of the first start unless given."),
]

DATABASE = "sqlite:///gatepost.db"
