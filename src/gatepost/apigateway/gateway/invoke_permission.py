"""Which routes of an API may reach their functions, looked up once for each."""

from gatepost.apigateway.invocation_permission import may_invoke, route_arns
from gatepost.apigateway.model.api import Api, Route
from gatepost.apigateway.model.function import Function


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
            found = self._found[key] = may_invoke(function, route_arns(self._api, route, method))
        return found
