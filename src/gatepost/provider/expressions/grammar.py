"""The grammar: PingOne's subset of the Spring Expression Language, and how a text that does not fit it is refused."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from gatepost.provider.expressions.refusals import ExpressionError

if TYPE_CHECKING:
    from lark import Lark, Token, Tree, UnexpectedCharacters

GRAMMAR: Final = r"""
?start: expression
?expression: either
           | either "?" expression ":" expression -> ternary
           | either ELVIS expression -> elvis
?either: both (_OR both)+ -> any_of
       | both
?both: relation (_AND relation)+ -> all_of
     | relation
?relation: sum RELATION sum -> relation
         | sum MATCHES sum -> matches
         | sum
?sum: product (SIGN product)+ -> chain
    | product
?product: raised (TIMES raised)+ -> chain
        | raised
?raised: unary POWER unary -> chain
       | unary
?unary: (SIGN | NOT)+ path -> unary
      | path
?path: primary step+ -> path
     | primary
step: _DOT NAME                     -> property
    | _DOT NAME arguments           -> method
    | "[" expression "]"            -> index
    | PROJECT expression "]"        -> project
    | SELECT expression "]"         -> select
arguments: "(" [expression ("," expression)*] ")"
?primary: NUMBER                    -> number
        | STRING                    -> string
        | TRUE                      -> true
        | FALSE                     -> false
        | NULL                      -> null
        | NAME                      -> name
        | NAME arguments            -> call
        | VARIABLE                  -> variable
        | "(" expression ")"
        | "{" "}"                   -> list
        | "{" expression ("," expression)* "}" -> list
        | "{" ":" "}"               -> map
        | "{" entry ("," entry)* "}" -> map
        | NEW NAME "[" "]" "{" [expression ("," expression)*] "}" -> array
        | NEW NAME ("[" expression "]")+ -> empty_array
entry: expression ":" expression

_OR: /or\b|\|\|/i
_AND: /and\b|&&/i
NOT.2: /not\b|!/i
TRUE.2: /true\b/i
FALSE.2: /false\b/i
NULL.2: /null\b/i
NEW.2: /new\b/i
MATCHES: /matches\b/i
RELATION: /==|!=|<=|>=|<|>|(?:eq|ne|lt|le|gt|ge|between)\b/i
SIGN: /[+-]/
TIMES: /[*\/%]|(?:div|mod)\b/i
POWER: "^"
ELVIS: "?:"
_DOT: /\??\./
PROJECT: /\??\.!\[/
SELECT: /\??\.[?^$]\[/
NUMBER: /0[xX][0-9a-fA-F]+[lL]?|\d+(?:\.\d+)?[eE][+-]?\d+[fFdD]?|\d+\.\d+[fFdD]?|\d+[lLfFdD]?/
STRING: /'(?:[^']|'')*'|"(?:[^"]|"")*"/
VARIABLE: /#[^\W\d]\w*/
NAME: /[^\W\d][\w$]*/
%ignore /\s+/
"""

_FORBIDDEN: Final = {
    "@": "Beans (@name) are not available",
    "&": "Beans (&name) are not available; a condition joins with 'and' or '&&'",
    "=": "Assignment is not available: what an expression sees is read-only; compare with ==",
    "'": "The text that begins here has no closing quotation mark",
    '"': "The text that begins here has no closing quotation mark",
    "|": "A condition joins with 'or' or '||'",
}
_NEW: Final = re.compile(r"\bnew\s+[\w.$]*\s*$", re.IGNORECASE)


@cache
def _parser() -> "Lark":
    # Here and not above: the package takes a tenth of a second to load, and simple paths do without it.
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=False)


def parse(source: str) -> "Tree[Token]":
    """Return the syntax tree of an expression.

    Raises:
        ExpressionError: When it is not one, with the column.
    """
    from lark import Token, Tree, UnexpectedCharacters, UnexpectedToken

    try:
        tree: Any = _parser().parse(source)
    except UnexpectedCharacters as error:
        at = _position(error)
        raise _refusal(source, at, source[at : at + 1]) from None
    except UnexpectedToken as error:
        if error.token.type == "$END":
            message = "The expression ends too early" if source.strip() else "The expression is empty"
            raise ExpressionError(message, len(source) + 1) from None
        raise _refusal(source, error.token.start_pos, str(error.token)) from None
    return tree if isinstance(tree, Tree) else Tree("start", [Token("NAME", str(tree))])


def _position(error: "UnexpectedCharacters") -> int:
    at: int | None = error.pos_in_stream
    return at or 0


def _refusal(source: str, position: int, found: str) -> ExpressionError:
    column = position + 1
    if _NEW.search(source, 0, position):
        return ExpressionError("Only arrays of primitive types can be made with 'new'", column)
    if re.match(r"instanceof\b", source[position:], re.IGNORECASE):
        return ExpressionError("The operator instanceof is not available: there are no Java types", column)
    message = _FORBIDDEN.get(found[:1])
    if message is None or (found in {"'", '"'} and _closed(source, position)):
        message = f"Unexpected {found[:40]!r}"
    return ExpressionError(message, column)


def _closed(source: str, position: int) -> bool:
    return source.find(source[position], position + 1) >= 0
