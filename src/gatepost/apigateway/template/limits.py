"""What an API may have at most (API Gateway developer guide, "Quotas"), and what it may not have twice."""

from gatepost.apigateway.model.api import Api
from gatepost.apigateway.template.node import Node

_MOST_ROUTES = 300
_MOST_AUTHORIZERS = 10


def check_limits(api: Api, node: Node) -> None:
    """Report what AWS would refuse."""
    if len(api.routes) > _MOST_ROUTES:
        node.problem(f"An API may have {_MOST_ROUTES} routes, and this one has {len(api.routes)}.")
    if len(api.authorizers) > _MOST_AUTHORIZERS:
        node.problem(f"An API may have {_MOST_AUTHORIZERS} authorizers, and this one has {len(api.authorizers)}.")
    keys = set()
    for route in api.routes:
        if route.key in keys:
            node.report.problem(route.place, f"The route {route.key} is there twice.")
        keys.add(route.key)
