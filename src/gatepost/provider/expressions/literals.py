"""Numbers and texts as they are written in an expression."""

from typing import Final

from gatepost.provider.expressions import limits
from gatepost.provider.expressions.refusals import ExpressionError

_DIGITS: Final = 400  # of a number; the largest double has 309 before its point


def number(written: str, column: int) -> int | float:
    """Return the value of a numeric literal: decimal, hexadecimal, with Java's suffixes.

    Raises:
        ExpressionError: When Java's `long` or `double` cannot hold it.
    """
    lowered = written.lower()
    if len(lowered) > _DIGITS:
        raise ExpressionError("The number has too many digits", column)
    if lowered.startswith("0x"):
        value: int | float = int(lowered.rstrip("l"), 16)
    elif lowered.isdigit() or lowered.endswith("l"):
        value = int(lowered.rstrip("l"))
    else:
        value = float(lowered.rstrip("fd"))
    if value - value != 0 or (type(value) is int and value >= limits.WHOLE):
        raise ExpressionError("The number is too large", column)
    return value


def string(written: str) -> str:
    """Return the text of a literal: two of its quotation marks stand for one."""
    quote = written[0]
    return written[1:-1].replace(quote * 2, quote)
