"""Which pairs of routes match the same request with neither the more specific one."""

from collections.abc import Sequence
from typing import TypeAlias

from gatepost.policy.route_pattern import Kind, RoutePattern

Shape: TypeAlias = tuple[tuple[Kind, str], ...]

# `None` for all methods.
Methods: TypeAlias = frozenset[str] | None

_REST: tuple[Kind, str] = ("rest", "")


def ambiguous(patterns: Sequence[RoutePattern]) -> list[tuple[int, int]]:
    """Return the positions of such pairs, the later one first.

    `GET /{tenant}/admin` and `GET /acme/{page}` both match `/acme/admin`, and each is the more specific one in another
    segment. A third route for just what they share, `GET /acme/admin`, settles it.
    """
    shapes = [pattern.shape() for pattern in patterns]
    named: dict[Shape, list[Methods]] = {}
    for pattern, shape in zip(patterns, shapes, strict=True):
        named.setdefault(shape, []).append(pattern.methods)
    found = []
    for later, pattern in enumerate(patterns):
        for earlier in range(later):
            methods = patterns[earlier].methods
            if shapes[later] == shapes[earlier]:
                disputed = (methods is None) == (pattern.methods is None) and _shared(
                    methods, pattern.methods
                ) != frozenset()
            else:
                meeting = _meeting(shapes[later], shapes[earlier])
                disputed = (
                    meeting is not None
                    and meeting not in {shapes[later], shapes[earlier]}
                    and not _settled(_shared(methods, pattern.methods), named.get(meeting, []))
                )
            if disputed:
                found.append((later, earlier))
    return found


def _shared(one: Methods, other: Methods) -> Methods:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _settled(shared: Methods, named: list[Methods]) -> bool:
    """Tell whether routes with the methods `named` answer for all the methods `shared`."""
    if None in named:
        return True
    return shared is not None and shared.issubset(method for methods in named if methods for method in methods)


def _meeting(one: Shape, other: Shape) -> Shape | None:
    """Return the shape of the paths that both match, or `None` when there is no such path."""
    met: list[tuple[Kind, str]] = []
    for position in range(max(len(one), len(other))):
        if position >= len(one) or position >= len(other):
            return None
        left, right = one[position], other[position]
        if left == _REST:
            return (*met, *other[position:])
        if right == _REST:
            return (*met, *one[position:])
        if left[0] == right[0] == "literal" and left != right:
            return None
        met.append(left if left[0] == "literal" else right)
    return tuple(met)
