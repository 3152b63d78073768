"""Every Python example of the README and the documentation runs as it stands, and reaches nothing but this machine."""

import ast
import asyncio
import inspect
import socket
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from tests.docs.pages import Block, blocks, name, pages
from tests.docs.world import World, local_issuer

WITH_EXAMPLES = [page for page in pages() if blocks(page, "python")]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with local_issuer() as local:
        yield World(local)


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def to_loopback(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] in {"127.0.0.1", "::1"}, f"an example connects to {address[0]}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", to_loopback)


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=name)
def test_the_examples_of_a_page_run_one_after_the_other(
    page: Path, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "example"}
    for block in blocks(page, "python"):
        code = compiled(block)
        if block.runs:
            world.give(block.given, namespace)
            run(code, namespace)


def test_there_are_examples() -> None:
    assert len(WITH_EXAMPLES) > 10


def compiled(block: Block) -> CodeType:
    """Compile a block; an error in it names the line of the page, and `await` may stand outside a function."""
    tree = ast.parse("\n" * block.line + block.text, str(block.page))
    code = compile(tree, str(block.page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert isinstance(code, CodeType)
    return code


def run(code: CodeType, namespace: dict[str, object]) -> None:
    """Run a block as a module's text would run."""
    result = eval(code, namespace)  # noqa: S307  # the project's own examples
    if inspect.iscoroutine(result):
        asyncio.run(result)
