"""The operators, on any two values. What has no meaning gives null."""

import math

from gatepost.provider.expressions.evaluation import Evaluation, Value
from gatepost.provider.expressions.values import is_number, number, order, same, text


def plus(evaluation: Evaluation, one: Value, other: Value) -> Value:
    """Add two numbers, or join two texts of which one may be any value."""
    if type(one) is str or type(other) is str:
        left, right = text(evaluation, one), text(evaluation, other)
        evaluation.produce(len(left) + len(right))
        return left + right
    if is_number(one) and is_number(other):
        return number(one + other)
    return None


def minus(_: Evaluation, one: Value, other: Value) -> Value:
    """Subtract."""
    return number(one - other) if is_number(one) and is_number(other) else None


def times(evaluation: Evaluation, one: Value, other: Value) -> Value:
    """Multiply two numbers, or repeat a text, as Spring does."""
    if is_number(one) and is_number(other):
        return number(one * other)
    if type(one) is str and type(other) is int and other >= 0:
        evaluation.produce(len(one) * other)
        return one * other
    return None


def divided(_: Evaluation, one: Value, other: Value) -> Value:
    """Divide; two whole numbers give a whole number, cut off towards zero as in Java."""
    if not (is_number(one) and is_number(other)) or other == 0:
        return None
    if type(one) is int and type(other) is int:
        quotient = abs(one) // abs(other)
        return number(quotient if (one < 0) == (other < 0) else -quotient)
    return _real(lambda: one / other)


def remainder(_: Evaluation, one: Value, other: Value) -> Value:
    """Return what a division leaves, with the sign of the dividend as in Java."""
    if not (is_number(one) and is_number(other)) or other == 0:
        return None
    if type(one) is int and type(other) is int:
        rest = abs(one) % abs(other)
        return rest if one >= 0 else -rest
    return _real(lambda: math.fmod(one, other))


def power(_: Evaluation, one: Value, other: Value) -> Value:
    """Raise to a power."""
    if not (is_number(one) and is_number(other)):
        return None
    if type(one) is int and type(other) is int and other >= 0:
        # Anything but -1, 0 and 1 leaves the range of a long before the 64th power.
        return number(one ** (other if other < 64 else 64 + other % 2))
    return _real(lambda: math.pow(one, other))


def _real(calculation: Value) -> float | None:
    try:
        return number(calculation())
    except (ArithmeticError, ValueError):
        return None


def equal(evaluation: Evaluation, one: Value, other: Value) -> bool:
    """Whether two values are the same."""
    return same(evaluation, one, other)


def unequal(evaluation: Evaluation, one: Value, other: Value) -> bool:
    """Whether two values differ."""
    return not same(evaluation, one, other)


def less(_: Evaluation, one: Value, other: Value) -> bool | None:
    """Whether the first comes before the second."""
    compared = order(one, other)
    return None if compared is None else compared < 0


def at_most(_: Evaluation, one: Value, other: Value) -> bool | None:
    """Whether the first does not come after the second."""
    compared = order(one, other)
    return None if compared is None else compared <= 0


def more(_: Evaluation, one: Value, other: Value) -> bool | None:
    """Whether the first comes after the second."""
    compared = order(one, other)
    return None if compared is None else compared > 0


def at_least(_: Evaluation, one: Value, other: Value) -> bool | None:
    """Whether the first does not come before the second."""
    compared = order(one, other)
    return None if compared is None else compared >= 0


def between(_: Evaluation, one: Value, other: Value) -> bool | None:
    """Whether a value lies between the two of a list, both included."""
    if type(other) is not list or len(other) != 2:
        return None
    low, high = order(one, other[0]), order(one, other[1])
    return None if low is None or high is None else low >= 0 >= high


SYMBOLS = {
    "+": plus,
    "-": minus,
    "*": times,
    "/": divided,
    "div": divided,
    "%": remainder,
    "mod": remainder,
    "^": power,
    "==": equal,
    "eq": equal,
    "!=": unequal,
    "ne": unequal,
    "<": less,
    "lt": less,
    "<=": at_most,
    "le": at_most,
    ">": more,
    "gt": more,
    ">=": at_least,
    "ge": at_least,
    "between": between,
}
