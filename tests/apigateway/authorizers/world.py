"""An API with its authorizers, without a template, a server or a process."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from gatepost.apigateway.authorizers.authorizing import Authorizing
from gatepost.apigateway.exchange import Exchange, Failure, Request
from gatepost.apigateway.invoking import Invocation, Outcome
from gatepost.apigateway.model.api import Api, Route, Stage
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import Authorizer, LambdaAuthorizer
from gatepost.apigateway.model.function import Function, Permission
from gatepost.apigateway.model.integration import Mock
from gatepost.trust.fetch import Fetcher

PATIENCE = 30.0  # seconds: what is not about the time limit must not depend on the machine
NOWHERE_TO_GO = Mock({}, ())
API_ID = "a1b2c3d4e5"
ARN = f"arn:aws:execute-api:us-east-1:123456789012:{API_ID}"


def http_api(*authorizers: Authorizer, stage: str = "$default", **route: Any) -> Api:
    return _api("HTTP", authorizers, stage, {}, route)


def rest_api(*authorizers: Authorizer, stage: str = "prod", more: Mapping[str, Any] | None = None, **route: Any) -> Api:
    return _api("REST", authorizers, stage, more or {}, route)


def _api(kind: Any, authorizers: tuple[Authorizer, ...], stage: str, more: Mapping[str, Any], route: Any) -> Api:
    named = {each.name: each for each in authorizers}
    route.setdefault("authorizer", next(iter(named), None))
    routes = tuple(Route(method, "/{proxy+}", NOWHERE_TO_GO, **route) for method in ("GET", "POST"))
    return Api("Api", "api", kind, API_ID, Stage(stage), routes, named, **more)


def exchange(
    api: Api,
    headers: Mapping[str, str] | None = None,
    *,
    path: str = "/users",
    query: str = "",
    method: str = "GET",
    time: float = 1_700_000_000.0,
    source_ip: str = "192.0.2.7",
) -> Exchange:
    """Return a request that has found its route."""
    prefix = "" if api.stage.name == "$default" else f"/{api.stage.name}"
    request = Request(method, prefix + path, query, tuple((headers or {}).items()), b"", source_ip, "HTTP/1.1", time)
    made = Exchange(api, request, request_id="JKJaXmPLvHcESHA=")
    made.path = path
    made.route = next(route for route in api.routes if route.method == method)
    made.path_parameters = {"proxy": path.lstrip("/")}
    return made


class FakeFunctions:
    """Functions that answer what a test says; `calls` holds the events."""

    def __init__(self, *answers: object) -> None:
        self.calls: list[dict[str, Any]] = []
        self.limits: list[float | None] = []
        self._answers = answers

    async def invoke(self, function: str, payload: bytes, /, *, limit: float | None = None) -> Invocation:
        answer = self._answers[min(len(self.calls), len(self._answers) - 1)]
        self.calls.append(json.loads(payload))
        self.limits.append(limit)
        if isinstance(answer, Invocation):
            return answer
        return answered(answer)


def answered(answer: object) -> Invocation:
    return Invocation("answered", json.dumps(answer).encode(), 12)


def raised(message: str, outcome: Outcome = "raised") -> Invocation:
    return Invocation(outcome, json.dumps({"errorMessage": message, "errorType": "Exception"}).encode(), 12)


def function(*permissions: Permission) -> Function:
    if not permissions:
        permissions = (Permission("apigateway.amazonaws.com", f"{ARN}/authorizers/*"),)
    arn = "arn:aws:lambda:us-east-1:123456789012:function:Decide"
    return Function("Decide", "Decide", arn, "app.handler", "python3.12", None, permissions=permissions)


class Gatekeeper:
    """Authorizing in an event loop of the test's."""

    def __init__(
        self,
        api: Api,
        functions: FakeFunctions | None = None,
        *,
        decide: Function | None = None,
        clock: Callable[[], float] = lambda: 1_700_000_000.0,
        assumptions: Assumptions = Assumptions(),  # noqa: B008  # it is frozen
        allow_iam: str | None = None,
        ca_file: str | None = None,
        fetcher: Fetcher | None = None,
        time_limit: float = PATIENCE,
    ) -> None:
        self.api = api
        self.functions = functions or FakeFunctions()
        self.authorizing = Authorizing(
            api,
            {"Decide": decide or function()},
            self.functions,
            assumptions=assumptions,
            clock=clock,
            allow_iam=allow_iam,
            ca_file=ca_file,
            fetcher=fetcher,
            time_limit=time_limit,
        )

    def ask(self, headers: Mapping[str, str] | None = None, **request: Any) -> Exchange:
        """Return the exchange of one request after it was decided."""
        made = exchange(self.api, headers, **request)

        async def decide() -> None:
            await self.authorizing.authorize(made)

        run(decide())
        return made


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def refused(made: Exchange) -> Failure:
    """Return the failure of an exchange that was refused."""
    assert made.failure is not None, made.steps
    return made.failure


def allow(resource: object = "*", *, effect: str = "Allow", **more: object) -> dict[str, Any]:
    """Return the answer of a function with a policy of one statement."""
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {"principalId": "user", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}, **more}


def token_authorizer(**changes: Any) -> LambdaAuthorizer:
    settings: dict[str, Any] = {
        "name": "Decider",
        "authorizer_id": "abc123",
        "function": "Decide",
        "kind": "TOKEN",
        "identity_sources": ("method.request.header.Authorization",),
    }
    return LambdaAuthorizer(**settings | changes)


def request_authorizer(**changes: Any) -> LambdaAuthorizer:
    return token_authorizer(kind="REQUEST", **changes)


def http_authorizer(**changes: Any) -> LambdaAuthorizer:
    settings: dict[str, Any] = {"payload": "2.0", "identity_sources": ("$request.header.Authorization",)}
    return request_authorizer(**settings | changes)
