"""What a regular expression is made of."""

from typing import NamedTuple, TypeAlias

from gatepost.provider.expressions.regular.classes import Test


class Char(NamedTuple):
    """One character for which a test is true."""

    test: Test


class Assertion(NamedTuple):
    """A place: `^`, `$`, `b` (a word's edge), `B`, `A` and `z` (the ends of the text), `Z`."""

    kind: str


class Sequence(NamedTuple):
    """One thing after the other."""

    parts: tuple["Node", ...]


class Choice(NamedTuple):
    """One of several, the first preferred."""

    options: tuple["Node", ...]


class Repeat(NamedTuple):
    """The same several times; `most` is `None` for no end."""

    node: "Node"
    least: int
    most: int | None
    lazy: bool


class Group(NamedTuple):
    """What is captured."""

    node: "Node"
    number: int


class Look(NamedTuple):
    """What has to follow, or to come before, without being taken."""

    node: "Node"
    behind: bool
    negative: bool


Node: TypeAlias = Char | Assertion | Sequence | Choice | Repeat | Group | Look
