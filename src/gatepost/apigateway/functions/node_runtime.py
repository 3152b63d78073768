"""How functions in Node.js are run: under aws-lambda-ric, AWS's own runtime client, when it is installed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from gatepost.apigateway.model.function import Function

_CLIENT = Path(__file__).with_name("client") / "rapid_client.cjs"
_RIC = Path("aws-lambda-ric")
_ENTRIES = ("bin/index.mjs", "index.mjs")  # until its version 3, and since 4
INSTALL = "npm install --ignore-scripts aws-lambda-ric"


def find_node() -> str | None:
    """Return the program of Node.js, on the path or beside this interpreter, or `None` without one."""
    return shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))


def find_runtime_client(code: Path) -> Path | None:
    """Return the entry of aws-lambda-ric: beside the function, above it, or installed for everybody.

    Args:
        code: The folder of the function's code.
    """
    folder = code.resolve()
    homes = [home / "node_modules" for home in (folder, *folder.parents)]
    homes += [Path(home) for home in os.environ.get("NODE_PATH", "").split(os.pathsep) if home]
    if (found := _entry_in(homes)) is not None:
        return found
    return _entry_in([Path(home)]) if (home := _global_modules()) else None


def _entry_in(homes: Iterable[Path]) -> Path | None:
    for home in homes:
        for name in _ENTRIES:
            if (entry := home / _RIC / name).is_file():
                return entry
    return None


def run_node(function: Function, node: str, client: Path) -> tuple[str, ...]:
    """Return the command that runs a function.

    Args:
        function: The function.
        node: The program.
        client: The entry of aws-lambda-ric.
    """
    return (
        node,
        "--require",
        str(_CLIENT),
        f"--max-old-space-size={max(function.memory * 9 // 10, 64)}",
        str(client),
        function.handler,
    )


@cache
def _global_modules() -> str:
    npm = shutil.which("npm")
    if npm is None:
        return ""
    try:
        asked = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip()
