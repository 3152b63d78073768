"""Which handler a request means."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from urllib.parse import unquote

from gatepost.provider.web.request import Request
from gatepost.provider.web.response import Response

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]

_NAME = "{"


class _Node:
    __slots__ = ("handlers", "literals", "name", "named")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.named: _Node | None = None
        self.name = ""
        self.handlers: dict[str, Handler] = {}


class Found:
    """What a path means.

    Attributes:
        handlers: The handlers by method.
        parameters: The parameters of the path, decoded.
    """

    __slots__ = ("handlers", "parameters")

    def __init__(self, handlers: dict[str, Handler], parameters: dict[str, str]) -> None:
        self.handlers = handlers
        self.parameters = parameters

    @property
    def methods(self) -> list[str]:
        """The methods that are allowed."""
        return sorted({*self.handlers, "OPTIONS", *(["HEAD"] if "GET" in self.handlers else [])})


class Router:
    """Finds handlers by the path: a literal segment goes before `{name}`."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        """Enter a handler for a pattern such as `/{environmentId}/as/token`."""
        node = self._root
        for segment in pattern.strip("/").split("/"):
            if segment.startswith(_NAME):
                if node.named is None:
                    node.named = _Node()
                    node.name = segment.strip("{}")
                elif node.name != segment.strip("{}"):
                    raise ValueError(f"{pattern}: {{{node.name}}} stands at this place already")
                node = node.named
            else:
                node = node.literals.setdefault(segment, _Node())
        if method in node.handlers:
            raise ValueError(f"{method} {pattern} has a handler already")
        node.handlers[method] = handler

    def find(self, path: str) -> Found | None:
        """Return what a path means, or `None`; one slash at its end makes no difference."""
        segments = path[1:].removesuffix("/").split("/")
        parameters: dict[str, str] = {}
        node = self._root
        for segment in segments:
            literal = node.literals.get(segment)
            if literal is not None:
                node = literal
            elif node.named is not None and segment:
                parameters[node.name] = unquote(segment)
                node = node.named
            else:
                return None
        return Found(node.handlers, parameters) if node.handlers else None
