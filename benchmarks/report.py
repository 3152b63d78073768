"""benchmarks/RESULTS.md: one section for each benchmark, replaced whenever it runs."""

import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")

_TITLE = """# Measured

Ratios are taken round by round within one run, since the speed of a machine drifts: median (lowest to highest round).
A figure that was promised and not reached says **missed**.
"""


class Target:
    """A promised figure, and what was measured."""

    __slots__ = ("measured", "met", "promise")

    def __init__(self, promise: str, measured: str, *, met: bool) -> None:
        self.promise = promise
        self.measured = measured
        self.met = met


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def targets(found: Iterable[Target]) -> str:
    """Return the table of promised figures."""
    rows = ((target.promise, target.measured, "reached" if target.met else "**missed**") for target in found)
    return table(("promised", "measured", ""), rows)


def machine(packages: Iterable[str]) -> str:
    """Return one paragraph on the machine and the versions."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"{_processor()}, {platform.system()}, CPython {platform.python_version()}; {versions}.\n"


def write(section: str, text: str) -> None:
    """Put `text` into RESULTS.md as the section of that name, in place of the one from before."""
    begin, end = f"<!-- {section} -->\n", f"<!-- end of {section} -->\n"
    before = RESULTS.read_text() if RESULTS.exists() else _TITLE
    if begin in before:
        head, _, rest = before.partition(begin)
        tail = rest.partition(end)[2]
    else:
        head, tail = before.rstrip() + "\n\n", ""
    RESULTS.write_text(head + begin + text.strip() + "\n" + end + tail)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
