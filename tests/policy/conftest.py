"""Policy files in a folder of their own."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gatepost.policy.policy_file import PolicySettings, read
from gatepost.policy.settings.problem import PolicyFileError

Write = Callable[..., Path]
Complaints = Callable[..., list[str]]

ROUTE = '[[routes]]\nmatch = "GET /"\npublic = true\n'


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file, and returns its path."""

    def put(text: str | bytes, name: str = "gatepost.toml") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return put


@pytest.fixture
def complaints(write: Write, tmp_path: Path) -> Complaints:
    """Return a function that says what is wrong with a policy file, without the folder's name."""

    def of(text: str | bytes, environ: Mapping[str, str] | None = None) -> list[str]:
        try:
            read(write(text), environ=environ or {})
        except PolicyFileError as error:
            return str(error).replace(f"{tmp_path}/", "").split("\n")
        return []

    return of


@pytest.fixture
def settings(write: Write) -> Callable[..., PolicySettings]:
    """Return a function that reads a policy file."""
    return lambda text, environ=None: read(write(text), environ=environ or {})
