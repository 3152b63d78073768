"""Every command that a page shows exists, and so does every option that it uses."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from gatepost.cli import main
from gatepost.cli.app import app
from tests.docs.pages import ROOT, blocks, name, pages, table
from tests.docs.world import local_issuer

PROGRAM = typer.main.get_command(app)
COMMAND_LINE = ROOT / "docs/reference/command-line.md"


def shown(page: Path) -> Iterator[str]:
    """Yield the command lines of the page's shell blocks, continued lines joined."""
    for block in blocks(page, "sh"):
        yield from (line.strip() for line in block.text.replace("\\\n", " ").splitlines())


def gatepost_commands() -> list[tuple[Path, str]]:
    return [
        (page, command)
        for page in pages()
        for line in shown(page)
        for command in re.split(r"\s*\|\s*", line)
        if command.startswith("gatepost ")
    ]


def find(words: list[str]) -> tuple[typer.core.TyperCommand, list[str]]:
    """Return the command that `words` begin with, and the words that follow its name."""
    command = PROGRAM
    while words and isinstance(command, typer.core.TyperGroup) and not words[0].startswith("-"):
        assert words[0] in command.commands, f"there is no command {words[0]!r}"
        command, words = command.commands[words[0]], words[1:]
    return command, words  # type: ignore[return-value]


@pytest.mark.parametrize(("page", "command"), gatepost_commands(), ids=lambda value: str(value)[-60:])
def test_a_command_that_is_shown_exists_with_its_options(page: Path, command: str) -> None:
    words = shlex.split(command.partition(" > ")[0], comments=True)[1:]
    found, rest = find(words)
    known = {option for parameter in found.params for option in parameter.opts} | {"--help", "-h"}
    for word in rest:
        if word.startswith("--"):
            assert word.partition("=")[0] in known, f"{name(page)}: {command}"


def test_the_refusal_that_is_shown_is_what_the_command_says(capsys: pytest.CaptureFixture[str]) -> None:
    shown_refusal = blocks(ROOT / "docs/how-to/command-line.md", "text")[0].text
    with local_issuer() as local:
        token = local.mint(aud=["https://other.example.com"])
        assert main(["verify", token, "--issuer", local.identifier, "--audience", "https://api.example.com"]) == 1
    assert capsys.readouterr().err == shown_refusal


def test_every_target_of_make_that_is_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown_targets = {line.split()[1] for page in pages() for line in shown(page) if re.match(r"make [a-z]", line)}
    assert {"demo", "test"} <= shown_targets <= targets


def leaves(command: object, path: str = "") -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Yield every command that does something, with its name."""
    if isinstance(command, typer.core.TyperGroup):
        for word, child in command.commands.items():
            yield from leaves(child, f"{path} {word}".strip())
    else:
        assert isinstance(command, typer.core.TyperCommand)
        yield path, command


def listed(heading: str) -> set[str]:
    return {row["option"].split()[0] for row in table(COMMAND_LINE, heading)}


@pytest.mark.parametrize(("path", "command"), [*leaves(PROGRAM)], ids=lambda value: value if type(value) is str else "")
def test_the_reference_lists_every_option_of_every_command(path: str, command: typer.core.TyperCommand) -> None:
    shared = listed("## Whom to trust") if path in {"verify", "inspect"} else set()
    options = {
        option
        for parameter in command.params
        for option in parameter.opts
        if parameter.param_type_name == "option" and option.startswith("--") and option != "--help"
    }
    assert listed(f"## `gatepost {path}`") | shared == options
