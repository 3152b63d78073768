"""A policy file and those that it includes, read as TOML."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from gatepost.policy.settings.environment import fill
from gatepost.policy.settings.nearest_name import quoted
from gatepost.policy.settings.problem import PolicyFileError, Problem
from gatepost.policy.settings.toml_lines import Way, lines
from gatepost.policy.settings.watched_files import WatchedFiles

_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


class Document:
    """One file.

    Attributes:
        path: Where it is.
        values: What it says, with the environment filled in.
        problems: What is wrong with it so far.
    """

    def __init__(self, path: Path, text: str, values: dict[str, object], environ: Mapping[str, str]) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self._lines = lines(text)
        self._unfilled: set[Way] = set()
        filled = fill(values, environ, self._complain_of_reference)
        self.values: dict[str, object] = filled if isinstance(filled, dict) else {}

    def line(self, way: Way) -> int:
        """Return the line of the value there, or of the nearest thing around it."""
        while way and way not in self._lines:
            way = way[:-1]
        return self._lines.get(way, 0)

    def place(self, way: Way) -> str:
        """Return `file:line` of the value there."""
        return f"{self.path}:{self.line(way)}"

    def complain(self, way: Way, message: str) -> None:
        """Take down a problem with the value there, unless it is that the value could not be filled in."""
        if way not in self._unfilled:
            self.problems.append(Problem(str(self.path), self.line(way), message))

    def sorted_problems(self) -> list[Problem]:
        """Return the problems by line, each once."""
        return sorted(dict.fromkeys(self.problems), key=lambda problem: problem.line)

    def _complain_of_reference(self, way: Way, message: str) -> None:
        self.complain(way, message)
        self._unfilled.add(way)

    def beside(self, name: str) -> Path:
        """Return the path that `name` means: relative ones begin at this file's folder."""
        return self.path.parent / name


def read_documents(path: str | os.PathLike[str], environ: Mapping[str, str], seen: WatchedFiles) -> list[Document]:
    """Return the file, and after it those it includes.

    Args:
        path: The file.
        environ: The environment's variables.
        seen: Gets every file that was looked at, also when one of them is broken.

    Raises:
        PolicyFileError: When a file cannot be read or is no TOML, or an include names one that was read already.
    """
    documents: list[Document] = []
    problems: list[Problem] = []
    _read(Path(path), environ, seen, documents, problems)
    if problems:
        raise PolicyFileError(problems)
    return documents


def _read(
    path: Path,
    environ: Mapping[str, str],
    seen: WatchedFiles,
    documents: list[Document],
    problems: list[Problem],
) -> None:
    seen.add(path)
    text = ""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        document = Document(path, text, tomllib.loads(text), environ)
    except OSError as error:
        problems.append(Problem(str(path), 0, f"the file cannot be read: {error.strerror}"))
        return
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.append(Problem(str(path), line, "the file is not UTF-8"))
        return
    except tomllib.TOMLDecodeError as error:
        problems.append(_syntax(path, text, str(error)))
        return
    except RecursionError:
        problems.append(Problem(str(path), 0, "the file is nested too deeply"))
        return
    documents.append(document)
    for position, name in enumerate(_includes(document, problems)):
        way = ("include", position)
        included = document.beside(name)
        before = [each.resolve() for each in seen.paths]
        if included.resolve() in before:
            problems.append(Problem(str(path), document.line(way), f"{quoted(name)} is read already; include it once"))
        elif not included.is_file():
            problems.append(Problem(str(path), document.line(way), f"there is no file {included}"))
            seen.add(included)
        else:
            _read(included, environ, seen, documents, problems)


def _includes(document: Document, problems: list[Problem]) -> list[str]:
    names = document.values.get("include", [])
    if isinstance(names, list) and all(isinstance(name, str) and name for name in names):
        return names
    message = '"include" is a list of files: include = ["other.toml"]'
    problems.append(Problem(str(document.path), document.line(("include",)), message))
    return []


def _syntax(path: Path, text: str, message: str) -> Problem:
    """Return what `tomllib` found, with its line in front."""
    found = _PLACE.search(message)
    line = int(found["line"]) if found is not None and found["line"] else text.rstrip("\n").count("\n") + 1
    what = _PLACE.sub("", message)
    return Problem(str(path), line, f"not TOML: {what[:1].lower()}{what[1:]}")
