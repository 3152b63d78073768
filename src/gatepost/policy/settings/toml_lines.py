"""On which line of a TOML text a value stands, which `tomllib` does not tell (TOML 1.0.0)."""

import re
import tomllib
from bisect import bisect_right
from typing import TypeAlias

# The way to a value: the names of keys, and positions in arrays.
Way: TypeAlias = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'")
_VALUE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+[^\s,\]}#]*"
    r"|[^\s,\]}#]+",
    re.DOTALL,
)


def lines(text: str) -> dict[Way, int]:
    """Return the line, from 1, of every table, key and array element in `text`.

    Args:
        text: A TOML document that `tomllib` has accepted.
    """
    return _Scanner(text).lines()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [place for place, character in enumerate(text) if character == "\n"]
        self._found: dict[Way, int] = {}
        self._sizes: dict[Way, int] = {}  # of the arrays of tables

    def lines(self) -> dict[Way, int]:
        table: Way = ()
        while self._skip(_GAP) < len(self._text):
            start = self._at
            if self._text.startswith("[[", start):
                table = self._header(2)
                size = self._sizes.get(table, 0)
                self._sizes[table] = size + 1
                self._found.setdefault(table, self._line(start))
                table = (*table, size)
                self._found[table] = self._line(start)
            elif self._text[start] == "[":
                table = self._header(1)
                self._found[table] = self._line(start)
            else:
                self._pair(table)
        return self._found

    def _header(self, brackets: int) -> Way:
        """Read `[a.b]` or `[[a.b]]`, and return its way; a part that is an array of tables means its last one."""
        self._at += brackets
        *parents, last = self._key()
        self._skip(_BLANK)
        self._at += brackets
        way: Way = ()
        for part in parents:
            way = self._last_of((*way, part))
            self._found.setdefault(way, self._line(self._at - 1))
        way = (*way, last)
        return way if brackets == 2 else self._last_of(way)

    def _last_of(self, way: Way) -> Way:
        return (*way, self._sizes[way] - 1) if way in self._sizes else way

    def _pair(self, table: Way) -> None:
        start, way = self._line(self._at), table
        for part in self._key():
            way = (*way, part)
            self._found.setdefault(way, start)
        self._skip(_BLANK)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(way)

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._skip(_BLANK)
            found = _BARE_KEY.match(self._text, self._at)
            if found is not None:
                parts.append(found[0])
                self._at = found.end()
            else:
                start, end = self._at, self._skip(_QUOTED)
                parts.append(str(tomllib.loads(f"key = {self._text[start:end]}")["key"]))
            self._skip(_BLANK)
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _value(self, way: Way) -> None:
        opening = self._text[self._at]
        if opening not in "[{":
            self._skip(_VALUE)
            return
        closing = "]" if opening == "[" else "}"
        self._at += 1
        position = 0
        while self._text[self._skip(_GAP)] != closing:
            if self._text[self._at] == ",":
                self._at += 1
            elif opening == "{":
                self._pair(way)
            else:
                self._found[*way, position] = self._line(self._at)
                self._value((*way, position))
                position += 1
        self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        self._at = self._at if found is None else found.end()
        return self._at

    def _line(self, place: int) -> int:
        return bisect_right(self._ends, place - 1) + 1
