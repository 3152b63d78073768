"""The way of a request through an API: limits, route, preflight, authorizer, API key, integration, headers, logs."""

import asyncio
import re
from collections.abc import Callable
from time import perf_counter
from typing import Protocol

from gatepost.apigateway.answers.access_log import access_line
from gatepost.apigateway.answers.cors import preflight, with_cors
from gatepost.apigateway.answers.failure import failure_response
from gatepost.apigateway.answers.limits import over_limit
from gatepost.apigateway.answers.request_ids import extended_request_id, http_request_id, rest_request_id
from gatepost.apigateway.events.request_headers import trace_id
from gatepost.apigateway.exchange import Exchange, Failure, Request, Response
from gatepost.apigateway.gateway.trace import Trace
from gatepost.apigateway.model.api import Api, Route
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.integration import LambdaProxy
from gatepost.apigateway.routing.router import Router

_ASSUMED = Assumptions()
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NO_FAILURE = Failure("API_CONFIGURATION_ERROR")
_HTTP_ERROR = Response(500, (("content-type", "application/json"),), b'{"message":"Internal Server Error"}')
_REST_ERROR = Response(500, (("content-type", "application/json"),), b'{"message": "Internal server error"}')


class Authorizes(Protocol):
    """What decides who may use a route: its authorizer, the API's resource policy, and its API keys."""

    async def authorize(self, exchange: Exchange, /) -> None:
        """Set the exchange's identity or its failure; neither for a route that is open to everybody."""


class Integrates(Protocol):
    """What answers requests that may pass."""

    async def answer(self, exchange: Exchange, route: Route, /) -> Response | None:
        """Return the answer; `None` when it fails, with the failure in the exchange."""


