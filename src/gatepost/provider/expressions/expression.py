"""An expression that can be evaluated."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Final

from gatepost.jose.strict_json import Json
from gatepost.provider.expressions import limits
from gatepost.provider.expressions.evaluation import ABSENT, Absent, Evaluation, Exhausted, Value
from gatepost.provider.expressions.navigation import Run, by_name
from gatepost.provider.expressions.refusals import ExpressionError
from gatepost.provider.expressions.values import plain, size

# Nearly every mapping is a path such as `user.name.given`. It needs no grammar, whose package takes a while to load.
_PATH: Final = re.compile(r"\s*(#root\.|#this\.)?([^\W\d][\w$]*(?:\.[^\W\d][\w$]*)*)\s*")
_HALF: Final = re.compile("[\ud800-\udfff]")
_WORDS: Final = frozenset(("true", "false", "null", "not", "new"))


def refuse_unsound(text: str) -> None:
    """Refuse what can never be taken, before anything else looks at it.

    Raises:
        ExpressionError: When it is too long, or no UTF-8 could be made of it.
    """
    if len(text) > limits.SOURCE:
        raise ExpressionError(f"The value is longer than {limits.SOURCE} characters", limits.SOURCE + 1)
    if (half := _HALF.search(text)) is not None:
        raise ExpressionError("The value has half of a character (a lone surrogate)", half.start() + 1)


def run_of(source: str) -> Run:
    """Return what evaluates an expression.

    Raises:
        ExpressionError: When it is none.
    """
    path = _PATH.fullmatch(source)
    if path is not None:
        start, names = path.group(1), tuple(path.group(2).split("."))
        if start or names[0].lower() not in _WORDS:
            return by_name(names, rooted=start == "#root.")
    from gatepost.provider.expressions import compiling, grammar

    return compiling.compiled(grammar.parse(source))


class Expression:
    """An expression of PingOne's language, such as `user.name.given + ' ' + user.name.family`.

    Args:
        text: The expression, without `${` and `}`.

    Raises:
        ExpressionError: When it is none, names a function that there is not, or is too long or nested too deeply.
    """

    __slots__ = ("_run", "text")

    def __init__(self, text: str) -> None:
        refuse_unsound(text)
        self.text = text
        self._run = run_of(text)

    def value(self, roots: Mapping[str, Value], *, clock: Callable[[], float] = time.time) -> "Json | Absent":
        """Return what the expression is for these roots.

        Args:
            roots: What `#root` is: `user`, `context` and whatever else there is, as JSON values.
            clock: Gives the time in seconds since 1970.

        Returns:
            A JSON value, never null; `ABSENT` for null, for what is missing or of the wrong kind, and for what would
            take too long or grow too large. It raises nothing.
        """
        return evaluated(self._run, roots, clock)


def evaluated(run: Run, roots: Mapping[str, Value], clock: Callable[[], float]) -> "Json | Absent":
    """Return what `run` makes of the roots, as `Expression.value` does."""
    try:
        value = run(Evaluation(roots, clock), roots)
        if isinstance(value, (dict, list)):
            size(value)
            value = plain(value)
    except Exhausted:
        return ABSENT
    return ABSENT if value is None else value
