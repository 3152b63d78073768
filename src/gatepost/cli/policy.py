"""`gatepost policy check` and `gatepost policy test`: is the file right, and does it decide as its owner means it?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatepost.cli import options, policy_option
from gatepost.cli.plain_text import plain, plain_json

if TYPE_CHECKING:
    from gatepost.cli.policy_cases import Case
    from gatepost.policy.decision import Decision

app = typer.Typer(help="Check and test a policy file.", rich_markup_mode=None)


@app.callback()
def policy() -> None:
    """Check and test a policy file."""


@app.command()
def check(file: policy_option.File, *, as_json: options.Json = False) -> int:
    """Check a policy file, and list its routes, the most specific first, with what each demands.

    Nothing is fetched. What is right but may not be meant is a note on standard error.

    Exit status: 0 when the file can be used, 1 with a line for each problem on standard error.

    Example: gatepost policy check gatepost.toml
    """
    from gatepost.cli import route_table
    from gatepost.cli.policy_notes import notes

    try:
        settings = policy_option.read_policy(file)
    except policy_option.BrokenPolicy:
        return 1
    for note in notes(settings):
        typer.echo(plain(f"note: {note}"), err=True)
    rows = route_table.rows(settings)
    if as_json:
        typer.echo(plain_json(route_table.document(rows), indent=2))
    else:
        route_table.show(rows)
    return 0


@app.command("test")
def try_cases(
    file: policy_option.File,
    cases: Annotated[Path, typer.Argument(metavar="CASES", help="The expected decisions, as TOML.")],
    *,
    as_json: options.Json = False,
) -> int:
    """Test a policy against the decisions that you expect of it; for your CI.

    A case that gives claims gets a token made for it, with a throw-away key in place of the issuer's, so that nothing
    is fetched; what it does not say is filled in so that the issuer's rules hold.

    \b
    [[cases]]
    request = "GET /user"
    claims = { scope = "profile", auth_time = "-2m" }   # or token = "…", or neither
    expect = "allow"                                     # or "deny", "deny 403", "deny 403 insufficient_scope"

    Exit status: 0 when all decisions are as expected, 1 when one is not, 2 when a file cannot be used.

    Example: gatepost policy test gatepost.toml cases.toml
    """  # noqa: D301  # the control character keeps the lines of the example
    from gatepost.cli import case_table
    from gatepost.cli.policy_cases import read_cases
    from gatepost.cli.policy_trial import Trial
    from gatepost.policy.settings.problem import PolicyFileError

    try:
        settings = policy_option.read_policy(file)
        expected = read_cases(cases, settings)
    except policy_option.BrokenPolicy:
        return 2
    except PolicyFileError as error:
        policy_option.complain_of(error.problems)
        return 2
    trial = Trial(settings)
    outcomes: list[tuple[Case, Decision]] = [(case, trial.decide(case)) for case in expected]
    failed = [(case, decision) for case, decision in outcomes if not case.expects(decision)]
    if as_json:
        typer.echo(plain_json(case_table.document(outcomes), indent=2))
    else:
        case_table.show(failed)
        typer.echo(plain(f"{len(outcomes) - len(failed)} of {len(outcomes)} decisions are as expected."))
    return 1 if failed else 0
