"""Where a function's code is: its folder, what `sam build` made of it, or the template itself."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gatepost.apigateway.model.function import Function

# Folders that change without the code changing, or that no function is started from.
_SKIPPED = frozenset({".aws-sam", ".git", ".hg", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", "__pycache__"})
_INLINE_FILES = {"python": "index.py", "nodejs": "index.js"}


class Code(NamedTuple):
    """The code of a function.

    Attributes:
        folder: The folder that stands for `/var/task`.
        notice: What the user should know about the choice, or an empty string.
    """

    folder: Path
    notice: str = ""


def find_code(function: Function, inline_folder: Path) -> Code:
    """Return the folder of a function's code.

    What `sam build` made for the function, in `.aws-sam/build` beside the template or its parents' project, is taken
    when it is newer than every file of `CodeUri`, since it has the dependencies.

    Args:
        function: The function.
        inline_folder: Where `InlineCode` is written to.

    Raises:
        OSError: When inline code cannot be written.
    """
    if function.inline_code is not None:
        inline_folder.mkdir(parents=True, exist_ok=True)
        name = _INLINE_FILES["nodejs" if function.runtime.startswith("nodejs") else "python"]
        (inline_folder / name).write_text(function.inline_code, encoding="utf-8")
        return Code(inline_folder)
    folder = (function.code or Path()).resolve()
    built = Path(function.place.file).resolve().parent / ".aws-sam" / "build" / function.logical_id
    if function.place.file and built.is_dir() and built != folder:
        if built.stat().st_mtime >= newest(folder):
            return Code(built, f"{function.logical_id} runs from {_short(built)}, which `sam build` made")
        return Code(
            folder, f"{function.logical_id} runs from its source, which is newer than {_short(built)}; see `sam build`"
        )
    return Code(folder)


def newest(folder: Path) -> float:
    """Return when a file below a folder was changed last, in seconds since 1970."""
    return max((entry.stat().st_mtime for entry in files(folder)), default=0.0)


def files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield the files below a folder, but for those of caches and repositories; symbolic links are not followed."""
    folders = [os.fspath(folder)]
    while folders:
        try:
            entries = os.scandir(folders.pop())
        except OSError:
            continue  # removed meanwhile
        with entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _SKIPPED:
                        folders.append(entry.path)
                else:
                    yield entry


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
