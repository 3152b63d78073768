"""What answers a request that may pass, and what comes of it when it does not."""

import asyncio
import json
from typing import Any

import pytest

from gatepost.apigateway.answers.http_proxy import HttpProxying
from gatepost.apigateway.exchange import Exchange, Request, Response
from gatepost.apigateway.gateway.integrating import Integrating
from gatepost.apigateway.gateway.invoke_permission import InvokePermissions
from gatepost.apigateway.invoking import Invocation, Outcome
from gatepost.apigateway.model.api import Api, Route, Stage
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.function import Function, Permission
from gatepost.apigateway.model.integration import HttpProxy, LambdaProxy, Mock, MockResponse

ANYBODY = (Permission("apigateway.amazonaws.com"),)


class Functions:
    """Gives one answer, and remembers the calls."""

    def __init__(self, outcome: Outcome, payload: bytes, seconds: float = 0) -> None:
        self.answer = Invocation(outcome, payload, 1)
        self.seconds = seconds
        self.calls: list[tuple[str, Any, float | None]] = []

    async def invoke(self, function: str, payload: bytes, /, *, limit: float | None = None) -> Invocation:
        self.calls.append((function, json.loads(payload), limit))
        return self.answer


def function(permissions: tuple[Permission, ...] = ANYBODY) -> Function:
    return Function(
        "Hello", "hello", "arn:aws:lambda:hello", "app.handler", "python3.12", None, permissions=permissions
    )


def answer(
    functions: Functions, integration: Any, *, kind: Any = "HTTP", permissions: tuple[Permission, ...] = ANYBODY
) -> tuple[Response | None, Exchange]:
    route = Route("GET", "/hello", integration)
    api = Api("Api", "api", kind, "abcdefghij", Stage("$default" if kind == "HTTP" else "prod"), (route,))
    request = Request("GET", "/hello", "", (("Host", "h"),), b"", "127.0.0.1", "HTTP/1.1", 1_700_000_000.0)
    exchange = Exchange(api, request, request_id="id", host="h")
    exchange.route = route

    async def run() -> Response | None:
        proxying = HttpProxying()
        try:
            described = {"Hello": function(permissions)}
            return await Integrating(api, described, functions, assumptions=Assumptions(), proxying=proxying).answer(
                exchange, route
            )
        finally:
            await proxying.close()

    return asyncio.run(run()), exchange


def test_a_function_gets_its_event_and_the_integrations_time() -> None:
    functions = Functions("answered", b'{"statusCode":201,"body":"made"}')
    response, exchange = answer(functions, LambdaProxy("Hello", "2.0", 12))
    assert response is not None
    assert (response.status, response.body, exchange.integration_status) == (201, b"made", 201)
    ((name, event, limit),) = functions.calls
    assert (name, event["routeKey"], limit) == ("Hello", "GET /hello", 12)


ERROR = b'{"errorType":"ValueError","errorMessage":"no\\nsuch"}'


@pytest.mark.parametrize(
    ("outcome", "payload", "failure"),
    [
        ("raised", ERROR, "BAD_INTEGRATION_RESPONSE"),
        ("crashed", ERROR, "BAD_INTEGRATION_RESPONSE"),
        ("failed to start", ERROR, "BAD_INTEGRATION_RESPONSE"),
        ("too large", ERROR, "BAD_INTEGRATION_RESPONSE"),
        ("timed out", ERROR, "BAD_INTEGRATION_RESPONSE"),
        ("throttled", ERROR, "API_CONFIGURATION_ERROR"),
        ("answered", b"not JSON", "BAD_INTEGRATION_RESPONSE"),
        ("raised", b"not JSON", "BAD_INTEGRATION_RESPONSE"),
        ("raised", b"[]", "BAD_INTEGRATION_RESPONSE"),
    ],
)
def test_a_function_that_fails_is_a_failure_with_a_line_of_trace(outcome: Any, payload: bytes, failure: str) -> None:
    response, exchange = answer(Functions(outcome, payload), LambdaProxy("Hello", "1.0", 29), kind="REST")
    assert response is None
    assert exchange.failure is not None
    assert exchange.failure.kind == failure
    assert exchange.integration_status == 0
    step = exchange.steps[-1]
    assert (step.name, step.passed) == ("integration", False)
    assert "\n" not in step.detail
    assert ("ValueError: no such" in step.detail) is (payload == ERROR and failure == "BAD_INTEGRATION_RESPONSE")


