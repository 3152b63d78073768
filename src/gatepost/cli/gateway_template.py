"""The template that `gatepost gateway` is about."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from gatepost.cli.failure import Failure
from gatepost.cli.plain_text import plain

if TYPE_CHECKING:
    from gatepost.apigateway.model.api import Application


class Source(NamedTuple):
    """Where a template is, and what it is read with.

    Attributes:
        template: The file.
        overrides: Values of its parameters, as written on the command line.
        samconfig: The file with more of them, or `None`.
        region: `AWS::Region`.
        account: `AWS::AccountId`.
    """

    template: Path
    overrides: str
    samconfig: Path | None
    region: str
    account: str

    def load(self) -> "Application":
        """Read it.

        Raises:
            TemplateError: When it cannot be served.
        """
        try:
            from gatepost.apigateway.template import load
            from gatepost.apigateway.template.overrides import parse_overrides
        except ModuleNotFoundError as missing:
            raise Failure(f"templates need {missing.name}; run: pip install 'gatepost[server,aws]'") from None
        return load(
            self.template,
            parameters=parse_overrides(self.overrides),
            samconfig=self.samconfig,
            region=self.region,
            account=self.account,
        )


def complain_of(error: Exception) -> None:
    """Write what is wrong with a template to standard error, each problem on a line of its own."""
    for line in str(error).splitlines():
        typer.echo(plain(line), err=True)
