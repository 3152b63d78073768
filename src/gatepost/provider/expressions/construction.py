"""Making lists, maps and Java's arrays of primitive types."""

from collections.abc import Mapping, Sequence
from typing import Final

from gatepost.provider.expressions.evaluation import Evaluation, Value
from gatepost.provider.expressions.navigation import Run
from gatepost.provider.expressions.values import text

PRIMITIVES: Final[Mapping[str, object]] = {
    **dict.fromkeys(("byte", "short", "int", "long"), 0),
    **dict.fromkeys(("float", "double"), 0.0),
    "boolean": False,
    "char": "\0",
}
"""What a new array of each type is filled with."""


def of_items(items: Sequence[Run]) -> Run:
    """Return what makes a list."""

    def run(evaluation: Evaluation, this: Value) -> Value:
        evaluation.produce(len(items) + 1)
        return [each(evaluation, this) for each in items]

    return run


def of_entries(entries: Sequence[tuple[Run, Run]]) -> Run:
    """Return what makes an object; PingOne discards null keys."""

    def run(evaluation: Evaluation, this: Value) -> Value:
        evaluation.produce(len(entries) + 1)
        made: dict[str, Value] = {}
        for key, value in entries:
            name = key(evaluation, this)
            if name is not None:
                made[text(evaluation, name)] = value(evaluation, this)
        return made

    return run


def of_sizes(sizes: Sequence[Run], filling: object) -> Run:
    """Return what makes an array of so many dimensions, all of whose elements are the same."""

    def made(evaluation: Evaluation, lengths: list[int]) -> Value:
        if not lengths:
            return filling
        evaluation.produce(lengths[0] + 1)
        return [made(evaluation, lengths[1:]) for _ in range(lengths[0])]

    def run(evaluation: Evaluation, this: Value) -> Value:
        lengths = [each(evaluation, this) for each in sizes]
        return made(evaluation, lengths) if all(type(each) is int and each >= 0 for each in lengths) else None

    return run
