"""JSON values as the language sees them: their kinds, their text, their order and their size."""

import json

from gatepost.provider.expressions import limits
from gatepost.provider.expressions.evaluation import Evaluation, Exhausted, Value


def is_number(value: object) -> bool:
    """Whether it is a number; `true` is none."""
    return type(value) is int or type(value) is float


def number(value: float) -> int | float | None:
    """Return a number that JSON and Java's `long` can hold, else `None`."""
    if type(value) is int:
        return value if -limits.WHOLE <= value < limits.WHOLE else None
    return value if value - value == 0 else None


def size(value: object) -> int:
    """Return how many characters and elements a value has, all that is in it counted.

    Raises:
        Exhausted: When it is larger or deeper than a value may be.
    """
    total = 0
    pending: list[tuple[Value, int]] = [(value, 0)]
    while pending:
        each, depth = pending.pop()
        total += 1
        if type(each) is str:
            total += len(each)
        elif isinstance(each, list):
            total += len(each)
            pending.extend([(item, depth + 1) for item in each])
        elif isinstance(each, dict):
            total += sum(map(len, each))
            pending.extend([(item, depth + 1) for item in each.values()])
        if total > limits.VALUE or depth > limits.VALUE_DEPTH:
            raise Exhausted
    return total


def text(evaluation: Evaluation, value: object) -> str:
    """Return a value as text: `true`, `1.5`, `null`; objects and lists as JSON."""
    if type(value) is str:
        return value
    if value is None:
        return "null"
    if type(value) is bool:
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        evaluation.produce(size(value))
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def is_true(value: object) -> bool:
    """Whether a condition holds: `true`, or the text `true`, which Spring takes for it."""
    return value is True or (type(value) is str and value.lower() == "true")


def boolean(value: object) -> bool | None:
    """Return a truth value, or `None` for what is neither true nor false."""
    if type(value) is bool:
        return value
    if type(value) is str and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return None


def same(evaluation: Evaluation, one: object, other: object) -> bool:
    """Whether two values are equal: numbers by their value, everything else only to its own kind.

    Raises:
        Exhausted: When an object or a list among them is too large to compare.
    """
    if is_number(one) and is_number(other):
        return one == other
    if type(one) is not type(other) and not (isinstance(one, (dict, list)) and isinstance(other, (dict, list))):
        return False
    if isinstance(one, (dict, list)):
        evaluation.spend((size(one) + size(other)) >> 2)
        return _same_inside(one, other)
    return one == other


def _same_inside(one: Value, other: Value) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same_inside, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same_inside(one[name], other[name]) for name in one)
    if is_number(one) and is_number(other):
        return bool(one == other)
    return type(one) is type(other) and bool(one == other)


def order(one: Value, other: Value) -> int | None:
    """Return -1, 0 or 1 for less, equal or more, and `None` when two values have no order.

    As in Spring, null is less than anything else, and false is less than true.
    """
    if one is None or other is None:
        return (one is not None) - (other is not None)
    if (is_number(one) and is_number(other)) or (type(one) is type(other) and type(one) in {str, bool}):
        return int(one > other) - int(one < other)
    return None


def plain(value: Value) -> Value:
    """Return a copy of a value that is of Python's own `dict` and `list` throughout."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value
