"""`#core`: kinds of values."""

from typing import Final

from gatepost.provider.expressions.evaluation import Evaluation, Value
from gatepost.provider.expressions.libraries.function import Library, of
from gatepost.provider.expressions.values import number, text

CORE: Final[Library] = {}


@of(CORE, "isNull(any? input)")
def is_null(_: Evaluation, value: Value) -> bool:
    """Whether it is null or missing."""
    return value is None


@of(CORE, "isNotNull(any? input)")
def is_not_null(_: Evaluation, value: Value) -> bool:
    """Whether it is there."""
    return value is not None


@of(CORE, "firstNotNull(any?... inputs)")
def first_not_null(_: Evaluation, *values: Value) -> Value:
    """The first that is there."""
    return next((value for value in values if value is not None), None)


@of(CORE, "toString(any input)")
def to_string(evaluation: Evaluation, value: Value) -> str:
    """The value as text; objects and lists as JSON."""
    return text(evaluation, value)


@of(CORE, "toNumber(number input)")
def to_number(_: Evaluation, value: float) -> int | float | None:
    """The number that a text writes."""
    return number(value)


@of(CORE, "toInteger(number input)")
def to_integer(_: Evaluation, value: float) -> int | float | None:
    """The number without what comes after its point."""
    return number(int(value)) if value - value == 0 else None


@of(CORE, "toBoolean(boolean input)")
def to_boolean(_: Evaluation, value: bool) -> bool:
    """The truth value that a text writes: `true` or `false`."""
    return value
