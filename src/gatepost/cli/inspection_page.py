"""An inspection on the terminal: the verdict first, then the parts, then the checks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gatepost.cli.plain_text import plain, plain_json
from gatepost.cli.terminal import console
from gatepost.cli.terminal import show as show_table
from gatepost.cli.time_words import date, relative

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from gatepost.cli.inspection import Inspection

_TIMES = {"exp": "expires", "nbf": "usable", "iat": "issued", "auth_time": "signed on", "updated_at": "changed"}
_COLOURS = {"passed": "green", "failed": "bold red", "unknown": "yellow"}
_BANNERS = {"verified": "bold white on green", "refused": "bold white on red", "not verified": "bold black on yellow"}


def show(inspection: "Inspection") -> None:
    """Print it to standard output."""
    from rich.text import Text

    out, verdict = console(), inspection.verdict
    banner = Text.assemble((f" {verdict.outcome.upper()} ", _BANNERS[verdict.outcome]), " ")
    banner.append(plain(verdict.sentence if verdict.reason is None else f"{verdict.reason}: {verdict.sentence}"))
    out.print(banner)
    for title, part in (("Header", inspection.header), ("Payload", inspection.payload)):
        out.print()
        out.print(Text(title, "bold"))
        if part is None:
            out.print(Text("cannot be read", "red"))
        else:
            show_table(_members(part, inspection.now), on=out)
    out.print()
    out.print(Text("Checks", "bold"))
    show_table(_checks(inspection), on=out)


def _members(part: Mapping[str, object], now: float) -> "Table":
    from rich.text import Text

    rows = _rows()
    for name, value in part.items():
        shown = _value(value)
        if name in _TIMES and isinstance(value, int | float) and not isinstance(value, bool):
            shown.append(f"  {_in_words(name, value, now)}", "dim")
        rows.add_row(Text(plain(name), "cyan"), shown)
    return rows


def _checks(inspection: "Inspection") -> "Table":
    from rich.text import Text

    rows = _rows(columns=3)
    for check in inspection.checks:
        rows.add_row(
            Text(check.outcome, _COLOURS[check.outcome]), Text(plain(check.name), "cyan"), Text(plain(check.detail))
        )
    return rows


def _rows(columns: int = 2) -> "Table":
    from rich.table import Table

    rows = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(columns):
        rows.add_column(overflow="fold")
    return rows


def _value(value: object) -> "Text":
    from rich.highlighter import JSONHighlighter
    from rich.text import Text

    text = Text(plain_json(value))
    JSONHighlighter().highlight(text)
    return text


def _in_words(name: str, moment: float, now: float) -> str:
    word = "expired" if name == "exp" and moment <= now else _TIMES[name]
    return f"{word} {relative(moment, now)} ({date(moment)})"
