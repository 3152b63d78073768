"""Which route a request means: the stage, then the most specific route that has its method.

An HTTP API looks for a full match, then for `{name+}`, then for `$default`. A REST API goes down its tree of
resources: a literal before `{name}` before `{name+}`, and from a resource without the method back to the next one.

Source: Amazon API Gateway Developer Guide, "Create routes for HTTP APIs" and "Choose a resource".
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from gatepost.apigateway.model.api import DEFAULT_ROUTE, DEFAULT_STAGE, Api, Route
from gatepost.apigateway.routing.request_path import decoded_by_http_api, has_dot_segment, rest_of, segments
from gatepost.apigateway.routing.route_path import Variable, bind
from gatepost.apigateway.routing.route_tree import ANY, RouteTree

_NONE: Mapping[str, str] = {}


class Match(NamedTuple):
    """The route of a request.

    Attributes:
        route: The route.
        path: The path below the stage, as it was sent; begins with a slash.
        parameters: The parameters of the path, decoded.
    """

    route: Route
    path: str
    parameters: Mapping[str, str]


class Router:
    """Finds the routes of an API."""

    __slots__ = ("_default", "_known", "_rest", "_stage", "_tree")

    def __init__(self, api: Api) -> None:
        """Enter the routes of `api`.

        Raises:
            TemplateError: When two of them have the same method and match the same paths.
        """
        self._rest = api.kind == "REST"
        self._stage = "" if api.stage.name == DEFAULT_STAGE else f"/{api.stage.name}"
        self._tree = RouteTree()
        self._default: Route | None = None
        # Most requests name a route without variables; they are found in two look-ups.
        self._known: dict[str, dict[str, Match]] = {}
        for route in api.routes:
            if route.path == DEFAULT_ROUTE:
                self._default = route
                continue
            self._tree.enter(route)
            if not any(sign in route.path for sign in "{%"):
                path = "/" + "/".join(segments(route.path))
                self._known.setdefault(self._stage + path, {})[route.method] = Match(route, path, _NONE)

    def find(self, method: str, path: str) -> Match | None:
        """Return the route of a request, or `None`.

        Args:
            method: The method, in capitals.
            path: The path as it was sent, with its stage and percent-encodings, without the query.
        """
        known = self._known.get(path)
        if known is not None:
            match = known.get(method) or known.get(ANY)
            if match is not None:
                return match
        below = self._below_stage(path)
        if below is None:
            return None
        return self._find_rest(method, below) if self._rest else self._find_http(method, below)

    def _below_stage(self, path: str) -> str | None:
        if not path.startswith("/"):
            return None
        stage = self._stage
        if not stage:
            return path
        if not path.startswith(stage):
            return None
        below = path[len(stage) :]
        if not below:
            return "/"
        return below if below[0] == "/" else None

    def _find_http(self, method: str, below: str) -> Match | None:
        path = decoded_by_http_api(below)
        if path is None or has_dot_segment(path):
            return None
        parts = segments(path)
        leaf = self._tree.end(method, parts) or self._tree.greedy_end(method, parts)
        if leaf is not None:
            return Match(leaf.route, below, bind(leaf.variables, parts, path))
        return None if self._default is None else Match(self._default, below, _NONE)

    def _find_rest(self, method: str, below: str) -> Match | None:
        parts = segments(below)
        if "%" not in below:
            if has_dot_segment(below):
                return None
            leaf = self._tree.nearest(method, parts)
            return None if leaf is None else Match(leaf.route, below, bind(leaf.variables, parts, below))
        parts = [unquote(part, errors="replace") for part in parts]
        if has_dot_segment("/" + "/".join(parts)):
            return None
        leaf = self._tree.nearest(method, parts)
        return None if leaf is None else Match(leaf.route, below, _decoded(leaf.variables, parts, below))


def _decoded(wanted: tuple[Variable, ...], parts: list[str], path: str) -> Mapping[str, str]:
    return {
        name: unquote(rest_of(path, position), errors="replace") if greedy else parts[position]
        for position, name, greedy in wanted
    }
