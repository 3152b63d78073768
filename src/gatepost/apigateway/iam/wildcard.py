"""Patterns in policies: `*` stands for any run of characters, `/` and `:` among them, and `?` for any one.

A text is matched from left to right without ever going back, so no pattern can take it long: the parts between the
stars have a fixed length each, and the leftmost place of each is as good as any other.
"""

import re
from collections.abc import Iterable
from enum import Enum
from typing import TypeAlias


class Wild(Enum):
    """What stands for other characters."""

    RUN = "*"
    ONE = "?"


Piece: TypeAlias = str | Wild


class _Part:
    """What stands between two stars."""

    __slots__ = ("_form", "_text", "length")

    def __init__(self, pieces: Iterable[Piece]) -> None:
        pieces = list(pieces)
        self.length = sum(len(piece) if isinstance(piece, str) else 1 for piece in pieces)
        self._text = "".join(piece for piece in pieces if isinstance(piece, str))
        self._form: re.Pattern[str] | None = None
        if Wild.ONE in pieces:
            form = "".join(re.escape(piece) if isinstance(piece, str) else "." for piece in pieces)
            self._form = re.compile(form, re.DOTALL)  # no repetition in it: it cannot go back either

    def at(self, text: str, start: int) -> bool:
        """Tell whether it stands at `start`."""
        if self._form is None:
            return text.startswith(self._text, start)
        return self._form.match(text, start) is not None

    def find(self, text: str, start: int, end: int) -> int:
        """Return the first place from `start` on where it stands before `end`, or -1."""
        if self._form is None:
            return text.find(self._text, start, end)
        found = self._form.search(text, start, end)
        return -1 if found is None else found.start()


class Wildcard:
    """A pattern."""

    __slots__ = ("_first", "_inner", "_last")

    def __init__(self, pieces: Iterable[Piece]) -> None:
        """Take the pattern in pieces, of which the texts mean just themselves."""
        parts: list[list[Piece]] = [[]]
        for piece in pieces:
            if piece is Wild.RUN:
                parts.append([])
            else:
                parts[-1].append(piece)
        self._first = _Part(parts[0])
        self._last = _Part(parts[-1]) if len(parts) > 1 else None
        self._inner = [_Part(part) for part in parts[1:-1] if part]

    def matches(self, text: str) -> bool:
        """Tell whether the whole of `text` fits."""
        first, last = self._first, self._last
        if last is None:
            return len(text) == first.length and first.at(text, 0)
        position, end = first.length, len(text) - last.length
        if position > end or not first.at(text, 0) or not last.at(text, end):
            return False
        for part in self._inner:
            position = part.find(text, position, end)
            if position < 0:
                return False
            position += part.length
        return True


def pieces_of(pattern: str) -> list[Piece]:
    """Return a pattern in pieces."""
    pieces: list[Piece] = []
    for piece in re.split(r"([*?])", pattern):
        if piece in {"*", "?"}:
            pieces.append(Wild(piece))
        elif piece:
            pieces.append(piece)
    return pieces


def wildcard(pattern: str) -> Wildcard:
    """Return the pattern that a text stands for."""
    return Wildcard(pieces_of(pattern))
