"""The command line, as a test calls it: with arguments and standard input, for a status and two texts."""

import io
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from gatepost.cli import main
from gatepost.testing import LocalIssuer

AUDIENCE = "https://api.example.com"


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command inside this process."""
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        status = main(arguments)
        return Ended(status, *capsys.readouterr())

    return call


@pytest.fixture(scope="module")
def local() -> Iterator[LocalIssuer]:
    """Return an issuer that runs while a module's tests do."""
    with LocalIssuer(audience=AUDIENCE) as running:
        yield running
