"""Conditions, numbers and ranges, as Velocity and Java understand them."""

from operator import ge, gt, le, lt

from gatepost.apigateway.answers.templates.budget import number
from gatepost.apigateway.answers.templates.errors import TemplateFailed
from gatepost.apigateway.answers.templates.values import Value

COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge}
_MAX_RANGE = 1_000


def holds(value: Value) -> bool:
    """Tell whether a condition holds: everything does but `false` and null, even an empty text (Velocity 1.7)."""
    return value is not None and value is not False


def is_number(value: Value) -> bool:
    """Tell whether a value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def arithmetic(sign: str, left: Value, right: Value) -> int | float:
    """Return what `+`, `-`, `*`, `/` or `%` makes of two numbers.

    Raises:
        TemplateFailed: For a division by zero, and for a number that is too large.
    """
    if sign in "/%" and right == 0:
        raise TemplateFailed("the template divides by zero")
    try:
        if sign == "+":
            return number(left + right)
        if sign == "-":
            return number(left - right)
        if sign == "*":
            return number(left * right)
        whole = isinstance(left, int) and isinstance(right, int)
        # Java rounds towards zero.
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1) if whole else left / right
        return number(quotient) if sign == "/" else number(left - right * int(quotient))
    except (OverflowError, ValueError):
        raise TemplateFailed("a number of the template is too large") from None


def number_range(first: Value, last: Value) -> list[int]:
    """Return the numbers from one to another, upwards or downwards; none when they are no whole numbers.

    Raises:
        TemplateFailed: When they are too many.
    """
    if not isinstance(first, int) or not isinstance(last, int):
        return []
    if abs(last - first) >= _MAX_RANGE:
        raise TemplateFailed(f"a range of the template has more than {_MAX_RANGE} numbers")
    return list(range(first, last + 1)) if first <= last else list(range(first, last - 1, -1))
