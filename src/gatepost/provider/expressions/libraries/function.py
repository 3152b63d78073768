"""What a function of a library is: its signature, which says what it takes, and what runs.

A signature reads `substring(text input, int start, [int end])`: parameters in brackets may be left out, `any?` takes
null as well, and `text... more` takes any number. A value of the wrong kind, and null where it is not taken, makes the
whole call null.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from gatepost.provider.expressions.evaluation import Evaluation, Value
from gatepost.provider.expressions.libraries.java_patterns import DatePattern
from gatepost.provider.expressions.refusals import ExpressionError
from gatepost.provider.expressions.regular.pattern import Pattern, PatternError
from gatepost.provider.expressions.values import boolean, text

Run: TypeAlias = Callable[[Evaluation, Value], Value]

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_REAL: Final = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?")
_PARAMETER: Final = re.compile(r"(\[?)(\w+)(\??)(\.\.\.)? (\w+)\]?")


class Argument(NamedTuple):
    """An argument as it is written.

    Attributes:
        run: What evaluates it.
        literal: Its text, when it is a text that is written out.
        column: Where it begins.
    """

    run: Run
    literal: str | None
    column: int


def _text(evaluation: Evaluation, value: Value) -> str | None:
    if type(value) is str:
        return value
    return None if isinstance(value, (dict, list)) or value is None else text(evaluation, value)


def _whole(_: Evaluation, value: Value) -> int | None:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return int(value) if type(value) is str and _WHOLE.fullmatch(value) else None


def _real(_: Evaluation, value: Value) -> float | None:
    if type(value) is int or type(value) is float:
        return value
    if type(value) is not str or not _REAL.fullmatch(value):
        return None
    return int(value) if _WHOLE.fullmatch(value) else float(value)


def _list(_: Evaluation, value: Value) -> list[Value] | None:
    return value if isinstance(value, list) else None


def _flag(_: Evaluation, value: Value) -> bool | None:
    return boolean(value)


def _any(_: Evaluation, value: Value) -> Value:
    return value


def _pattern(evaluation: Evaluation, value: Value) -> Pattern | None:
    written = _text(evaluation, value)
    try:
        return None if written is None else Pattern.of(written)
    except PatternError:
        return None


def _format(evaluation: Evaluation, value: Value) -> DatePattern | None:
    written = _text(evaluation, value)
    try:
        return None if written is None else DatePattern.of(written)
    except ValueError:
        return None


_KINDS: Final[Mapping[str, Callable[[Evaluation, Value], Value]]] = {
    "text": _text,
    "int": _whole,
    "number": _real,
    "list": _list,
    "boolean": _flag,
    "any": _any,
    "regex": _pattern,
    "format": _format,
}


class Parameter(NamedTuple):
    """A parameter: how its values are taken, whether null is one of them."""

    kind: str
    take: Callable[[Evaluation, Value], Value]
    nullable: bool


class Function:
    """A function.

    Attributes:
        signature: What it takes, as it is shown to people.
        summary: What it gives, in one sentence.
    """

    __slots__ = ("_more", "_parameters", "_required", "_run", "signature", "summary")

    def __init__(self, signature: str, run: Callable[..., Value]) -> None:
        self.signature = signature
        self.summary = (run.__doc__ or "").partition("\n")[0]
        self._run = run
        self._parameters: list[Parameter] = []
        self._required = 0
        self._more = False
        for optional, kind, nullable, more, _ in _PARAMETER.findall(signature.partition("(")[2]):
            self._parameters.append(Parameter(kind, _KINDS[kind], bool(nullable)))
            self._required += not (optional or more)
            self._more = bool(more)

    @property
    def name(self) -> str:
        """Its name."""
        return self.signature.partition("(")[0]

    def called(self, arguments: Sequence[Argument], column: int, *, method: bool) -> Run:
        """Return what calls it.

        Raises:
            ExpressionError: When there are too few or too many arguments, or a pattern that is written out is none.
        """
        count = len(arguments)
        if count < self._required or (count > len(self._parameters) and not self._more):
            kind = "method" if method else "function"
            raise ExpressionError(f"The {kind} is called with {count - method} arguments: {self.signature}", column)
        parameters = self._parameters[:count]
        parameters += self._parameters[-1:] * (count - len(parameters))
        for argument, parameter in zip(arguments, parameters, strict=True):
            _check(argument, parameter)
        call = self._run
        takes = tuple(
            (argument.run, parameter.take, parameter.nullable)
            for argument, parameter in zip(arguments, parameters, strict=True)
        )

        def run(evaluation: Evaluation, this: Value) -> Value:
            taken = []
            cost = 1
            for evaluate, take, nullable in takes:
                value = take(evaluation, evaluate(evaluation, this))
                if value is None and not nullable:
                    return None
                if isinstance(value, (str, list)):
                    cost += len(value) >> 3
                taken.append(value)
            evaluation.spend(cost)
            made = call(evaluation, *taken)
            if isinstance(made, (str, list)):
                evaluation.produce(len(made) + 1)
            return made

        return run


def _check(argument: Argument, parameter: Parameter) -> None:
    if argument.literal is None:
        return
    try:
        if parameter.kind == "regex":
            Pattern.of(argument.literal)
        elif parameter.kind == "format":
            DatePattern.of(argument.literal)
    except ValueError as error:
        raise ExpressionError(str(error), argument.column) from None


Library: TypeAlias = dict[str, Function]


def of(library: Library, signature: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Put a function into a library under its signature."""

    def put(run: Callable[..., Value]) -> Callable[..., Value]:
        function = Function(signature, run)
        library[function.name] = function
        return run

    return put
