"""An object with members: how a new one is read, how one is replaced, and how a part of one is changed."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from gatepost.identity.refusals import InvalidData, Violation
from gatepost.identity.shapes.kinds import Id, Kind, Tell

Document = dict[str, Any]
# Looks at a whole object that fits member by member, and returns what is wrong with it as a whole.
Rule = Callable[[Mapping[str, Any]], Iterable[Violation]]


class Member(NamedTuple):
    """A member of an object.

    Attributes:
        name: Its name.
        kind: What it is.
        required: Whether it has to be there.
        default: What stands for it when it is not there, or `None` for nothing.
        fixed: Whether it stays what it was when the object was made.
        hidden: Whether it is taken and never shown, such as a password.
    """

    name: str
    kind: Kind
    required: bool = False
    default: Any = None
    fixed: bool = False
    hidden: bool = False


class Shape:
    """An object. Members that it does not know are ignored, as PingOne does; `null` stands for a member left out.

    Attributes:
        members: Its members by name.
    """

    def __init__(self, *members: Member, rules: Iterable[Rule] = ()) -> None:
        """Take the members, and the rules for the whole."""
        self.members = {member.name: member for member in members}
        self._rules = tuple(rules)

    def created(self, sent: object) -> Document:
        """Return a new object.

        Raises:
            InvalidData: With everything that is wrong with it.
        """
        return self._checked(lambda tell: self._whole(_object(sent), "", tell))

    def replaced(self, current: Mapping[str, Any], sent: object) -> Document:
        """Return the object that takes the place of `current`: what is left out is cleared.

        Raises:
            InvalidData: With everything that is wrong with it.
        """

        def read(tell: Tell) -> Document:
            document = self._whole({**self._fixed(current), **_object(sent)}, "", tell)
            self._stays(current, document, tell)
            return document

        return self._checked(read)

    def patched(self, current: Mapping[str, Any], sent: object) -> Document:
        """Return `current` with the members in `sent` changed: what is left out stays, and `null` clears.

        Raises:
            InvalidData: With everything that is wrong with it.
        """

        def read(tell: Tell) -> Document:
            changes = _object(sent)
            document = self._whole({**current, **_merged(self, current, changes)}, "", tell)
            self._stays(current, document, tell)
            return document

        return self._checked(read)

    def read(self, value: Any, target: str, tell: Tell) -> Document:  # noqa: ANN401 - JSON
        """Return the object as a member of another one."""
        if not isinstance(value, dict):
            tell(Violation("INVALID_VALUE", target, "The value must be an object."))
            return {}
        told: list[Violation] = []
        document = self._whole(value, f"{target}.", told.append)
        if not told:
            told.extend(
                each._replace(target=f"{target}.{each.target}") for rule in self._rules for each in rule(document)
            )
        for each in told:
            tell(each)
        return document

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        made: dict[str, Any] = {
            "type": "object",
            "properties": {
                name: {**member.kind.schema(), **({"writeOnly": True} if member.hidden else {})}
                for name, member in self.members.items()
            },
        }
        required = [name for name, member in self.members.items() if member.required]
        return {**made, "required": required} if required else made

    def _checked(self, read: Callable[[Tell], Document]) -> Document:
        violations: list[Violation] = []
        document = read(violations.append)
        if not violations:
            violations.extend(each for rule in self._rules for each in rule(document))
        if violations:
            raise InvalidData(*violations)
        return document

    def _whole(self, sent: Mapping[str, Any], prefix: str, tell: Tell) -> Document:
        found: Document = {}
        for name, member in self.members.items():
            value = sent.get(name)
            if value is not None:
                found[name] = member.kind.read(value, f"{prefix}{name}", tell)
            elif member.required:
                tell(Violation("REQUIRED_VALUE", f"{prefix}{name}", f"{name} is required."))
            elif member.default is not None:
                default = member.default
                found[name] = default.copy() if isinstance(default, dict | list) else default
        return found

    def _fixed(self, current: Mapping[str, Any]) -> Document:
        return {name: current[name] for name, member in self.members.items() if member.fixed and name in current}

    def _stays(self, current: Mapping[str, Any], document: Mapping[str, Any], tell: Tell) -> None:
        for name, value in self._fixed(current).items():
            if document.get(name) != value:
                tell(Violation("INVALID_VALUE", name, f"{name} cannot be changed."))


def reference() -> Shape:
    """Return the shape of `{"id": "..."}`, which refers to something."""
    return Shape(Member("id", Id(), required=True))


def _object(sent: object) -> Mapping[str, Any]:
    if not isinstance(sent, dict):
        raise InvalidData(Violation("INVALID_VALUE", "", "The body must be a JSON object."))
    return sent


def _merged(shape: Shape, current: Mapping[str, Any], changes: Mapping[str, Any]) -> Document:
    """Return the changes, those to an object within the object member by member too."""
    found: Document = {}
    for name, value in changes.items():
        member = shape.members.get(name)
        before = current.get(name)
        if (
            member is not None
            and isinstance(member.kind, Shape)
            and isinstance(value, dict)
            and isinstance(before, dict)
        ):
            found[name] = {**before, **_merged(member.kind, before, value)}
        else:
            found[name] = value
    return found
