"""The report of the decision table: for each row what the table says, and what every gate made of it."""

from pathlib import Path

from tests.gates.decision_table import ROWS, Row
from tests.gates.seen import Seen

REPORT = Path(__file__).parents[2] / "build" / "decision-table.md"

# For each gate, what it made of the rows that it was asked, by their ids.
_answers: dict[str, dict[str, str]] = {}


def note(gate: str, row: Row, seen: Seen, *, agrees: bool) -> None:
    """Note what a gate made of a row."""
    status = str(seen.status or "closed")
    _answers.setdefault(gate, {})[row.id] = status if agrees else f"**{status}**"


def written() -> str | None:
    """Write the table, when any gate was asked, and return one line about it."""
    if not _answers:
        return None
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(table())
    wrong = sum(cell.startswith("**") for cells in _answers.values() for cell in cells.values())
    verdict = f"{wrong} differ" if wrong else "all agree"
    return f"decision table: {len(ROWS)} rows, {len(_answers)} gates, {verdict}: {REPORT.relative_to(Path.cwd())}"


def table() -> str:
    """Return the table as Markdown. A status in bold differs from the row; a gate was not asked where there is none."""
    gates = sorted(_answers)
    lines = [
        "# The decision table, gate by gate",
        "",
        "What the policy says, and the status that each gate gave. `closed` stands for a connection that a server",
        "closed by itself, and 400, 413, 414 or 431 for what it refused by itself, before the gate was asked.",
        "",
        f"| row | request | policy | {' | '.join(gates)} |",
        f"|---|---|---|{'---|' * len(gates)}",
    ]
    for row in ROWS:
        said = f"{row.status} {row.reason}".strip()
        cells = (_answers[gate].get(row.id, "") for gate in gates)
        lines.append(f"| {_cell(row.id)} | {_cell(row.method, row.target)} | {said} | {' | '.join(cells)} |")
    return "\n".join((*lines, ""))


def _cell(*parts: str) -> str:
    text = " ".join(parts).replace("|", "\\|")
    return text if len(text) <= 80 else f"{text[:77]}..."
