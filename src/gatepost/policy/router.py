"""Which route a request means: the most specific one, whatever their order."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from gatepost.errors import ConfigurationError
from gatepost.policy.request_path import Segments, folded
from gatepost.policy.route_overlap import ambiguous
from gatepost.policy.route_pattern import RoutePattern, is_method

Target = TypeVar("Target")


class _Node(Generic[Target]):
    __slots__ = ("literals", "name", "rest", "targets")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[Target]] = {}
        self.name: _Node[Target] | None = None
        self.rest: list[tuple[RoutePattern, Target]] = []
        self.targets: list[tuple[RoutePattern, Target]] = []


class Router(Generic[Target]):
    """Finds targets by method and path.

    At each segment a literal goes before `{name}`, and that before `{rest+}`; at the same path a named method goes
    before `*`.
    """

    def __init__(self, routes: Iterable[tuple[RoutePattern, Target]]) -> None:
        """Enter the routes.

        Raises:
            ConfigurationError: When two of them match the same request and neither is the more specific one.
        """
        self._root: _Node[Target] = _Node()
        entered = tuple(routes)
        for later, earlier in ambiguous([pattern for pattern, _ in entered]):
            one, other = entered[later][0].text, entered[earlier][0].text
            raise ConfigurationError(f"{one!r} and {other!r} match the same requests, and neither is more specific")
        for pattern, target in entered:
            self._enter(pattern, target)

    def find(self, method: str, path: Segments) -> Target | None:
        """Return the target of the most specific route, or `None`.

        A path that differs from a route's literals only in capitals, or in how accents are written, means no route at
        all: some servers would take it for that route, and others for another one. Nor does a method that is not in
        capitals.
        """
        if not is_method(method):
            return None
        found = _find(self._root, method, path, 0)
        return found[1] if found is not None and found[0].spells(path) else None

    def _enter(self, pattern: RoutePattern, target: Target) -> None:
        node = self._root
        for segment in pattern.path:
            if segment.kind == "rest":
                node.rest.append((pattern, target))
                return
            if segment.kind == "literal":
                node = node.literals.setdefault(folded(segment.text), _Node())
            else:
                if node.name is None:
                    node.name = _Node()
                node = node.name
        node.targets.append((pattern, target))


def _find(node: _Node[Target], method: str, path: Segments, at: int) -> tuple[RoutePattern, Target] | None:
    if at == len(path):
        return _by_method(node.targets, method)
    literal = node.literals.get(folded(path[at]))
    if literal is not None and (found := _find(literal, method, path, at + 1)) is not None:
        return found
    if node.name is not None and (found := _find(node.name, method, path, at + 1)) is not None:
        return found
    return _by_method(node.rest, method)


def _by_method(candidates: list[tuple[RoutePattern, Target]], method: str) -> tuple[RoutePattern, Target] | None:
    for candidate in candidates:
        methods = candidate[0].methods
        if methods is not None and method in methods:
            return candidate
    return next((candidate for candidate in candidates if candidate[0].methods is None), None)
