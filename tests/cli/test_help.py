"""What `--help` prints, of every command there is."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from gatepost.cli.app import app
from tests.cli.conftest import Run


def commands(command: Any, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, *path, name)


@pytest.mark.parametrize("path", list(commands(typer.main.get_command(app))), ids=" ".join)
def test_the_help_of_a_command_holds_no_marks_for_who_formats_it(run: Run, path: tuple[str, ...]) -> None:
    ended = run(*path, "--help")
    assert (ended.status, ended.err) == (0, "")
    assert "Usage: gatepost" in ended.out
    assert "\\b" not in ended.out
    assert "\b" not in ended.out
