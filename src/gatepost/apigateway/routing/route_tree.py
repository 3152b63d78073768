"""The routes of an API as a tree of segments."""

from collections.abc import Mapping
from typing import NamedTuple

from gatepost.apigateway.model.api import Route
from gatepost.apigateway.model.place import Problem, TemplateError
from gatepost.apigateway.routing.request_path import segments
from gatepost.apigateway.routing.route_path import Variable, is_variable, variables

ANY = "ANY"


class Leaf(NamedTuple):
    """A route with the variables of its path."""

    route: Route
    variables: tuple[Variable, ...]


class RouteTree:
    """A segment of a path, with what may follow it.

    Attributes:
        ends: For each method, the route that ends here.
        greedy: For each method, the route whose `{name+}` follows here.
        literals: What follows literally.
        variable: What follows after `{name}`.
    """

    __slots__ = ("ends", "greedy", "literals", "variable")

    def __init__(self) -> None:
        """Begin without routes."""
        self.ends: dict[str, Leaf] = {}
        self.greedy: dict[str, Leaf] = {}
        self.literals: dict[str, RouteTree] = {}
        self.variable: RouteTree | None = None

    def enter(self, route: Route) -> None:
        """Add a route.

        Raises:
            TemplateError: When another one has the same method and matches the same paths, which AWS refuses.
        """
        node, leaf = self, Leaf(route, variables(route.path))
        target = None
        for part in segments(route.path):
            if not is_variable(part):
                node = node.literals.setdefault(part, RouteTree())
            elif part.endswith("+}"):
                target = node.greedy
                break
            else:
                if node.variable is None:
                    node.variable = RouteTree()
                node = node.variable
        if target is None:
            target = node.ends
        if (earlier := target.setdefault(route.method, leaf)) is not leaf:
            other = earlier.route.key
            raise TemplateError(Problem(route.place, f"{route.key} matches the same requests as {other}: remove one"))

    def end(self, method: str, parts: list[str], at: int = 0) -> Leaf | None:
        """Return the route that matches all of a path without `{name+}`: a literal goes before `{name}`."""
        if at == len(parts):
            return by_method(self.ends, method)
        literal = self.literals.get(parts[at])
        if literal is not None and (found := literal.end(method, parts, at + 1)) is not None:
            return found
        return None if self.variable is None else self.variable.end(method, parts, at + 1)

    def greedy_end(self, method: str, parts: list[str], at: int = 0) -> Leaf | None:
        """Return the route whose `{name+}` matches the rest of a path: the longest literal prefix goes first."""
        if at == len(parts):
            return None
        literal = self.literals.get(parts[at])
        if literal is not None and (found := literal.greedy_end(method, parts, at + 1)) is not None:
            return found
        if self.variable is not None and (found := self.variable.greedy_end(method, parts, at + 1)) is not None:
            return found
        return by_method(self.greedy, method)

    def nearest(self, method: str, parts: list[str], at: int = 0) -> Leaf | None:
        """Return the route that a REST API's tree of resources leads to: literal, `{name}`, `{name+}` at each step."""
        if at == len(parts):
            return by_method(self.ends, method)
        literal = self.literals.get(parts[at])
        if literal is not None and (found := literal.nearest(method, parts, at + 1)) is not None:
            return found
        if self.variable is not None and (found := self.variable.nearest(method, parts, at + 1)) is not None:
            return found
        return by_method(self.greedy, method)


def by_method(leaves: Mapping[str, Leaf], method: str) -> Leaf | None:
    """Return the leaf of a method, or of `ANY`."""
    if not leaves:
        return None
    found = leaves.get(method)
    return leaves.get(ANY) if found is None else found
