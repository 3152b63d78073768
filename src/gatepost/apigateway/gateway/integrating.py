"""The last step of a request: what its route names answers it."""

import json
from collections.abc import Mapping
from time import perf_counter
from typing import assert_never

from gatepost.apigateway.answers.http_proxy import HttpProxying, IntegrationFailed
from gatepost.apigateway.answers.limits import answer_over_limit
from gatepost.apigateway.answers.mock import mock_answer
from gatepost.apigateway.events.answer import BadAnswer, read_answer
from gatepost.apigateway.events.encoding import encoded
from gatepost.apigateway.events.proxy import proxy_event
from gatepost.apigateway.exchange import Exchange, Failure, Response
from gatepost.apigateway.gateway.invoke_permission import InvokePermissions
from gatepost.apigateway.invoking import Functions, Invocation
from gatepost.apigateway.model.api import Api, Route
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.function import Function
from gatepost.apigateway.model.integration import HttpProxy, LambdaProxy, Mock

_TIMER_TOLERANCE = 0.01  # seconds


class Integrating:
    """Answers requests that may pass."""

    def __init__(
        self,
        api: Api,
        described: Mapping[str, Function],
        functions: Functions,
        *,
        assumptions: Assumptions,
        proxying: HttpProxying,
    ) -> None:
        """Answer for the routes of an API.

        Args:
            api: The API.
            described: The functions, as the template describes them.
            functions: What runs them.
            assumptions: What to assume where nobody knows.
            proxying: What calls other servers.
        """
        self._described = described
        self._functions = functions
        self._assumptions = assumptions
        self._proxying = proxying
        self._permissions = InvokePermissions(api)

    async def answer(self, exchange: Exchange, route: Route) -> Response | None:
        """Return what the route's integration answers; `None` when it fails, with the failure in the exchange."""
        integration = route.integration
        started = perf_counter()
        response: Response | None
        if isinstance(integration, LambdaProxy):
            response = await self._function(exchange, route, integration)
        elif isinstance(integration, HttpProxy):
            response = await self._proxy(exchange)
        elif isinstance(integration, Mock):
            response = _mock(exchange)
        else:
            assert_never(integration)
        exchange.integration_latency = round((perf_counter() - started) * 1000)
        if response is None:
            return None
        if answer_over_limit(response):
            _fail(exchange, "the response is larger than 10 MB")
            return None
        exchange.integration_status = response.status
        return response

    async def _function(self, exchange: Exchange, route: Route, integration: LambdaProxy) -> Response | None:
        name = integration.function
        if integration.credentials is None:
            function = self._described.get(name)
            if function is None or not self._permissions.permitted(route, exchange.request.method, function):
                why = f"API Gateway has no permission to invoke {name}: add an AWS::Lambda::Permission"
                exchange.note("permission", False, why)
                exchange.failure = Failure(
                    "API_CONFIGURATION_ERROR", integration_error="Invalid permissions on Lambda function"
                )
                return None
        event = encoded(proxy_event(exchange, self._assumptions))
        started = perf_counter()
        called = await self._functions.invoke(name, event, limit=integration.timeout)
        if called.outcome == "timed out" and perf_counter() - started > integration.timeout - _TIMER_TOLERANCE:
            # The function's own time may not be over yet.
            why = f"{name} took longer than the {integration.timeout:g} s of the integration"
            exchange.note("integration", False, why)
            exchange.failure = Failure("INTEGRATION_TIMEOUT", integration_error=why)
            return None
        if called.outcome != "answered":
            _not_answered(exchange, name, called)
            return None
        try:
            response = read_answer(exchange, called.payload, self._assumptions)
        except BadAnswer as why:
            _fail(exchange, f"{name} answered what is no response: {why.why}")
            return None
        exchange.note("integration", True, f"{name}: {response.status} in {called.milliseconds} ms")
        return response

    async def _proxy(self, exchange: Exchange) -> Response | None:
        try:
            response = await self._proxying.answer(exchange)
        except IntegrationFailed as failed:
            exchange.note("integration", False, str(failed))
            exchange.failure = failed.failure
            return None
        exchange.note("integration", True, f"HTTP proxy: {response.status}")
        return response


def _mock(exchange: Exchange) -> Response | None:
    try:
        response = mock_answer(exchange)
    except IntegrationFailed as failed:
        exchange.note("integration", False, f"mock: {failed}")
        exchange.failure = failed.failure
        return None
    exchange.note("integration", True, f"mock: {response.status}")
    return response


def _not_answered(exchange: Exchange, name: str, called: Invocation) -> None:
    """Note how a function failed."""
    if called.outcome == "throttled":
        why = f"{name} has no process left for the request"
        exchange.note("integration", False, why)
        exchange.failure = Failure("API_CONFIGURATION_ERROR", integration_error=why)
    else:
        _fail(exchange, f"{name} {called.outcome}{_error_in(called.payload)}")


def _error_in(payload: bytes) -> str:
    try:
        error = json.loads(payload)
    except ValueError:
        return ""
    if not isinstance(error, dict):
        return ""
    words = [str(error[name]) for name in ("errorType", "errorMessage") if error.get(name)]
    return f": {' '.join(': '.join(words).split())}" if words else ""


def _fail(exchange: Exchange, why: str) -> None:
    exchange.note("integration", False, why)
    exchange.failure = Failure("BAD_INTEGRATION_RESPONSE", integration_error=why)
