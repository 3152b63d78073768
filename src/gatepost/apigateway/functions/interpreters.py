"""The Python interpreters of this machine."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

_ASK = "import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)"


def running() -> str:
    """Return the version of this interpreter, such as `3.12`."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def this_interpreter() -> str:
    """Return the program of this interpreter, outside of any virtual environment."""
    base: str = getattr(sys, "_base_executable", "") or sys.executable
    return base


@cache
def find_interpreter(version: str) -> str | None:
    """Return the program of a version of Python, or `None` when this machine has none.

    Args:
        version: Such as `3.12`.
    """
    if version == running():
        return this_interpreter()
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    candidates = [
        shutil.which(f"python{version}"),
        *sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python{version}")), reverse=True),
    ]
    for candidate in candidates:
        if candidate is not None and (found := _ask(candidate, version)) is not None:
            return found
    return None


def _ask(program: str, version: str) -> str | None:
    """Return where the interpreter really is; `python3.12` on the path may be a shim that leads nowhere."""
    try:
        asked = subprocess.run(  # noqa: S603
            [program, "-I", "-S", "-c", _ASK], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    major, _, rest = asked.stdout.strip().partition(" ")
    minor, _, path = rest.partition(" ")
    return path if asked.returncode == 0 and f"{major}.{minor}" == version and path else None
