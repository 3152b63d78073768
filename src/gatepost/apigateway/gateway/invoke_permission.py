"""Whether API Gateway may invoke a function: what the function's resource policy says (`AWS::Lambda::Permission`)."""

from gatepost.apigateway.iam.wildcard import wildcard
from gatepost.apigateway.model.api import DEFAULT_ROUTE, Api, Route
from gatepost.apigateway.model.function import Function

_PRINCIPALS = frozenset({"apigateway.amazonaws.com", "*"})


class InvokePermissions:
    """Who may invoke the functions of an API's routes."""

    def __init__(self, api: Api) -> None:
        """Remember for each route and method of `api` what was found."""
        self._api = api
        self._found: dict[tuple[int, str], bool] = {}

    def permitted(self, route: Route, method: str, function: Function) -> bool:
        """Tell whether a request with this method may reach the function of `route`."""
        key = (id(route), method)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = any(
                permission.principal in _PRINCIPALS
                and (permission.source_arn is None or self._fits(permission.source_arn, route, method))
                for permission in function.permissions
            )
        return found

    def _fits(self, pattern: str, route: Route, method: str) -> bool:
        fits = wildcard(pattern).matches
        return any(fits(arn) for arn in source_arns(self._api, route, method))


def source_arns(api: Api, route: Route, method: str) -> tuple[str, ...]:
    """Return the ARNs, any of which a permission may name so that it covers requests of a route with a method.

    They end in the route's own path, with `{id}` as it is written there: a `*` in a permission covers it, and so does
    the path itself, which is what templates usually name.
    """
    base = f"{api.arn}/{api.stage.name}"
    if route.path == DEFAULT_ROUTE:
        return (f"{base}/{DEFAULT_ROUTE}", f"{base}/{method}/{DEFAULT_ROUTE}")
    start = f"{base}/{method}"
    return tuple(dict.fromkeys((f"{start}{route.path}", f"{start}{route.path.rstrip('/') or '/'}")))
