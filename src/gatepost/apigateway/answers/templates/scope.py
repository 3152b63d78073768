"""What the names of a template stand for while it is rendered."""

from urllib.parse import parse_qsl

from gatepost.apigateway.answers.json_path import JsonPath, NotInside, UnsupportedPath
from gatepost.apigateway.answers.templates.budget import Budget
from gatepost.apigateway.answers.templates.errors import BodyIsNotJson, TemplateFailed
from gatepost.apigateway.answers.templates.values import Value, json_of
from gatepost.apigateway.answers.variables import variable
from gatepost.apigateway.exchange import Exchange, Response

_UNREAD = object()


class Scope:
    """`$input`, `$context`, `$stageVariables`, and the variables that the template sets.

    Attributes:
        variables: The template's own variables.
        status: What the template sets `$context.responseOverride.status` to, or `None`.
        headers: What it sets `$context.responseOverride.header` to.
    """

    __slots__ = ("_body", "_exchange", "_json", "_response", "headers", "status", "variables")

    def __init__(self, exchange: Exchange, body: str, response: Response | None) -> None:
        self._exchange = exchange
        self._body = body
        self._response = response
        self._json: Value = _UNREAD
        self.variables: dict[str, Value] = {}
        self.status: int | None = None
        self.headers: dict[str, str] = {}

    def context(self, name: str) -> str:
        """Return `$context.name`."""
        return variable(f"context.{name}", self._exchange, self._response)

    def stage_variables(self) -> dict[str, Value]:
        """Return `$stageVariables`."""
        return dict(self._exchange.api.stage.variables)

    def body(self) -> str:
        """Return `$input.body`."""
        return self._body

    def params(self) -> dict[str, Value]:
        """Return `$input.params()`."""
        request = self._exchange.request
        return {
            "path": dict(self._exchange.path_parameters),
            "querystring": dict(parse_qsl(request.query, keep_blank_values=True)),
            "header": dict(request.headers),
        }

    def param(self, name: str) -> str:
        """Return `$input.params(name)`: of the path, the query string or the headers, in this order."""
        params = self.params()
        for place in ("path", "querystring"):
            if name in params[place]:
                return str(params[place][name])
        return self._exchange.request.header(name) or ""

    def path(self, path: str) -> Value:
        """Return `$input.path(path)`, or null where there is nothing.

        Raises:
            TemplateFailed: When the path is not supported, or the body is not JSON.
        """
        try:
            return JsonPath(path).find(self._parsed())
        except NotInside:
            return None
        except UnsupportedPath:
            raise TemplateFailed("the template asks for a JSONPath that is not supported") from None

    def json(self, path: str, budget: Budget) -> str:
        """Return `$input.json(path)`: what stands there as JSON, an empty text where there is nothing.

        Raises:
            TemplateFailed: When the path is not supported, or the body is not JSON.
        """
        found = self.path(path)
        return '""' if found is None else json_of(found, budget)

    def _parsed(self) -> Value:
        if self._json is _UNREAD:
            try:
                self._json = JsonPath.read(self._body) if self._body.strip() else {}
            except ValueError:
                raise BodyIsNotJson("the body is not JSON") from None
        return self._json
