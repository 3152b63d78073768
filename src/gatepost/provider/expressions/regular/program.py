"""A pattern as a list of instructions.

An instruction is a triple `(code, one, other)`; the codes are the constants below.
"""

from functools import singledispatch
from typing import Any, Final, NamedTuple, TypeAlias

from gatepost.provider.expressions import limits
from gatepost.provider.expressions.regular.nodes import Assertion, Char, Choice, Group, Look, Node, Repeat, Sequence
from gatepost.provider.expressions.regular.syntax import PatternError

CHAR: Final = 0  # one: the test
SPLIT: Final = 1  # one and other: where to go, the first preferred
JUMP: Final = 2  # one: where to go
SAVE: Final = 3  # one: the number of the mark
ASSERT: Final = 4  # one: the kind of place
LOOK: Final = 5  # one: the Look's own program
MATCH: Final = 6

Operand: TypeAlias = Any
Instruction: TypeAlias = tuple[int, Operand, Operand]


class LookProgram(NamedTuple):
    """What a look ahead or behind runs.

    Attributes:
        program: Its instructions.
        negative: Whether it must not be there.
        widths: The least and the most characters that a look behind goes back; `None` for a look ahead.
    """

    program: "list[Instruction]"
    negative: bool
    widths: tuple[int, int] | None


def program(node: Node) -> list[Instruction]:
    """Return the instructions of a pattern.

    Raises:
        PatternError: When there would be too many, or a look behind has no end.
    """
    return list(_program(node, _Program()))


class _Program(list[Instruction]):
    """Instructions in the making; those of looks ahead and behind count, too."""

    def __init__(self, spent: int = 0) -> None:
        super().__init__()
        self.spent = spent


def _program(node: Node, made: _Program) -> _Program:
    _emit(node, made)
    _add(made, (MATCH, None, None))
    return made


def _add(made: _Program, instruction: Instruction) -> int:
    made.spent += 1
    if made.spent > limits.PROGRAM:
        raise PatternError("The regular expression repeats too much")
    made.append(instruction)
    return len(made) - 1


@singledispatch
def _emit(node: object, made: _Program) -> None:
    raise NotImplementedError


@_emit.register
def _(node: Char, made: _Program) -> None:
    _add(made, (CHAR, node.test, None))


@_emit.register
def _(node: Assertion, made: _Program) -> None:
    _add(made, (ASSERT, node.kind, None))


@_emit.register
def _(node: Sequence, made: _Program) -> None:
    for part in node.parts:
        _emit(part, made)


@_emit.register
def _(node: Group, made: _Program) -> None:
    _add(made, (SAVE, 2 * node.number, None))
    _emit(node.node, made)
    _add(made, (SAVE, 2 * node.number + 1, None))


@_emit.register
def _(node: Choice, made: _Program) -> None:
    ends = []
    for option in node.options[:-1]:
        split = _add(made, (SPLIT, None, None))
        _emit(option, made)
        ends.append(_add(made, (JUMP, None, None)))
        made[split] = (SPLIT, split + 1, len(made))
    _emit(node.options[-1], made)
    for end in ends:
        made[end] = (JUMP, len(made), None)


@_emit.register
def _(node: Repeat, made: _Program) -> None:
    for _ in range(node.least):
        _emit(node.node, made)
        if _width(node.node)[1] == 0:  # the same place any number of times
            break
    if node.most is None:
        split = _add(made, (SPLIT, None, None))
        _emit(node.node, made)
        _add(made, (JUMP, split, None))
        made[split] = _split(split + 1, len(made), lazy=node.lazy)
        return
    splits = []
    for _ in range(node.most - node.least):
        splits.append(_add(made, (SPLIT, None, None)))
        _emit(node.node, made)
    for split in splits:
        made[split] = _split(split + 1, len(made), lazy=node.lazy)


def _split(again: int, out: int, *, lazy: bool) -> Instruction:
    return (SPLIT, out, again) if lazy else (SPLIT, again, out)


@_emit.register
def _(node: Look, made: _Program) -> None:
    widths = None
    if node.behind:
        least, most = _width(node.node)
        if most is None:
            raise PatternError("A look behind needs an end: no * and no + in it")
        widths = (least, most)
    inner = _program(node.node, _Program(made.spent))
    made.spent = inner.spent
    _add(made, (LOOK, LookProgram(list(inner), node.negative, widths), None))


@singledispatch
def _width(node: object) -> tuple[int, int | None]:
    """Return the least and the most characters that are taken; a place takes none."""
    return 0, 0


@_width.register
def _(_: Char) -> tuple[int, int | None]:
    return 1, 1


@_width.register
def _(node: Group) -> tuple[int, int | None]:
    return _width(node.node)


@_width.register
def _(node: Sequence) -> tuple[int, int | None]:
    widths = [_width(part) for part in node.parts]
    mosts = [most for _, most in widths]
    return sum(least for least, _ in widths), None if None in mosts else sum(most or 0 for most in mosts)


@_width.register
def _(node: Choice) -> tuple[int, int | None]:
    widths = [_width(option) for option in node.options]
    mosts = [most for _, most in widths]
    return min(least for least, _ in widths), None if None in mosts else max(most or 0 for most in mosts)


@_width.register
def _(node: Repeat) -> tuple[int, int | None]:
    least, most = _width(node.node)
    if most == 0:
        return 0, 0
    return least * node.least, None if most is None or node.most is None else most * node.most
