"""Reading a template: text, references and directives."""

import re

from gatepost.apigateway.answers.templates.cursor import Cursor
from gatepost.apigateway.answers.templates.errors import UnsupportedTemplate
from gatepost.apigateway.answers.templates.parse_expression import expression, reference
from gatepost.apigateway.answers.templates.syntax import Expression, ForEach, If, Node, Set, Text
from gatepost.apigateway.answers.templates.vocabulary import check_target

_PLAIN = re.compile(r"[^$#\\]+")
_COMMENT = re.compile(r"##[^\n]*\n?|#\*.*?\*#", re.DOTALL)
_AS_IT_IS = re.compile(r"#\[\[(.*?)\]\]#", re.DOTALL)
_DIRECTIVE = re.compile(r"#(?:\{(?P<braced>[a-z]+)\}|(?P<bare>@?[a-z]+))")
_REFUSED = frozenset({"break", "define", "evaluate", "include", "macro", "parse", "stop"})
_OPEN = re.compile(r"[ \t]*\(\s*")
_CLOSE = re.compile(r"\s*\)")
_REST_OF_LINE = re.compile(r"[ \t]*\r?\n")
_EQUALS = re.compile(r"\s*=(?!=)\s*")
_IN = re.compile(r"\s+in\s+")
_ENDINGS = frozenset({"else", "elseif", "end"})


def parse(text: str, *, depth: int = 0, first_line: int = 1) -> tuple[Node, ...]:
    """Read a whole template.

    Raises:
        UnsupportedTemplate: When it is not well-formed, or uses what is not supported.
    """
    cursor = Cursor(text, depth=depth, first_line=first_line)
    nodes, ending = _block(cursor)
    if ending is not None:
        raise cursor.error(f"#{ending} without #if or #foreach")
    return nodes


def _block(cursor: Cursor) -> tuple[tuple[Node, ...], str | None]:
    """Read up to the directive that ends a block, which is returned, or to the end of the text."""
    cursor.deeper()
    nodes: list[Node] = []
    while cursor.at < len(cursor.text):
        plain = cursor.match(_PLAIN)
        if plain is not None:
            nodes.append(Text(plain[0]))
        elif cursor.text[cursor.at] == "$":
            found = reference(cursor)
            nodes.append(found or _one_character(cursor))
        elif cursor.text[cursor.at] == "\\":
            nodes.append(_escaped(cursor))
        else:
            ending = _directive(cursor, nodes)
            if ending is not None:
                cursor.back()
                return tuple(nodes), ending
    cursor.back()
    return tuple(nodes), None


def _one_character(cursor: Cursor) -> Text:
    cursor.at += 1
    return Text(cursor.text[cursor.at - 1])


def _escaped(cursor: Cursor) -> Text:
    r"""Read `\$name` and `\#if`, which stand for themselves without the backslash; any other backslash is text."""
    after = cursor.text[cursor.at + 1 : cursor.at + 3]
    if len(after) == 2 and after[0] in "$#" and (after[1].isalpha() or after[1] in "!{_"):
        cursor.at += 2
        return Text(after[0])
    return _one_character(cursor)


def _directive(cursor: Cursor, nodes: list[Node]) -> str | None:
    if cursor.match(_COMMENT):
        return None
    as_it_is = cursor.match(_AS_IT_IS)
    if as_it_is is not None:
        nodes.append(Text(as_it_is[1]))
        return None
    start = cursor.at
    found = cursor.match(_DIRECTIVE)
    name = "" if found is None else found["braced"] or found["bare"]
    if name in _ENDINGS:
        return name
    if name == "set":
        nodes.append(_set(cursor))
    elif name == "if":
        nodes.append(_if(cursor))
    elif name == "foreach":
        nodes.append(_foreach(cursor))
    elif name in _REFUSED or name.startswith("@"):
        cursor.at = start
        raise cursor.error(f"#{name} is not supported")
    else:
        cursor.at = start
        nodes.append(_one_character(cursor))
    return None


def _set(cursor: Cursor) -> Set:
    _expect(cursor, _OPEN, "(")
    target = reference(cursor)
    if target is None:
        raise cursor.error("expected a variable to set")
    try:
        check_target(target)
    except UnsupportedTemplate as error:
        raise UnsupportedTemplate(f"line {cursor.line()} of the template: {error}") from None
    _expect(cursor, _EQUALS, "=")
    value = expression(cursor)
    _close(cursor)
    return Set(target, value)


def _if(cursor: Cursor) -> If:
    branches: list[tuple[Expression | None, tuple[Node, ...]]] = []
    condition: Expression | None = _condition(cursor)
    while True:
        body, ending = _block(cursor)
        branches.append((condition, body))
        if ending is None:
            raise cursor.error("#if without #end")
        if ending == "end":
            cursor.match(_REST_OF_LINE)
            return If(tuple(branches))
        if condition is None:
            raise cursor.error(f"#{ending} after #else")
        if ending == "elseif":
            condition = _condition(cursor)
        else:
            condition = None
            cursor.match(_REST_OF_LINE)


def _condition(cursor: Cursor) -> Expression:
    _expect(cursor, _OPEN, "(")
    condition = expression(cursor)
    _close(cursor)
    return condition


def _foreach(cursor: Cursor) -> ForEach:
    _expect(cursor, _OPEN, "(")
    variable = reference(cursor)
    if variable is None or variable.steps:
        raise cursor.error("expected a variable of one name")
    try:
        check_target(variable)
    except UnsupportedTemplate as error:
        raise UnsupportedTemplate(f"line {cursor.line()} of the template: {error}") from None
    _expect(cursor, _IN, "in")
    items = expression(cursor)
    _close(cursor)
    body, ending = _block(cursor)
    if ending != "end":
        raise cursor.error("#foreach without #end")
    cursor.match(_REST_OF_LINE)
    return ForEach(variable.root, items, body)


def _expect(cursor: Cursor, pattern: re.Pattern[str], what: str) -> None:
    if cursor.match(pattern) is None:
        raise cursor.error(f"expected {what!r}")


def _close(cursor: Cursor) -> None:
    _expect(cursor, _CLOSE, ")")
    cursor.match(_REST_OF_LINE)
