"""What a template consists of, once it is read."""

from typing import NamedTuple, TypeAlias


class Property(NamedTuple):
    """`.name`."""

    name: str


class Call(NamedTuple):
    """`.name(arguments)`."""

    name: str
    arguments: "tuple[Expression, ...]"


class Index(NamedTuple):
    """`[expression]`."""

    expression: "Expression"


Step: TypeAlias = Property | Call | Index


class Reference(NamedTuple):
    """`$root.steps`: `source` is what it says in the template, `quiet` is `$!root`."""

    root: str
    steps: tuple[Step, ...]
    source: str
    quiet: bool


class Literal(NamedTuple):
    """A number, a text in single quotes, `true`, `false` or `null`."""

    value: str | int | float | bool | None


class Interpolated(NamedTuple):
    """A text in double quotes."""

    body: "tuple[Node, ...]"


class ListOf(NamedTuple):
    """`[a, b]`."""

    items: "tuple[Expression, ...]"


class MapOf(NamedTuple):
    """`{"a": b}`."""

    items: "tuple[tuple[Expression, Expression], ...]"


class Range(NamedTuple):
    """`[a..b]`, both included."""

    first: "Expression"
    last: "Expression"


class Not(NamedTuple):
    """`!a`."""

    expression: "Expression"


class Chain(NamedTuple):
    """Operators of one precedence, from left to right."""

    first: "Expression"
    rest: "tuple[tuple[str, Expression], ...]"


Expression: TypeAlias = Reference | Literal | Interpolated | ListOf | MapOf | Range | Not | Chain


class Text(NamedTuple):
    """Text that stands for itself."""

    text: str


class Set(NamedTuple):
    """`#set($target = expression)`."""

    target: Reference
    expression: Expression


class If(NamedTuple):
    """`#if`, `#elseif` and `#else`: a condition of `None` is `#else`."""

    branches: "tuple[tuple[Expression | None, tuple[Node, ...]], ...]"


class ForEach(NamedTuple):
    """`#foreach($name in expression)`."""

    name: str
    expression: Expression
    body: "tuple[Node, ...]"


Node: TypeAlias = Text | Reference | Set | If | ForEach
