"""Where output goes: colour and boxes on a terminal, plain lines for a pipe, and never colour under NO_COLOR."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# What is read by a program is not broken into lines of a terminal's width.
_UNBROKEN = 1 << 20


def console() -> "Console":
    """Return standard output; on it, brackets and names of emoji are just text."""
    from rich.console import Console

    plain = Console(markup=False, highlight=False, emoji=False)
    if plain.is_terminal or "COLUMNS" in os.environ:
        return plain
    return Console(markup=False, highlight=False, emoji=False, width=_UNBROKEN)


def table(*columns: str, on: "Console", wrap: bool = True) -> "Table":
    """Return an empty table with these columns: with rules on a terminal, in bare columns elsewhere."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.ROUNDED if on.is_terminal else None, pad_edge=on.is_terminal, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=not wrap)
    return made


def show(made: "Table", *, on: "Console") -> None:
    """Print a table; elsewhere than on a terminal without the blanks that fill its last column."""
    if on.is_terminal:
        on.print(made)
        return
    with on.capture() as printed:
        on.print(made)
    for line in printed.get().splitlines():
        on.out(line.rstrip(), highlight=False)
