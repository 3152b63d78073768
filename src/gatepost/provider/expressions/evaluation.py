"""One evaluation: what it sees, and what is left of its allowance."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from gatepost.provider.expressions import limits

Value: TypeAlias = Any
"""A JSON value: `dict`, `list`, `str`, `int`, `float`, `bool` or `None`."""


class Absent:
    """The kind of `ABSENT`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()
"""What an expression without a value yields: a property that is missing, null, or the wrong kind of thing."""


class Exhausted(Exception):
    """The evaluation has used up its allowance. Never leaves the room."""


class Evaluation:
    """What the parts of an expression share while it is evaluated.

    Attributes:
        root: What `#root` stands for.
        clock: Gives the time in seconds since 1970.
        steps: How many steps are left.
        produced: How many characters and elements may still be made.
    """

    __slots__ = ("clock", "produced", "root", "steps")

    def __init__(self, root: Mapping[str, Value], clock: Callable[[], float]) -> None:
        self.root = root
        self.clock = clock
        self.steps = limits.STEPS
        self.produced = limits.PRODUCED

    def spend(self, steps: int) -> None:
        """Take `steps` from the allowance.

        Raises:
            Exhausted: When so many are not left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted

    def produce(self, amount: int) -> None:
        """Take `amount` characters or elements from the allowance, before they are made.

        Raises:
            Exhausted: When so many are not left.
        """
        self.produced -= amount
        if self.produced < 0:
            raise Exhausted
