"""The table of the demo: what was sent, what came back, and whether it had to."""

from typing import TYPE_CHECKING, NamedTuple

from gatepost.cli.terminal import console, table
from gatepost.cli.terminal import show as show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepost.cli.demo_story import Step

# From these widths on there is room for the sentence that the API answers with, and for the expected reason.
_WIDE = 118
_WIDER = 160


class Answer(NamedTuple):
    """What came back.

    Attributes:
        status: The HTTP status.
        reason: The stable name of the reason in the problem's body, or `None`.
        sentence: What the API said about it.
        fault: What is wrong with the answer's form, or `None`.
    """

    status: int
    reason: str | None
    sentence: str
    fault: str | None = None


def as_expected(step: "Step", answer: Answer) -> bool:
    """Tell whether `answer` is the one that `step` has to get."""
    return answer.fault is None and (answer.status, answer.reason) == (step.status, step.reason)


def show(rows: "Sequence[tuple[Step, Answer]]") -> None:
    """Print the table to standard output."""
    from rich.text import Text

    out = console()
    wide = out.width >= _WIDE
    shown = table("What was sent", "Expected", "Answer", on=out, wrap=not wide)
    if wide:
        shown.add_column("In the API's words", overflow="fold")
    for step, answer in rows:
        good = as_expected(step, answer)
        # In a narrow window the reason stands once, unless the two differ.
        expected = _in_short(step.status, step.reason if out.width >= _WIDER or not good else None)
        came, colour = _in_short(answer.status, answer.reason), "green" if good else "bold red"
        cells: list[str | Text] = [step.sent, expected, Text(came if good else f"{came} (NOT AS EXPECTED)", colour)]
        if wide:
            cells.append(Text(answer.fault or answer.sentence, "dim" if answer.fault is None else "bold red"))
        shown.add_row(*cells)
    out.print()
    show_table(shown, on=out)
    out.print()
    count = sum(as_expected(step, answer) for step, answer in rows)
    out.print(f"{count} of {len(rows)} answers are as expected.", style="green" if count == len(rows) else "bold red")


def _in_short(status: int, reason: str | None) -> str:
    return f"{status}" if reason is None else f"{status} {reason}"
