"""Filters as SCIM writes them (RFC 7644 §3.4.2.2): `memberOfGroups[id eq "…"] and name.family eq "demo"`.

A filter is read into a small tree here; `scim_conditions` makes a condition of the database of it.
"""

import json
import re
from typing import NamedTuple, TypeAlias

from gatepost.identity.refusals import InvalidData, Violation

LONGEST = 4096  # characters
MOST_TERMS = 100
DEEPEST = 20

Operator: TypeAlias = str
OPERATORS = frozenset({"eq", "ne", "sw", "co", "ew", "gt", "ge", "lt", "le"})
Value: TypeAlias = str | bool | int | float | None


class Comparison(NamedTuple):
    """`path operator value`.

    Attributes:
        path: The attribute, such as `name.given`, in lower case.
        operator: One of `OPERATORS`.
        value: What it is compared with.
        column: Where it stands in the text, from 1.
    """

    path: str
    operator: Operator
    value: Value
    column: int


class Presence(NamedTuple):
    """`path pr`: it has a value."""

    path: str
    column: int


class Within(NamedTuple):
    """`path[filter]`: one of its values is so."""

    path: str
    inner: "Filter"
    column: int


class Every(NamedTuple):
    """`a and b`."""

    filters: "tuple[Filter, ...]"


class Some(NamedTuple):
    """`a or b`."""

    filters: "tuple[Filter, ...]"


class Negation(NamedTuple):
    """`not (a)`."""

    filter: "Filter"


Filter: TypeAlias = Comparison | Presence | Within | Every | Some | Negation


def refused(column: int, message: str) -> InvalidData:
    """Return the refusal of a filter for what stands at a column, from 1."""
    return InvalidData(Violation("INVALID_VALUE", "filter", f"The filter is wrong at column {column}: {message}"))


def parse(text: str) -> Filter:
    """Return the filter that a text is.

    Raises:
        InvalidData: When it is none, or is longer, deeper or of more terms than allowed; with the column.
    """
    if len(text) > LONGEST:
        raise refused(LONGEST + 1, f"it must have at most {LONGEST} characters.")
    return _Parser(_tokens(text), len(text) + 1).whole()


class _Token(NamedTuple):
    kind: str
    text: str
    column: int


_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r\n]+)
  | (?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")
  | (?P<number>-?(?:0|[1-9]\d{0,18})(?:\.\d{1,18})?(?:[eE][+-]?\d{1,2})?(?![\w.]))
  | (?P<word>[A-Za-z$_][\w$-]*(?:\.[A-Za-z$_][\w$-]*)*)
  | (?P<mark>[()\[\]])
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            what = "the string does not end." if text[at] == '"' else "nothing like this is known here."
            raise refused(at + 1, what)
        if match.lastgroup and match.lastgroup != "blank":
            found.append(_Token(match.lastgroup, match.group(), at + 1))
        at = match.end()
    return found


class _Parser:
    """Reads the tokens from left to right; `or` binds least, `not` most."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = tokens
        self._at = 0
        self._end = end
        self._terms = 0
        self._depth = 0

    def whole(self) -> Filter:
        found = self._some()
        if self._at < len(self._tokens):
            raise refused(self._column(), "“and”, “or” or the end is expected.")
        return found

    def _some(self) -> Filter:
        self._depth += 1
        if self._depth > DEEPEST:
            raise refused(self._column(), f"it must not be nested deeper than {DEEPEST} times.")
        found = [self._every()]
        while self._taken("or"):
            found.append(self._every())
        self._depth -= 1
        return found[0] if len(found) == 1 else Some(tuple(found))

    def _every(self) -> Filter:
        found = [self._one()]
        while self._taken("and"):
            found.append(self._one())
        return found[0] if len(found) == 1 else Every(tuple(found))

    def _one(self) -> Filter:
        negated = self._taken("not")
        if self._taken("("):
            inner = self._some()
            self._expect(")")
            return Negation(inner) if negated else inner
        if negated:
            raise refused(self._column(), "“(” is expected after “not”.")
        return self._term()

    def _term(self) -> Filter:
        token = self._next("an attribute is expected.")
        if token.kind != "word":
            raise refused(token.column, "an attribute is expected.")
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise refused(token.column, f"it must have at most {MOST_TERMS} comparisons.")
        path = token.text.lower()
        if self._taken("["):
            inner = self._some()
            self._expect("]")
            return Within(path, inner, token.column)
        operator = self._next("an operator is expected.")
        name = operator.text.lower()
        if operator.kind == "word" and name == "pr":
            return Presence(path, token.column)
        if operator.kind != "word" or name not in OPERATORS:
            known = ", ".join([*sorted(OPERATORS), "pr"])
            raise refused(operator.column, f"an operator is expected: {known}.")
        return Comparison(path, name, self._value(), token.column)

    def _value(self) -> Value:
        token = self._next("a value is expected.")
        literals = {"true": True, "false": False, "null": None}
        if token.kind == "word" and token.text.lower() in literals:
            return literals[token.text.lower()]
        if token.kind not in {"string", "number"}:
            raise refused(
                token.column, "a value is expected: a string in double quotes, a number, true, false or null."
            )
        try:
            value: str | int | float = json.loads(token.text)
        except ValueError:
            raise refused(token.column, "the string is not written as JSON writes it.") from None
        if isinstance(value, str) and any(each == "\0" or "\ud800" <= each <= "\udfff" for each in value):
            raise refused(token.column, "the string has a character that no text has.")
        return value

    def _next(self, missing: str) -> _Token:
        if self._at == len(self._tokens):
            raise refused(self._end, missing)
        self._at += 1
        return self._tokens[self._at - 1]

    def _taken(self, text: str) -> bool:
        """Take the next token when it is this word or mark, and tell whether it was."""
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind in {"word", "mark"} and token.text.lower() == text:
                self._at += 1
                return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._taken(mark):
            raise refused(self._column(), f"“{mark}” is expected.")

    def _column(self) -> int:
        return self._tokens[self._at].column if self._at < len(self._tokens) else self._end
