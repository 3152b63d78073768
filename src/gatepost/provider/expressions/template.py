"""The values of attributes: text with `${…}` in it."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from gatepost.identity.refusals import Violation
from gatepost.jose.strict_json import Json
from gatepost.provider.expressions.evaluation import ABSENT, Absent, Evaluation, Exhausted, Value
from gatepost.provider.expressions.expression import evaluated, refuse_unsound, run_of
from gatepost.provider.expressions.navigation import Run
from gatepost.provider.expressions.refusals import ExpressionError
from gatepost.provider.expressions.values import text as text_of

_OPENING: Final = "${"


class Template:
    r"""The value of an attribute: a text, one `${expression}`, or a text with expressions in it.

    One `${expression}` alone yields its JSON value; among other text an expression is written as text, and nothing is
    written for one without a value. `\${` stands for `${` itself.

    Args:
        text: The value as it is kept.

    Raises:
        ExpressionError: When one of its expressions is none, is not closed, or the whole is too long.
    """

    __slots__ = ("_only", "_parts", "text")

    def __init__(self, text: str) -> None:
        refuse_unsound(text)
        self.text = text
        self._parts = tuple(_parts(text))
        only = self._parts[0] if len(self._parts) == 1 else ""
        self._only: Run | None = None if isinstance(only, str) else only

    @property
    def is_static(self) -> bool:
        """Whether it is the same for everybody."""
        return all(isinstance(part, str) for part in self._parts)

    def value(self, roots: Mapping[str, Value], *, clock: Callable[[], float] = time.time) -> "Json | Absent":
        """Return what the template is for these roots.

        Args:
            roots: What `#root` is: `user`, `context` and whatever else there is, as JSON values.
            clock: Gives the time in seconds since 1970.

        Returns:
            A JSON value, never null; `ABSENT` for a single expression without a value, and for what would take too
            long or grow too large. It raises nothing.
        """
        if self._only is not None:
            return evaluated(self._only, roots, clock)
        try:
            return "".join(self._written(Evaluation(roots, clock), roots))
        except Exhausted:
            return ABSENT

    def _written(self, evaluation: Evaluation, roots: Mapping[str, Value]) -> Iterator[str]:
        for part in self._parts:
            value = part if isinstance(part, str) else part(evaluation, roots)
            if value is not None:
                written = text_of(evaluation, value)
                evaluation.produce(len(written))
                yield written


def _parts(text: str) -> Iterator[str | Run]:
    """Split a template into its texts and its expressions."""
    at = 0
    static = ""
    while (opening := text.find(_OPENING, at)) >= 0:
        if opening > at and text[opening - 1] == "\\":
            static += text[at : opening - 1] + _OPENING
            at = opening + 2
            continue
        static += text[at:opening]
        if static:
            yield static
            static = ""
        start = opening + 2
        end = _end(text, start)
        try:
            yield run_of(text[start:end])
        except ExpressionError as error:
            raise error.moved(start) from None
        at = end + 1
    if static or at < len(text) or not text:
        yield static + text[at:]


def _end(text: str, start: int) -> int:
    """Return where the expression that begins at `start` is closed: not in a text, nor in a brace of its own."""
    depth = 0
    at = start
    while at < len(text):
        char = text[at]
        if char in {"'", '"'}:
            at = text.find(char, at + 1)
            if at < 0:
                break
        elif char == "{":
            depth += 1
        elif char == "}":
            if not depth:
                return at
            depth -= 1
        at += 1
    raise ExpressionError("The expression that begins here is not closed with '}'", start - 1)


@lru_cache(maxsize=1024)
def template(text: str) -> Template:
    """Return the template of a text, remembered from the last time.

    Raises:
        ExpressionError: When it is none.
    """
    return Template(text)


def check(value: str) -> Violation | None:
    """Return why a value cannot be kept as that of an attribute, or `None`; for those who save attributes."""
    try:
        Template(value)
    except ExpressionError as error:
        return Violation("INVALID_VALUE", "value", str(error))
    return None
