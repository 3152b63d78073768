"""`gatepost gateway check`: what would surprise on AWS, and what to do about it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from gatepost.cli.gateway_template import Source, complain_of
from gatepost.cli.plain_text import plain, plain_json

if TYPE_CHECKING:
    from gatepost.apigateway.model.api import Application


class Found(NamedTuple):
    """A trap.

    Attributes:
        place: Where it is.
        name: Its name.
        message: What happens.
        remedy: What to do.
    """

    place: str
    name: str
    message: str
    remedy: str


def report(source: Source, *, offline: bool, ca_file: Path | None, as_json: bool) -> int:
    """Print the traps of a template, and return the exit status."""
    from gatepost.apigateway.authorizers.issuer_check import issuer_notices
    from gatepost.apigateway.model.place import TemplateError

    try:
        application = source.load()
        check_routes(application)
    except TemplateError as error:
        complain_of(error)
        return 1
    found = traps_of(application, offline=offline, ca_file=ca_file)
    notices = [*application.notices, *issuer_notices(application)]
    if as_json:
        typer.echo(plain_json({"traps": [each._asdict() for each in found], "notices": notices}, indent=2))
    else:
        for notice in notices:
            typer.echo(plain(f"notice: {notice}"), err=True)
        _show(found)
    return 1 if found else 0


def check_routes(application: "Application") -> None:
    """See that no two routes of an API take the same requests.

    Raises:
        TemplateError: With the first conflict of each API.
    """
    from gatepost.apigateway.model.place import Problem, TemplateError
    from gatepost.apigateway.routing.router import Router

    problems: list[Problem] = []
    for api in application.apis:
        try:
            Router(api)
        except TemplateError as error:
            problems += error.problems
    if problems:
        raise TemplateError(*dict.fromkeys(problems))


def traps_of(application: "Application", *, offline: bool, ca_file: Path | None = None) -> list[Found]:
    """Return the traps of an application, those that its issuers hold among them unless `offline`."""
    from gatepost.apigateway.template.traps import traps

    found = {(place, name): Found(str(place), name, *rest) for place, name, *rest in traps(application)}
    if not offline:
        from gatepost.apigateway.authorizers.issuer_check import issuer_traps

        for place, name, *rest in issuer_traps(application, ca_file=None if ca_file is None else str(ca_file)):
            found.setdefault((place, name), Found(str(place), name, *rest))
    return list(found.values())


def _show(found: Sequence[Found]) -> None:
    for each in found:
        typer.echo(plain(f"{each.place}: {each.message}"))
        typer.echo(plain(f"  {each.name}: {each.remedy}"))
    count = len(found)
    typer.echo("No trap was found." if not count else f"{count} trap{'s' if count > 1 else ''}.")
