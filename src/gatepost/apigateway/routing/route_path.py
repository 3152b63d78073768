"""The path of a route: literals, `{name}` for one segment, and a last `{name+}` for all that follow."""

from functools import lru_cache
from typing import NamedTuple

from gatepost.apigateway.routing.request_path import rest_of, segments


class Variable(NamedTuple):
    """A variable in the path of a route.

    Attributes:
        position: Which segment it stands for, from 0.
        name: Its name.
        greedy: Whether it stands for all that follow, too.
    """

    position: int
    name: str
    greedy: bool


@lru_cache(4096)
def variables(path: str) -> tuple[Variable, ...]:
    """Return the variables in the path of a route."""
    return tuple(
        Variable(position, part[1:-1].removesuffix("+"), part.endswith("+}"))
        for position, part in enumerate(segments(path))
        if is_variable(part)
    )


def is_variable(part: str) -> bool:
    """Tell whether a segment of a route's path is a variable."""
    return part.startswith("{") and part.endswith("}")


def parameters(route_path: str, path: str) -> dict[str, str]:
    """Return the parameters of a path that the route matches, in the spelling of that path."""
    return bind(variables(route_path), segments(path), path)


def bind(wanted: tuple[Variable, ...], parts: list[str], path: str) -> dict[str, str]:
    """Return the values of variables in a path, whose segments are `parts`."""
    return {
        name: rest_of(path, position) if greedy else parts[position]
        for position, name, greedy in wanted
        if position < len(parts)
    }
