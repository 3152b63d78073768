"""The validation expression of a `TOKEN` authorizer, matched in a time that grows with the token alone.

AWS takes a regular expression of Java. Python's own engine goes back and tries again, and for some expressions a token
of a few hundred characters would keep it busy for years; here all ways are followed at once, and none twice.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from re import IGNORECASE, UNICODE
from re import error as MalformedExpression  # noqa: N812  # its newer name came with Python 3.13
from typing import Any, NamedTuple, TypeAlias

from gatepost.errors import ConfigurationError

_parser: Any = import_module("re._parser")  # how `re` reads an expression; there is no public way to its parts

_MOST_STATES = 500
_MOST_STEPS = 4096

_SINGLES = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN"})
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})  # how much is taken first does not change whether it fits
_BEGIN = frozenset({"AT_BEGINNING", "AT_BEGINNING_STRING"})
_END = frozenset({"AT_END", "AT_END_STRING"})
_CATEGORIES: dict[str, Callable[[str], bool]] = {
    "CATEGORY_DIGIT": lambda one: one.isascii() and one.isdigit(),
    "CATEGORY_SPACE": lambda one: one in " \t\n\r\f\v",
    "CATEGORY_WORD": lambda one: one.isascii() and (one.isalnum() or one == "_"),
}

Fits: TypeAlias = Callable[[str], bool]
States: TypeAlias = frozenset[int]


class _State(NamedTuple):
    """A place in the expression: it takes a character that fits, or goes on without one where its guard holds."""

    fits: Fits | None
    guard: str
    following: list[int]


class Validation:
    """An expression, ready to be matched."""

    def __init__(self, expression: str, *, whole: bool) -> None:
        """Read an expression.

        Args:
            expression: The expression.
            whole: Whether the whole token has to match, or just its beginning.

        Raises:
            ConfigurationError: When it cannot be read, or has a part that cannot be matched in a bounded time.
        """
        try:
            tree = _parser.parse(expression)
        except (MalformedExpression, OverflowError, RecursionError):
            raise ConfigurationError(f"the validation expression {expression!r} cannot be read") from None
        flags = tree.state.flags & ~UNICODE
        if flags & ~IGNORECASE:
            raise ConfigurationError(f"the validation expression {expression!r} has a flag other than (?i)")
        self._any_case = bool(flags & IGNORECASE)
        self._whole = whole
        self._states: list[_State] = []
        self._expression = expression
        self._accepting = self._add(_State(None, "", []))
        self._start = self._sequence(tree, self._accepting)
        self._steps: dict[tuple[States, str], States] = {}

    def matches(self, token: str) -> bool:
        """Tell whether `token` fits."""
        states = self._reached((self._start,), begin=True, end=not token)
        last = len(token) - 1
        for place, character in enumerate(token):
            if not self._whole and self._accepting in states:
                return True
            states = self._step(states, character) if place < last else self._after(states, character, end=True)
            if not states:
                return False
        return self._accepting in states

    def _step(self, states: States, character: str) -> States:
        known = self._steps.get((states, character))
        if known is None:
            if len(self._steps) >= _MOST_STEPS:
                self._steps.clear()
            known = self._steps[states, character] = self._after(states, character, end=False)
        return known

    def _after(self, states: States, character: str, *, end: bool) -> States:
        following: list[int] = []
        for number in states:
            state = self._states[number]
            if state.fits is not None and state.fits(character):
                following += state.following
        return self._reached(following, begin=False, end=end)

    def _reached(self, numbers: Iterable[int], *, begin: bool, end: bool) -> States:
        """Return what can be reached without a character."""
        reached: set[int] = set()
        waiting = list(numbers)
        while waiting:
            number = waiting.pop()
            if number in reached:
                continue
            reached.add(number)
            state = self._states[number]
            passes = (state.guard != "begin" or begin) and (state.guard != "end" or end)
            if state.fits is None and passes:
                waiting += state.following
        return frozenset(reached)

    def _add(self, state: _State) -> int:
        if len(self._states) >= _MOST_STATES:
            raise ConfigurationError(f"the validation expression {self._expression!r} is too large to be matched here")
        self._states.append(state)
        return len(self._states) - 1

    def _sequence(self, parts: Iterable[Any], following: int) -> int:
        """Add parts, one after the other, and return where they begin."""
        for operation, argument in reversed(list(parts)):
            following = self._part(str(operation), argument, following)
        return following

    def _part(self, operation: str, argument: Any, following: int) -> int:  # noqa: ANN401  # what `re` parsed
        if operation in _SINGLES:
            return self._add(_State(self._single(operation, argument), "", [following]))
        if operation == "AT" and str(argument) in _BEGIN | _END:
            return self._add(_State(None, "begin" if str(argument) in _BEGIN else "end", [following]))
        if operation == "SUBPATTERN" and not argument[1] and not argument[2]:
            return self._sequence(argument[3], following)
        if operation == "BRANCH":
            return self._add(_State(None, "", [self._sequence(branch, following) for branch in argument[1]]))
        if operation in _REPEATS:
            least, most, repeated = argument
            return self._repeat(least, most, repeated, following)
        raise ConfigurationError(
            f"the validation expression {self._expression!r} looks ahead or back, or refers to a group; "
            "write it without, so that it can be matched in a bounded time"
        )

    def _repeat(self, least: int, most: Any, parts: Any, following: int) -> int:  # noqa: ANN401  # what `re` parsed
        if most is _parser.MAXREPEAT:
            again = self._add(_State(None, "", [following]))
            self._states[again].following.append(self._sequence(parts, again))
            following = again
        else:
            end = following
            for _ in range(int(most) - least):
                following = self._add(_State(None, "", [end, self._sequence(parts, following)]))
        for _ in range(least):
            following = self._sequence(parts, following)
        return following

    def _single(self, operation: str, argument: Any) -> Fits:  # noqa: ANN401  # what `re` parsed
        if operation == "ANY":
            return lambda one: one != "\n"
        items = argument if operation == "IN" else [(operation.removeprefix("NOT_"), argument)]
        negated = operation == "NOT_LITERAL" or str(items[0][0]) == "NEGATE"
        tests = [_test(str(name), value) for name, value in items if str(name) != "NEGATE"]
        if self._any_case:
            return lambda one: any(test(each) for test in tests for each in (one, one.lower(), one.upper())) != negated
        return lambda one: any(test(one) for test in tests) != negated


def _test(name: str, value: Any) -> Fits:  # noqa: ANN401  # what `re` parsed
    if name == "LITERAL":
        literal = chr(value)
        return lambda one: one == literal
    if name == "RANGE":
        low, high = map(chr, value)
        return lambda one: low <= one <= high
    category = str(value)
    fits = _CATEGORIES[category.replace("NOT_", "")]
    return (lambda one: not fits(one)) if "NOT_" in category else fits
