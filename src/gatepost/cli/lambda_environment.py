"""What functions get of this environment: nothing, but what is named on the command line."""

import os
from collections.abc import Sequence
from typing import Annotated, TypeAlias

import typer

from gatepost.cli.failure import Failure

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

PassEnv: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="A variable of this environment for the functions; may be repeated."),
]
AwsCredentials: TypeAlias = Annotated[
    bool, typer.Option("--aws-credentials", help="Give the functions the AWS credentials of this environment.")
]


def handed_on(names: Sequence[str] | None, *, credentials: bool) -> dict[str, str]:
    """Return the variables of this environment that functions get.

    Args:
        names: Their names.
        credentials: Whether AWS credentials are among them.

    Raises:
        Failure: When there is none of a name.
    """
    for name in names or ():
        if name not in os.environ:
            raise Failure(f"--pass-env {name}: there is no such variable in this environment")
    wanted = [*(names or ()), *(CREDENTIALS if credentials else ())]
    return {name: os.environ[name] for name in wanted if name in os.environ}
