"""Reading references and expressions."""

import re

from gatepost.apigateway.answers.templates.cursor import Cursor
from gatepost.apigateway.answers.templates.errors import UnsupportedTemplate
from gatepost.apigateway.answers.templates.syntax import (
    Call,
    Chain,
    Expression,
    Index,
    Interpolated,
    ListOf,
    Literal,
    MapOf,
    Not,
    Property,
    Range,
    Reference,
    Step,
)
from gatepost.apigateway.answers.templates.vocabulary import check_reference

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_PROPERTY = re.compile(r"\.(?=[A-Za-z_])")
_OPENING = re.compile(r"\$(?P<quiet>!)?(?P<brace>\{)?(?=[A-Za-z_])")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?(?![\w.]|\.\d)|-?\d{1,18}(?=\.\.)")
_WORD = re.compile(r"(?:true|false|null)\b")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'"((?:[^"]|"")*)"')

# From the weakest to the strongest.
_OPERATORS = (
    re.compile(r"\|\||or\b"),
    re.compile(r"&&|and\b"),
    re.compile(r"==|!=|eq\b|ne\b"),
    re.compile(r"<=|>=|<|>|lt\b|le\b|gt\b|ge\b"),
    re.compile(r"[+-]"),
    re.compile(r"[*/%]"),
)
_SIGNS = {"or": "||", "and": "&&", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def reference(cursor: Cursor) -> Reference | None:
    """Read a reference, or return `None` when none begins here.

    Raises:
        UnsupportedTemplate: When it is not well-formed, or names what is not supported.
    """
    start = cursor.at
    opening = cursor.match(_OPENING)
    if opening is None:
        return None
    name = _name(cursor)
    steps: list[Step] = []
    while True:
        if cursor.match(_PROPERTY):
            steps.append(_property(cursor))
        elif cursor.text.startswith("[", cursor.at):
            index = _index(cursor)
            if index is None:
                break
            steps.append(index)
        else:
            break
    if opening["brace"]:
        cursor.expect("}")
    found = Reference(name, tuple(steps), cursor.text[start : cursor.at], bool(opening["quiet"]))
    try:
        check_reference(found)
    except UnsupportedTemplate as error:
        raise UnsupportedTemplate(f"line {cursor.line()} of the template: {error}") from None
    return found


def expression(cursor: Cursor, level: int = 0) -> Expression:
    """Read an expression.

    Raises:
        UnsupportedTemplate: When it is not well-formed, or names what is not supported.
    """
    if level == len(_OPERATORS):
        return _unary(cursor)
    first = expression(cursor, level + 1)
    rest: list[tuple[str, Expression]] = []
    while True:
        cursor.match(_SPACE)
        operator = cursor.match(_OPERATORS[level])
        if operator is None:
            return Chain(first, tuple(rest)) if rest else first
        rest.append((_SIGNS.get(operator[0], operator[0]), expression(cursor, level + 1)))


def _property(cursor: Cursor) -> Step:
    name = _name(cursor)
    if not cursor.skip("("):
        return Property(name)
    return Call(name, tuple(_items(cursor, ")")))


def _index(cursor: Cursor) -> Index | None:
    """Read `[1]`, `['name']` or `[$name]`; any other bracket after a reference is text."""
    start = cursor.at
    cursor.deeper()
    cursor.at += 1
    cursor.match(_SPACE)
    found: Expression | None = None
    number = cursor.match(_NUMBER)
    if number is not None:
        found = _number(number[0])
    elif cursor.text[cursor.at : cursor.at + 1] in {"'", '"'}:
        found = _text(cursor)
    else:
        found = reference(cursor)
    cursor.match(_SPACE)
    cursor.back()
    if found is None or not cursor.skip("]"):
        cursor.at = start
        return None
    return Index(found)


def _unary(cursor: Cursor) -> Expression:
    cursor.match(_SPACE)
    cursor.deeper()
    try:
        if cursor.text.startswith("!", cursor.at) and not cursor.text.startswith("!=", cursor.at):
            cursor.at += 1
            return Not(_unary(cursor))
        if cursor.match(_NOT):
            return Not(_unary(cursor))
        return _primary(cursor)
    finally:
        cursor.back()


_NOT = re.compile(r"not\b")


def _primary(cursor: Cursor) -> Expression:
    if cursor.skip("("):
        found = expression(cursor)
        cursor.match(_SPACE)
        cursor.expect(")")
        return found
    number = cursor.match(_NUMBER)
    if number is not None:
        return _number(number[0])
    word = cursor.match(_WORD)
    if word is not None:
        return Literal(_WORDS[word[0]])
    if cursor.text[cursor.at : cursor.at + 1] in {"'", '"'}:
        return _text(cursor)
    if cursor.skip("["):
        return _list(cursor)
    if cursor.skip("{"):
        return _map(cursor)
    found_reference = reference(cursor)
    if found_reference is None:
        raise cursor.error("expected a value")
    return found_reference


def _text(cursor: Cursor) -> Expression:
    single = cursor.match(_SINGLE)
    if single is not None:
        return Literal(single[1])
    line = cursor.line()
    double = cursor.match(_DOUBLE)
    if double is None:
        raise cursor.error("a text without its closing quote")
    body = double[1].replace('""', '"')
    if "$" not in body and "#" not in body:
        return Literal(body)
    from gatepost.apigateway.answers.templates.parse import parse

    return Interpolated(parse(body, depth=cursor.depth, first_line=line))


def _list(cursor: Cursor) -> Expression:
    cursor.match(_SPACE)
    if cursor.skip("]"):
        return ListOf(())
    first = expression(cursor)
    cursor.match(_SPACE)
    if cursor.skip(".."):
        last = expression(cursor)
        cursor.match(_SPACE)
        cursor.expect("]")
        return Range(first, last)
    if cursor.skip("]"):
        return ListOf((first,))
    cursor.expect(",")
    return ListOf((first, *_items(cursor, "]")))


def _map(cursor: Cursor) -> Expression:
    items: list[tuple[Expression, Expression]] = []
    cursor.match(_SPACE)
    while not cursor.skip("}"):
        if items:
            cursor.expect(",")
        key = expression(cursor)
        cursor.match(_SPACE)
        cursor.expect(":")
        items.append((key, expression(cursor)))
        cursor.match(_SPACE)
    return MapOf(tuple(items))


def _items(cursor: Cursor, end: str) -> list[Expression]:
    cursor.match(_SPACE)
    items: list[Expression] = []
    while not cursor.skip(end):
        if items:
            cursor.expect(",")
        items.append(expression(cursor))
        cursor.match(_SPACE)
    return items


def _name(cursor: Cursor) -> str:
    name = cursor.match(_NAME)
    if name is None:
        raise cursor.error("expected a name")
    return name[0]


def _number(text: str) -> Literal:
    return Literal(float(text) if "." in text else int(text))
