"""Patterns: whether they match, where, and what they leave in place of it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from gatepost.provider.expressions.evaluation import Evaluation
from gatepost.provider.expressions.regular.matching import Machine, Marks
from gatepost.provider.expressions.regular.program import Instruction, program
from gatepost.provider.expressions.regular.syntax import PatternError, Reader

__all__ = ["Pattern", "PatternError"]

_REFERENCE: Final = re.compile(r"\\(.)|\$(?:(\d)|\{([A-Za-z][A-Za-z0-9]*)\})|\$|\\", re.DOTALL)


class Match(NamedTuple):
    """One match.

    Attributes:
        text: The text that was searched.
        marks: Where the whole and every group begin and end; -1 for a group that took no part.
    """

    text: str
    marks: Marks

    def group(self, number: int) -> str | None:
        """Return what a group has captured; 0 is the whole."""
        start, end = self.marks[2 * number], self.marks[2 * number + 1]
        return self.text[start:end] if start >= 0 and end >= 0 else None


class Pattern:
    """A regular expression.

    Attributes:
        groups: How many groups it captures.
    """

    __slots__ = ("_names", "_program", "groups")

    def __init__(self, written: str) -> None:
        """Read it.

        Raises:
            PatternError: When it is none, or of a kind that is not taken.
        """
        reader = Reader(written)
        self._program: list[Instruction] = program(reader.read())
        self._names = reader.names
        self.groups = reader.groups

    @staticmethod
    @lru_cache(maxsize=512)
    def of(written: str) -> "Pattern":
        """Return the pattern of a text, remembered from the last time.

        Raises:
            PatternError: When it is none, or of a kind that is not taken.
        """
        return Pattern(written)

    def full(self, evaluation: Evaluation, text: str) -> Match | None:
        """Return the match of the whole text."""
        return self._run(evaluation, text, 0, anchored=True, end=len(text))

    def search(self, evaluation: Evaluation, text: str, start: int = 0) -> Match | None:
        """Return the first match."""
        return self._run(evaluation, text, start, anchored=False)

    def matches(self, evaluation: Evaluation, text: str) -> Iterator[Match]:
        """Return all matches that do not overlap, from left to right."""
        at = 0
        while at <= len(text) and (match := self.search(evaluation, text, at)) is not None:
            yield match
            start, end = match.marks[:2]
            at = end + (start == end)

    def replaced(self, evaluation: Evaluation, text: str, replacement: str, *, most: int | None = None) -> str | None:
        r"""Return the text with matches replaced; `$1`, `${name}` are groups, `\$` a dollar sign.

        `None` when the replacement names a group that there is not, or ends in the middle of something.
        """
        parts = self._parts(replacement)
        if parts is None:
            return None
        made: list[str] = []
        at = 0
        for count, match in enumerate(self.matches(evaluation, text), 1):
            start, end = match.marks[:2]
            piece = text[at:start] + "".join(
                part if isinstance(part, str) else match.group(part) or "" for part in parts
            )
            evaluation.produce(len(piece))
            made.append(piece)
            at = end
            if count == most:
                break
        return "".join([*made, text[at:]])

    def _run(
        self, evaluation: Evaluation, text: str, start: int, *, anchored: bool, end: int | None = None
    ) -> Match | None:
        machine = Machine(text, evaluation.spend)
        marks = machine.run(self._program, 2 * self.groups + 2, start, anchored=anchored, end=end)
        return None if marks is None else Match(text, marks)

    def _parts(self, replacement: str) -> list[str | int] | None:
        parts: list[str | int] = []
        at = 0
        for found in _REFERENCE.finditer(replacement):
            parts.append(replacement[at : found.start()])
            at = found.end()
            escaped, digit, name = found.groups()
            if escaped is not None:
                parts.append(escaped)
                continue
            number = int(digit) if digit is not None else self._names.get(name, -1)
            if not 0 <= number <= self.groups:
                return None
            parts.append(number)
        parts.append(replacement[at:])
        return parts