class Gateway:
    """Answers the requests to one API."""

    def __init__(
        self,
        api: Api,
        *,
        authorizing: Authorizes,
        integrating: Integrates,
        assumptions: Assumptions = _ASSUMED,
        trace: Trace | None = None,
        access_log: Callable[[str], None] | None = None,
        complain: Callable[[str, BaseException], None] | None = None,
    ) -> None:
        """Serve an API.

        Args:
            api: The API.
            authorizing: What decides who may use a route.
            integrating: What answers.
            assumptions: What to assume where nobody knows.
            trace: What remembers the requests, or `None`.
            access_log: Takes the lines of the stage's access log.
            complain: Takes what went wrong in the gateway itself, for its developers.

        Raises:
            TemplateError: When two routes match the same requests.
        """
        self._api = api
        self._is_http = api.kind == "HTTP"
        self._router = Router(api)
        self._authorizing = authorizing
        self._integrating = integrating
        self._assumptions = assumptions
        self._trace = trace
        self._access_format = api.stage.access_log if access_log is not None else None
        self._access_log = access_log
        self._complain = complain
        self._active = 0
        self._idle: asyncio.Event | None = None

    async def answer(self, request: Request, refusal: Failure | None = None, /) -> Response:
        """Answer a request; never raises.

        Args:
            request: The request.
            refusal: Why the server read no more of it, or `None` when it is complete.
        """
        started = perf_counter()
        self._active += 1
        is_http = self._is_http
        exchange = Exchange(
            self._api,
            request,
            request_id=http_request_id() if is_http else rest_request_id(),
            extended_request_id="" if is_http else extended_request_id(),
            host=request.header("host") or "localhost",
        )
        try:
            response = await self._respond(exchange, refusal)
        except Exception as error:  # noqa: BLE001  the outer border: a defect answers 500, and lets nobody in
            response = self._stumbled(exchange, error)
        response = self._signed(exchange, response)
        milliseconds = (perf_counter() - started) * 1000
        self._tell(exchange, response, milliseconds)
        self._active -= 1
        if self._idle is not None and not self._active:
            self._idle.set()
        return response

    async def idle(self) -> None:
        """Wait until no request is on its way."""
        if self._active:
            self._idle = asyncio.Event()
            await self._idle.wait()

    async def _respond(self, exchange: Exchange, refusal: Failure | None) -> Response:
        api, assumptions = self._api, self._assumptions
        exchange.failure = refusal or over_limit(api, exchange.request)
        response: Response | None = None
        if exchange.failure is None:
            response = await self._pass(exchange)
        else:
            exchange.note("limits", False, exchange.failure.kind)
        if response is not None and not _sendable(response):
            exchange.note("response", False, "a status or a header in it cannot be sent")
            exchange.failure = Failure("BAD_INTEGRATION_RESPONSE", integration_error="malformed response")
            response = None
        if response is None:
            if exchange.failure is None:
                exchange.failure = _NO_FAILURE
            response = failure_response(exchange, assumptions)
            return with_cors(exchange, response) if self._is_http and assumptions.cors_on_errors else response
        return response

    async def _pass(self, exchange: Exchange) -> Response | None:
        """Return the response to a request that gets through; `None` when it does not, with the failure set."""
        request = exchange.request
        match = self._router.find(request.method, request.path)
        if match is not None:
            exchange.route, exchange.path, exchange.path_parameters = match
        if request.method == "OPTIONS" and self._is_http:
            answered = preflight(exchange, self._assumptions)
            if answered is not None:
                exchange.note("cors", len(answered.headers) > 0, "preflight, answered by the API itself")
                return answered
        if match is None:
            exchange.note("route", False, f"no route for {request.method} {request.path}")
            exchange.failure = Failure("RESOURCE_NOT_FOUND" if self._is_http else "MISSING_AUTHENTICATION_TOKEN")
            return None
        route = match.route
        exchange.note("route", True, route.key)
        await self._authorizing.authorize(exchange)
        if exchange.failure is not None:
            return None
        if route.authorizer is not None and exchange.identity is None:
            exchange.note("authorizer", False, f"{route.authorizer} has not decided")
            exchange.failure = Failure("AUTHORIZER_FAILURE")
            return None
        response = await self._integrating.answer(exchange, route)
        return response if response is None else with_cors(exchange, response)

    def _signed(self, exchange: Exchange, response: Response) -> Response:
        """Return a response with the headers that every response of an API bears."""
        headers = response.headers
        if self._is_http:
            return Response(response.status, (*headers, ("apigw-requestid", exchange.request_id)), response.body)
        headers += (("x-amzn-requestid", exchange.request_id), ("x-amz-apigw-id", exchange.extended_request_id))
        route = exchange.route
        if exchange.integration_status and route is not None and isinstance(route.integration, LambdaProxy):
            headers += (("x-amzn-trace-id", trace_id(exchange)),)
        return Response(response.status, headers, response.body)

    def _stumbled(self, exchange: Exchange, error: Exception) -> Response:
        exchange.note("gateway", False, f"stumbled over a {type(error).__name__}; its output says where")
        exchange.identity = None
        exchange.failure = _NO_FAILURE
        if self._complain is not None:
            self._complain(f"{exchange.request.method} {exchange.request.path}", error)
        return _HTTP_ERROR if self._is_http else _REST_ERROR

    def _tell(self, exchange: Exchange, response: Response, milliseconds: float) -> None:
        """Write the access log and the trace; what goes wrong with them concerns no client."""
        exchange.response_latency = round(milliseconds)
        try:
            if self._access_format is not None and self._access_log is not None:
                self._access_log(access_line(self._access_format, exchange, response))
            if self._trace is not None:
                self._trace.add(exchange, response, milliseconds)
        except Exception as error:  # noqa: BLE001  as above
            if self._complain is not None:
                self._complain("logging", error)


def _sendable(response: Response) -> bool:
    """Tell whether a response can be sent as it is: no line break in a header makes another one out of it."""
    if not 200 <= response.status <= 599:
        return False
    return all(_TOKEN.fullmatch(name) and not _UNSENDABLE.search(value) for name, value in response.headers)
