"""The kinds of attributes that filters name, and how each is compared, on both databases alike."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import String

from gatepost.identity import times
from gatepost.identity.scim_filter import Comparison, refused

Condition: TypeAlias = ColumnElement[bool]

_ORDERED: Mapping[str, Callable[[ColumnElement[Any], int], Condition]] = {
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "le": lambda column, value: column <= value,
}


class Attribute(Protocol):
    """An attribute that filters may name."""

    def present(self) -> Condition:
        """Return what holds when it has a value."""

    def compared(self, comparison: Comparison) -> Condition:
        """Return what holds when the comparison does, for any operator but `ne`.

        Raises:
            InvalidData: When it cannot be compared so.
        """


class AsciiLower(FunctionElement[str]):
    """A text with its ASCII letters in lower case, on every database alike."""

    name = "ascii_lower"
    type = String()
    inherit_cache = True


@compiles(AsciiLower)
def _lower(element: AsciiLower, compiler: SQLCompiler, **more: Any) -> str:
    return f"lower({compiler.process(element.clauses, **more)})"


@compiles(AsciiLower, "postgresql")
def _lower_postgresql(element: AsciiLower, compiler: SQLCompiler, **more: Any) -> str:
    return f'lower({compiler.process(element.clauses, **more)} COLLATE "C")'


class Texts:
    """A text.

    Attributes:
        column: It, in the form in which it is compared.
        form: Gives a value that form.
        ordered: Whether the column is in the order of its code points, so that an index finds beginnings.
    """

    def __init__(self, column: ColumnElement[Any], form: Callable[[str], str], *, ordered: bool = False) -> None:
        self.column = column
        self.form = form
        self.ordered = ordered

    def present(self) -> Condition:
        """Return what holds when there is one."""
        return self.column.is_not(None)

    def compared(self, comparison: Comparison) -> Condition:
        """Return what holds when the comparison does."""
        if not isinstance(comparison.value, str):
            raise refused(comparison.column, f"{comparison.path} is compared with a string.")
        value, column = self.form(comparison.value), self.column
        match comparison.operator:
            case "eq":
                return column == value
            case "sw" | "co" | "ew" if not value:
                return self.present()
            case "sw":
                return self._begins(value)
            case "co":
                return func.replace(column, value, "") != column
            case "ew":
                length = func.length(column)
                return and_(length >= len(value), func.substr(column, length - len(value) + 1, len(value)) == value)
        raise refused(comparison.column, f"{comparison.path} is compared with eq, ne, sw, co, ew or pr.")

    def _begins(self, value: str) -> Condition:
        if not self.ordered:
            return func.substr(self.column, 1, len(value)) == value
        after = after_all_that_begin_with(value)
        return self.column >= value if after is None else and_(self.column >= value, self.column < after)


class Flags:
    """`true` or `false`."""

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column

    def present(self) -> Condition:
        """Return what holds when there is one."""
        return self.column.is_not(None)

    def compared(self, comparison: Comparison) -> Condition:
        """Return what holds when the comparison does."""
        if comparison.operator != "eq" or not isinstance(comparison.value, bool):
            raise refused(comparison.column, f"{comparison.path} is compared with eq or ne to true or false.")
        return self.column.is_(comparison.value)


class Times:
    """A time."""

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column

    def present(self) -> Condition:
        """Return what holds when there is one."""
        return self.column.is_not(None)

    def compared(self, comparison: Comparison) -> Condition:
        """Return what holds when the comparison does."""
        at = times.read(comparison.value)
        if at is None or comparison.operator not in {"eq", *_ORDERED}:
            message = f"{comparison.path} is compared with eq, ne, gt, ge, lt or le to a time such as"
            raise refused(comparison.column, f'{message} "2026-03-23T16:37:59.659Z".')
        return self.column == at if comparison.operator == "eq" else _ORDERED[comparison.operator](self.column, at)


def after_all_that_begin_with(text: str) -> str | None:
    """Return the first text, in the order of code points, after all that begin with one, or `None` when none is."""
    while text:
        following = ord(text[-1]) + 1
        if following <= 0x10FFFF:
            return text[:-1] + chr(0xE000 if following == 0xD800 else following)  # past the surrogates
        text = text[:-1]
    return None
