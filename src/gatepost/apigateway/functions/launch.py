"""How a process of a function is started."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple


class Launch(NamedTuple):
    """How to start a process of a function.

    Attributes:
        command: The program and its arguments.
        folder: Its working directory, the folder of the code.
        environment: Makes its environment from the address of the Runtime API and a folder of its own.
    """

    command: tuple[str, ...]
    folder: Path
    environment: Callable[[str, Path], Mapping[str, str]]
