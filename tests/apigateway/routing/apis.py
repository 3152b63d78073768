"""APIs with the routes that a test names."""

from typing import Literal

from gatepost.apigateway.model.api import DEFAULT_STAGE, Api, Route, Stage
from gatepost.apigateway.model.integration import LambdaProxy

KEEP = LambdaProxy("Function", "2.0", 30)


def route(key: str) -> Route:
    """Return the route of a key such as `GET /pets/{id}` or `$default`."""
    if key == "$default":
        return Route("", "$default", KEEP)
    method, _, path = key.partition(" ")
    return Route(method, path, KEEP)


def api(kind: Literal["HTTP", "REST"], *keys: str, stage: str = DEFAULT_STAGE) -> Api:
    return Api("Api", "Api", kind, "abcdefghij", Stage(stage), tuple(route(key) for key in keys))
