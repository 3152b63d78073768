"""A value of a template together with the place where it stands."""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.report import Report

Value: TypeAlias = Any
"""What a template holds: mappings, lists, texts, numbers, truth values and nothing."""


class Mark(NamedTuple):
    """Where a value stands: the loader's mark, with the file, from line 1."""

    file: str
    line: int


class Unknown(str):
    """Stands for a value that could not be had, which has been reported already."""

    __slots__ = ()


class PlacedText(str):
    """A text that knows where it stands."""

    start_mark: Mark | None

    def __new__(cls, text: str, mark: Mark | None = None) -> "PlacedText":
        """Make the text `text` that stands at `mark`."""
        made = super().__new__(cls, text)
        made.start_mark = mark
        return made


def mark_of(value: object) -> Mark | None:
    """Return where `value` stands in a file, if it came from one."""
    mark = getattr(value, "start_mark", None)
    return mark if isinstance(mark, Mark) else None


def below(place: Place, key: str | int, value: object) -> Place:
    """Return the place of the member `key` of what stands at `place`: its name's line, or else its value's."""
    member = f"{place.member}[{key}]" if isinstance(key, int) else f"{place.member}.{key}" if place.member else str(key)
    mark = mark_of(key) or mark_of(value)
    if mark is None:
        return place._replace(member=member)
    return Place(mark.file, mark.line, place.resource, member)


class Node:
    """A value of a template, without intrinsic functions any more, whose members are asked for by name and type.

    A member of another type than asked for is a problem, and reads as if it were not there.

    Attributes:
        value: The value.
        place: Where it stands.
        report: Where problems go.
    """

    __slots__ = ("place", "report", "value")

    def __init__(self, value: Value, place: Place, report: Report) -> None:
        self.value = value
        self.place = place
        self.report = report

    def problem(self, message: str) -> None:
        """Report a problem here, unless it was the reason why the value is unknown."""
        if not isinstance(self.value, Unknown):
            self.report.problem(self.place, message)

    def notice(self, message: str) -> None:
        """Report what the user should know about this place."""
        self.report.notice(self.place, message)

    def get(self, *names: str) -> "Node | None":
        """Return the member that has one of `names`, or `None`."""
        if not isinstance(self.value, dict):
            return None
        for key, value in self.value.items():
            if key in names and value is not None:
                return Node(value, below(self.place, key, value), self.report)
        return None

    def __getitem__(self, name: str) -> "Node":
        """Return the member `name`, or an empty mapping in its place."""
        return self.get(name) or Node({}, below(self.place, name, None), self.report)

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Yield the members of a mapping."""
        if not isinstance(self.value, dict):
            self.problem("A mapping is expected here.")
            return
        for key, value in self.value.items():
            yield str(key), Node(value, below(self.place, key, value), self.report)

    def elements(self) -> Iterator["Node"]:
        """Yield the elements of a list; anything else is a list of itself alone."""
        if not isinstance(self.value, list):
            yield self
            return
        for position, value in enumerate(self.value):
            yield Node(value, below(self.place, position, value), self.report)

    def own_text(self) -> str:
        """Return the value as a text, as CloudFormation turns numbers and booleans into texts."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, str | int | float):
            return str(self.value)
        self.problem("A text is expected here.")
        return ""

    def text(self, *names: str) -> str | None:
        """Return the text of a member, or `None` when there is none."""
        member = self.get(*names)
        return member.own_text() if member is not None else None

    def required(self, *names: str) -> str:
        """Return the text of a member that has to be there, or an empty text after a report."""
        member = self.get(*names)
        if member is not None and member.value != "":
            return member.own_text()
        (member or self).problem(f"{names[0]} is missing: add it.")
        return ""

    def integer(self, *names: str) -> int | None:
        """Return the whole number of a member, or `None` when there is none."""
        member = self.get(*names)
        if member is None:
            return None
        if not isinstance(member.value, bool) and isinstance(member.value, int | float | str):
            try:
                return int(member.value)
            except ValueError:
                pass
        member.problem(f"{names[0]} has to be a whole number.")
        return None

    def boolean(self, *names: str) -> bool | None:
        """Return the truth value of a member, or `None` when there is none."""
        member = self.get(*names)
        if member is None:
            return None
        if isinstance(member.value, bool):
            return member.value
        if str(member.value).lower() in {"true", "false"}:
            return str(member.value).lower() == "true"
        member.problem(f"{names[0]} has to be true or false.")
        return None

    def texts(self, *names: str) -> tuple[str, ...]:
        """Return the texts of a member that is a list of them, or one."""
        member = self.get(*names)
        return tuple(each.own_text() for each in member.elements()) if member is not None else ()

    def mapping(self, *names: str) -> dict[str, str]:
        """Return a member that is a mapping of texts."""
        member = self.get(*names)
        return {key: node.own_text() for key, node in member.items()} if member is not None else {}
