"""A YAML file whose values know the line that they stand on."""

from collections.abc import Hashable, Mapping
from typing import Any, NoReturn, TypeAlias

import yaml  # type: ignore[import-untyped]

from gatepost.errors import ConfigurationError

Path: TypeAlias = tuple[str | int, ...]

MOST_OCTETS = 20_000_000
_MOST_DEPTH = 30


class SeedError(ConfigurationError):
    """A file cannot be loaded; nothing of it was kept.

    Attributes:
        problems: What is wrong, with the line of each.
    """

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        """Take at least one problem."""
        super().__init__("; ".join(f"line {line}: {text}" for line, text in problems))
        self.problems = problems


class Document:
    """What a file says.

    Attributes:
        value: Its value, plain.
    """

    def __init__(self, text: str) -> None:
        """Read YAML, or JSON, which is YAML too.

        Raises:
            SeedError: When it cannot be read, a member stands there twice, or it is not an object.
        """
        self._lines: dict[Path, int] = {}
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise SeedError([(mark.line + 1 if mark else 1, error.problem or "this is no YAML")]) from None
        except yaml.YAMLError:
            raise SeedError([(1, "this is no YAML")]) from None
        value = {} if node is None else self._value(node, ())
        if not isinstance(value, dict):
            _fail(1, "the file holds an object with lists such as users and applications")
        self.value: Mapping[str, Any] = value

    def line(self, path: Path) -> int:
        """Return the line that a value stands on, or what it is in."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _value(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - JSON
        line = node.start_mark.line + 1
        self._lines[path] = line
        if len(path) > _MOST_DEPTH:
            _fail(line, "this is nested too deep")
        if isinstance(node, yaml.SequenceNode):
            return [self._value(each, (*path, at)) for at, each in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        value = _CONSTRUCTOR.construct_object(node)
        if not isinstance(value, str | int | float | bool | None):
            value = node.value  # a date is text here
        return value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, each in node.value:
            name: Hashable = key.value
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or not isinstance(name, str):
                _fail(line, "the name of a member is text")
            if name in found:
                _fail(line, f"{name} stands there twice")
            found[name] = self._value(each, (*path, name))
            self._lines[*path, name] = line
        return found


_CONSTRUCTOR = yaml.constructor.SafeConstructor()  # of scalars alone


def _fail(line: int, text: str) -> NoReturn:
    raise SeedError([(line, text)])
