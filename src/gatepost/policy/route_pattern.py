"""What a route matches: methods, and a path of literals, `{name}` and a last `{rest+}`."""

import re
from typing import Literal, TypeAlias

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen
from gatepost.policy.request_path import Segments, UnclearPath, folded, segments

Kind: TypeAlias = Literal["literal", "name", "rest"]

_USUAL = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_METHOD = re.compile(r"[A-Z][A-Z-]{0,31}")
_VARIABLE = re.compile(r"\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<rest>\+)?\}")


class PatternSegment(Frozen):
    """One segment: a literal with its text, or a variable with its name."""

    __slots__ = ("kind", "text")

    kind: Kind
    text: str

    def __init__(self, kind: Kind, text: str) -> None:
        self._set(kind=kind, text=text)


class RoutePattern(Frozen):
    """A parsed `match`.

    Attributes:
        methods: The methods, or `None` for all.
        path: The segments.
        text: The text that it was read from.
    """

    __slots__ = ("methods", "path", "text")

    methods: frozenset[str] | None
    path: tuple[PatternSegment, ...]
    text: str

    def __init__(self, text: str) -> None:
        """Read `text`, such as `GET,HEAD /users/{id}` or `* /files/{rest+}`.

        Raises:
            ConfigurationError: When it is not of that form.
        """
        methods, _, path = text.strip().partition(" ")
        path = path.strip()
        if not path.startswith("/"):
            raise ConfigurationError(f"match is methods and a path, such as 'GET,HEAD /user', not {text!r}")
        self._set(methods=_methods(methods), path=_path(path), text=text)

    def shape(self) -> tuple[tuple[Kind, str], ...]:
        """Return what two patterns have in common that match the same paths."""
        return tuple((segment.kind, folded(segment.text) if segment.kind == "literal" else "") for segment in self.path)

    def spells(self, path: Segments) -> bool:
        """Tell whether the literals stand in `path`, which matches, letter by letter."""
        return all(
            segment.kind != "literal" or segment.text == text for segment, text in zip(self.path, path, strict=False)
        )


def is_method(text: str) -> bool:
    """Tell whether `text` is a method as all servers read it: in capitals, since some take `get` for `GET`."""
    return text in _USUAL or _METHOD.fullmatch(text) is not None


def _methods(text: str) -> frozenset[str] | None:
    if text == "*":
        return None
    methods = text.split(",")
    for method in methods:
        if not is_method(method):
            raise ConfigurationError(f"{method!r} is not a method in capitals; separate them by commas, or write *")
    return frozenset(methods)


def _path(text: str) -> tuple[PatternSegment, ...]:
    found: list[PatternSegment] = []
    parts = text.removesuffix("/").split("/")[1:]
    for position, part in enumerate(parts):
        variable = _VARIABLE.fullmatch(part)
        if variable is None:
            found.append(PatternSegment("literal", _literal(part)))
        elif variable["rest"] is None:
            found.append(PatternSegment("name", variable["name"]))
        elif position == len(parts) - 1:
            found.append(PatternSegment("rest", variable["name"]))
        else:
            raise ConfigurationError(f"{part} stands for all the rest of the path, and so only at its end: {text!r}")
    names = [segment.text for segment in found if segment.kind != "literal"]
    if len(set(names)) < len(names):
        raise ConfigurationError(f"a variable's name stands twice in {text!r}")
    return tuple(found)


def _literal(part: str) -> str:
    if "{" in part or "}" in part:
        raise ConfigurationError(f"{part!r} is neither literal text nor one variable such as {{id}} or {{rest+}}")
    try:
        (literal,) = segments("/" + part)
    except (UnclearPath, ValueError) as error:
        raise ConfigurationError(f"no request has the segment {part!r}: {error}") from None
    return literal
