"""The cases of a policy's own test: those that went wrong, as a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gatepost.cli.decision_line import decision_line
from gatepost.cli.plain_text import plain
from gatepost.cli.terminal import console, table
from gatepost.cli.terminal import show as show_table

if TYPE_CHECKING:
    from gatepost.cli.policy_cases import Case
    from gatepost.policy.decision import Decision

    Outcomes = Sequence[tuple[Case, Decision]]


def show(failed: "Outcomes") -> None:
    """Print the failures to standard output."""
    if not failed:
        return
    out = console()
    shown = table("Case", "Request", "Expected", "Decision", "Why", on=out)
    for case, decision in failed:
        wrong = case.difference(decision)
        shown.add_row(
            *map(
                plain, (f"{case.place} {case.name}".strip(), case.request, case.expect, decision_line(decision), wrong)
            )
        )
    show_table(shown, on=out)


def document(outcomes: "Outcomes") -> dict[str, object]:
    """Return all cases for a program."""
    return {
        "cases": [
            {
                "place": case.place,
                "name": case.name,
                "request": case.request,
                "expected": case.expect,
                "decision": decision_line(decision),
                "as_expected": case.expects(decision),
                "why": "" if case.expects(decision) else case.difference(decision),
            }
            for case, decision in outcomes
        ]
    }
