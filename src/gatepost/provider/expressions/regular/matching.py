"""Following a program through a text: every way at once, the preferred ones first (Pike's virtual machine)."""

from collections.abc import Callable
from typing import TypeAlias

from gatepost.provider.expressions.regular.classes import is_word
from gatepost.provider.expressions.regular.program import (
    ASSERT,
    CHAR,
    JUMP,
    LOOK,
    MATCH,
    SAVE,
    SPLIT,
    Instruction,
    LookProgram,
    Operand,
)

Spend: TypeAlias = Callable[[int], None]
Marks: TypeAlias = tuple[int, ...]


class Machine:
    """Runs programs over one text.

    Args:
        text: The text.
        spend: Is told of every step.
    """

    __slots__ = ("_spend", "_text")

    def __init__(self, text: str, spend: Spend) -> None:
        self._text = text
        self._spend = spend

    def run(
        self, program: list[Instruction], marks: int, start: int, *, anchored: bool, end: int | None = None
    ) -> Marks | None:
        """Return the marks of the first match, two for each group and two for the whole, or `None`.

        Args:
            program: The instructions.
            marks: How many marks there are.
            start: Where to begin.
            anchored: Whether the match has to begin there.
            end: Where it has to end.
        """
        text = self._text
        unset = (-1,) * (marks - 2)
        threads: list[tuple[int, Marks]] = []
        found: Marks | None = None
        last = len(text) if end is None else end
        for at in range(start, last + 1):
            # Whoever stands here has come over the character before; a new one begins here, and is preferred least.
            waiting: list[tuple[int, Marks]] = threads
            if found is None and (at == start or not anchored):
                waiting = [*threads, (0, (at, -1, *unset))]
            if not waiting:
                break
            ready = self._closure(program, waiting, at)
            threads = []
            for place, held in ready:
                if program[place][0] == MATCH:
                    if end is None or at == end:
                        found = (held[0], at, *held[2:])
                        break  # whoever comes after is preferred less
                elif at < last and program[place][1](text[at]):
                    threads.append((place + 1, held))
        return found

    def _closure(
        self, program: list[Instruction], waiting: list[tuple[int, Marks]], at: int
    ) -> list[tuple[int, Marks]]:
        """Return who waits for a character or is at the end, after all that takes no character."""
        seen: set[int] = set()
        ready: list[tuple[int, Marks]] = []
        stack = waiting[::-1]
        while stack:
            place, held = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            code, one, other = program[place]
            if code in {CHAR, MATCH}:
                ready.append((place, held))
            elif code == SPLIT:
                stack.append((other, held))
                stack.append((one, held))
            elif code == JUMP:
                stack.append((one, held))
            elif code == SAVE:
                stack.append((place + 1, (*held[:one], at, *held[one + 1 :])))
            elif self._stands(code, one, at):
                stack.append((place + 1, held))
        self._spend(len(seen) + len(ready))
        return ready

    def _stands(self, code: int, one: Operand, at: int) -> bool:
        if code == ASSERT:
            return self._place(one, at)
        return code == LOOK and self._look(one, at)

    def _look(self, look: LookProgram, at: int) -> bool:
        if look.widths is None:
            seen = self.run(look.program, _marks(look.program), at, anchored=True) is not None
        else:
            least, most = look.widths
            seen = any(
                self.run(look.program, _marks(look.program), begin, anchored=True, end=at) is not None
                for begin in range(at - least, max(at - most, 0) - 1, -1)
                if begin >= 0
            )
        return seen is not look.negative

    def _place(self, kind: str, at: int) -> bool:
        text = self._text
        if kind in {"A", "^"}:
            return at == 0
        if kind == "z":
            return at == len(text)
        if kind in {"Z", "$"}:
            return text[at:] in {"", "\n", "\r\n", "\r"}
        if kind == "^m":
            return at == 0 or (text[at - 1] == "\n" and at < len(text))
        if kind == "$m":
            return at == len(text) or text[at] == "\n"
        edge = (at > 0 and is_word(text[at - 1])) != (at < len(text) and is_word(text[at]))
        return edge is (kind == "b")


def _marks(program: list[Instruction]) -> int:
    return 2 + max((one for code, one, _ in program if code == SAVE), default=0)
