"""What is written for readers, as the tests see it: pages, with their code, their tables and their links.

Every ```` ```python ```` block is run, a page's blocks one after the other in one namespace. A comment on the line
above a block changes that:

- `<!-- given: token, verifier -->` puts these names of `world.py` into the namespace first;
- `<!-- compiled only: why -->` says why the block cannot run here.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>given|compiled only): (?P<said>[^\n]+?) -->\n+)?"
    r"```(?P<language>[a-z]+)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
_ROW = re.compile(r"(?<!\\)\|")


class Block(NamedTuple):
    """A block of code.

    Attributes:
        page: The page that it stands on.
        line: The line of the page before its first one.
        language: Such as `python` or `sh`.
        given: The names that it is given.
        runs: Whether it can be run.
        text: The code.
    """

    page: Path
    line: int
    language: str
    given: tuple[str, ...]
    runs: bool
    text: str


def pages() -> list[Path]:
    """Return every page, the README first."""
    return [ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def name(page: Path) -> str:
    """Return how a test calls `page`."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[Block]:
    """Return the blocks of `page` in `language`, in their order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page=page,
            line=text.count("\n", 0, found.start("text")),
            language=language,
            given=tuple(re.split(r"[,\s]+", found["said"])) if found["mark"] == "given" else (),
            runs=found["mark"] != "compiled only",
            text=found["text"],
        )
        for found in _BLOCK.finditer(text)
        if found["language"] == language
    ]


def table(page: Path, heading: str) -> list[dict[str, str]]:
    """Return the first table below `heading`: for each row, its cells by the column's name."""
    section = page.read_text(encoding="utf-8").partition(f"\n{heading}\n")[2]
    assert section, f"{name(page)} has no heading {heading!r}"
    lines = iter(section[section.index("\n|") + 1 :].splitlines())
    columns = _cells(next(lines))
    next(lines)
    return [dict(zip(columns, _cells(line), strict=True)) for line in _until_the_end(lines)]


def links(page: Path) -> list[str]:
    """Return what `page` links to within the project."""
    return _LINK.findall(page.read_text(encoding="utf-8"))


def _until_the_end(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("|"):
            return
        yield line


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`").replace("\\|", "|") for cell in _ROW.split(line.strip())[1:-1]]