def test_it_is_the_apis_timeout_when_the_integrations_time_is_over() -> None:
    response, exchange = answer(Functions("timed out", ERROR), LambdaProxy("Hello", "2.0", 0))
    assert response is None
    assert exchange.failure is not None
    assert exchange.failure.kind == "INTEGRATION_TIMEOUT"


def test_a_function_that_api_gateway_may_not_invoke_is_not_invoked() -> None:
    functions = Functions("answered", b"{}")
    response, exchange = answer(functions, LambdaProxy("Hello", "2.0", 30), permissions=())
    assert response is None
    assert functions.calls == []
    assert exchange.failure is not None
    assert exchange.failure.kind == "API_CONFIGURATION_ERROR"
    assert exchange.steps[-1].name == "permission"


def test_a_role_needs_no_permission() -> None:
    functions = Functions("answered", b'{"statusCode":200}')
    response, _ = answer(
        functions, LambdaProxy("Hello", "2.0", 30, credentials="arn:aws:iam::1:role/r"), permissions=()
    )
    assert response is not None


@pytest.mark.parametrize(("status", "failed"), [("200", False), ("500", True)])
def test_a_mock_answers_from_its_templates_alone(status: str, failed: bool) -> None:
    mock = Mock({"application/json": f'{{"statusCode": {status}}}'}, (MockResponse(200, "200"),))
    response, exchange = answer(Functions("raised", b""), mock, kind="REST")
    assert (response is None) is failed
    assert (exchange.failure is not None) is failed


def test_a_server_that_is_not_there_is_a_failure() -> None:
    response, exchange = answer(Functions("raised", b""), HttpProxy("http://127.0.0.1:1/", "GET", 5))
    assert response is None
    assert exchange.failure is not None
    assert exchange.failure.kind == "INTEGRATION_FAILURE"


START = "arn:aws:execute-api:us-east-1:123456789012:abcdefghij"


@pytest.mark.parametrize(
    ("route", "pattern", "permitted"),
    [
        ("GET /pets/{id}", None, True),
        ("GET /pets/{id}", f"{START}/*", True),
        ("GET /pets/{id}", f"{START}/*/GET/pets/*", True),
        ("GET /pets/{id}", f"{START}/*/GET/pets/{{id}}", True),
        ("GET /pets/{id}", f"{START}/*/*/pets/?id?", True),
        ("GET /pets/{id}", f"{START}/$default/POST/pets/*", False),
        ("GET /pets/{id}", f"{START}/prod/GET/pets/*", False),
        ("GET /pets/{id}", f"{START[:-1]}X/*", False),
        ("GET /pets/{id}", f"{START}/authorizers/abcdef", False),
        ("GET /pets/", f"{START}/*/GET/pets", True),
        ("ANY /pets", f"{START}/*/*/pets", True),
        ("ANY /pets", f"{START}/*/GET/pets", True),
        ("ANY /pets", f"{START}/*/POST/pets", False),
        ("GET /", f"{START}/*/GET/", True),
        ("$default", f"{START}/$default/$default", True),
        ("$default", f"{START}/*", True),
        ("$default", f"{START}/*/GET/pets", False),
    ],
)
def test_the_permission_has_to_cover_the_route(route: str, pattern: str | None, permitted: bool) -> None:
    method, _, path = route.rpartition(" ")
    api = Api("Api", "api", "HTTP", "abcdefghij", Stage(), ())
    made = Route(method, path, LambdaProxy("Hello", "2.0", 30))
    permission = Permission("apigateway.amazonaws.com", pattern)
    assert InvokePermissions(api).permitted(made, "GET", function((permission,))) is permitted


def test_a_permission_for_somebody_else_is_none() -> None:
    api = Api("Api", "api", "HTTP", "abcdefghij", Stage(), ())
    route = Route("GET", "/", LambdaProxy("Hello", "2.0", 30))
    assert not InvokePermissions(api).permitted(route, "GET", function((Permission("s3.amazonaws.com"),)))
    assert InvokePermissions(api).permitted(route, "GET", function((Permission("*"),)))
