r"""The routes that a token may use, as ARNs of an IAM policy: no more than those, since API Gateway keeps the answer.

In an ARN `*` runs across slashes, and a denial outweighs whatever is allowed. So a route with `{id}` becomes a pattern
together with denials of what lies deeper; it can only be so when no route in its reach is refused to the token, and
none that is allowed lies under those denials. A route that cannot be written so is left out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from gatepost.policy.decide import Route
from gatepost.policy.request_path import folded
from gatepost.policy.route_pattern import PatternSegment, RoutePattern

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
"""The methods that API Gateway knows."""

_Path: TypeAlias = tuple[PatternSegment, ...]

# Stands for a literal in an ARN without meaning more there, and needs no escape in a URL.
_PLAIN = re.compile(r"[A-Za-z0-9._~!&'()+,=:@-]+")

# At least one character, and so one segment or several.
_ANY = "?*"

# Spellings that a server behind API Gateway could take for another path; the policy refuses them all. A denial may
# reach far, and so these need not name the API.
_UNCLEAR = (
    *("//", "/./", "/../", ";", "\\"),
    *("%2F", "%2f", "%5C", "%5c", "%3B", "%3b", "%25", "%23", "%3F", "%3f", "%0", "%1", "%7F", "%7f"),
    *("/%2E", "/%2e", "/.%2E", "/.%2e"),
)
_UNCLEAR_ENDS = ("/.", "/..")


class Pattern(NamedTuple):
    """One route with one method, as ARNs.

    Attributes:
        route: The route.
        method: The method.
        resource: What it matches.
        except_for: What that matches besides, and has to be denied.
    """

    route: Route
    method: str
    resource: str
    except_for: tuple[str, ...]


def patterns(stage: str, routes: Sequence[Route], allowed: Iterable[Route]) -> list[Pattern]:
    """Return the allowed routes that can be written as ARNs, the most specific first.

    Args:
        stage: The beginning of every ARN, up to the stage.
        routes: All routes of the policy.
        allowed: Those that the token may use.
    """
    may_use = frozenset(id(route) for route in allowed)
    found = []
    for method in METHODS:
        answering = list(_answering(routes, method))
        granted = [route for route in answering if id(route) in may_use]
        refused = [route.pattern for route in answering if id(route) not in may_use]
        for route in granted:
            except_for = _beyond(route.pattern.path)
            if _can_be_written(route.pattern, except_for, granted, refused):
                resource = _arn(stage, method, _glob(route.pattern.path))
                found.append(Pattern(route, method, resource, tuple(_arn(stage, method, path) for path in except_for)))
    return sorted(found, key=lambda pattern: (bool(pattern.except_for), pattern.resource.count("*")))


def unclear(stage: str) -> list[str]:
    """Return the ARNs of what is denied wherever a pattern has a wildcard."""
    partition = stage.split(":", 2)[1]
    start = f"arn:{partition}:execute-api:*:*:*"
    return [*(f"{start}{sign}*" for sign in _UNCLEAR), *(f"{start}{end}" for end in _UNCLEAR_ENDS)]


def _answering(routes: Sequence[Route], method: str) -> Iterator[Route]:
    """Yield the routes that answer for `method`: of two of one shape, the one that names it."""
    named: dict[object, Route] = {}
    for route in routes:
        methods, shape = route.pattern.methods, route.pattern.shape()
        if methods is None:
            named.setdefault(shape, route)
        elif method in methods:
            named[shape] = route
    yield from named.values()


def _can_be_written(
    pattern: RoutePattern, except_for: Sequence[str], granted: Sequence[Route], refused: Sequence[RoutePattern]
) -> bool:
    path = pattern.path
    if any(segment.kind == "literal" and not _PLAIN.fullmatch(segment.text) for segment in path):
        return False
    if all(segment.kind == "literal" for segment in path):
        return True  # a denial reaches it never: each was checked against what is granted
    if any(_within(other.path, path) for other in refused):
        return False
    return not any(_reaches(glob.split("/"), other.pattern.path) for glob in except_for for other in granted)


def _glob(path: _Path) -> str:
    return "/".join(segment.text if segment.kind == "literal" else _ANY for segment in path)


def _beyond(path: _Path) -> list[str]:
    """Return what the pattern of `path` matches besides: one of its variables stands for several segments."""
    texts = [segment.text if segment.kind == "literal" else _ANY for segment in path]
    return [
        "/".join((*texts[:at], _ANY, _ANY, *texts[at + 1 :]))
        for at, segment in enumerate(path)
        if segment.kind == "name"
    ]


def _arn(stage: str, method: str, path: str) -> str:
    return f"{stage}/{method}/{path}"


def _within(inner: _Path, outer: _Path) -> bool:
    """Tell whether a path that means the route `inner` also fits `outer`, and `inner` goes before it."""
    if not inner or not outer:
        return not inner and not outer
    first, other = inner[0], outer[0]
    if other.kind == "rest":
        return True
    if first.kind == "rest":
        return False  # `outer` goes before it
    if other.kind == "literal" and (first.kind != "literal" or folded(first.text) != folded(other.text)):
        return False
    return _within(inner[1:], outer[1:])


def _reaches(glob: Sequence[str], path: _Path) -> bool:
    """Tell whether a glob, whose wildcards stand for one segment or several, matches a path that fits `path`."""
    if not glob or not path:
        return not glob and not path
    first, segment, after, beyond = glob[0], path[0], glob[1:], path[1:]
    if first != _ANY and segment.kind == "literal":
        return first == segment.text and _reaches(after, beyond)
    if _reaches(after, beyond):
        return True
    return (first == _ANY and _reaches(glob, beyond)) or (segment.kind == "rest" and _reaches(after, path))
