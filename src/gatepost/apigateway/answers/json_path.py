"""The plain forms of JSONPath: `$`, `$.member`, `$['member']`, `$.list[0]`.

Wildcards, slices, filters and `..` are refused.
"""

import json
import re
from typing import Any, NoReturn

_STEP = re.compile(r"\.(?P<name>[A-Za-z0-9_\-]+)|\[(?P<index>\d{1,6})\]|\[(['\"])(?P<quoted>[^'\"\[\]]*)\3\]")


class UnsupportedPath(ValueError):
    """The path is of a form that is not supported; the message is the path."""


class NotInside(LookupError):
    """There is nothing at the path."""


class JsonPath:
    """A path into a JSON value."""

    __slots__ = ("_steps",)

    def __init__(self, path: str) -> None:
        """Read the path.

        Raises:
            UnsupportedPath: For every other form.
        """
        if not path.startswith("$"):
            raise UnsupportedPath(path)
        position = 1
        steps: list[str | int] = []
        while position < len(path):
            step = _STEP.match(path, position)
            if step is None:
                raise UnsupportedPath(path)
            if step["index"] is not None:
                steps.append(int(step["index"]))
            else:
                steps.append(step["name"] if step["name"] is not None else step["quoted"])
            position = step.end()
        self._steps = tuple(steps)

    @classmethod
    def supports(cls, path: str) -> bool:
        """Tell whether a path is of a supported form."""
        try:
            cls(path)
        except UnsupportedPath:
            return False
        return True

    @staticmethod
    def read(body: bytes | str) -> Any:  # noqa: ANN401  any JSON value
        """Return the JSON value of a body.

        Raises:
            ValueError: When it is not JSON, or nested too deep.
        """
        try:
            return json.loads(body, parse_constant=_refuse)
        except RecursionError:
            raise ValueError("nested too deep") from None

    def find(self, value: Any) -> Any:  # noqa: ANN401  any JSON value
        """Return what stands at the path in a JSON value.

        Raises:
            NotInside: When there is nothing.
        """
        for step in self._steps:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                raise NotInside from None
        return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
