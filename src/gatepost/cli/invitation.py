"""What to copy from the screen while an issuer is running."""

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gatepost.cli.terminal import console

if TYPE_CHECKING:
    from collections.abc import Sequence


def program() -> str:
    """Return how to call Gatepost from here: by its name where that is found, else by the way it was called."""
    if shutil.which("gatepost") is not None:
        return "gatepost"
    called = Path(sys.argv[0])
    return str(called) if called.name == "gatepost" else f"{shlex.quote(sys.executable)} -m gatepost"


def facts(*lines: tuple[str, str]) -> None:
    """Print names and values in two columns."""
    from rich.text import Text

    out, width = console(), max(len(name) for name, _ in lines)
    for name, value in lines:
        out.print(Text.assemble((f"{name:<{width}}", "cyan"), "  ", value), soft_wrap=True)


def invite(title: str, lines: "Sequence[tuple[str, str]]") -> None:
    """Print `lines` under `title`, each a remark with what to copy beneath it.

    What is to be copied is never broken by this program: a terminal may wrap it, and still copies it as one line.
    """
    from rich.text import Text

    out = console()
    out.print()
    out.print(Text(title, "bold"))
    for remark, command in lines:
        out.print()
        out.print(Text(f"  # {remark}", "dim"))
        out.print(Text(f"  {command}"), soft_wrap=True)
    out.print()
