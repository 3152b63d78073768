"""The way of a request through an API, step by step."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gatepost.apigateway.exchange import Exchange, Failure, JwtIdentity, Request, Response
from gatepost.apigateway.gateway.gateway import Gateway
from gatepost.apigateway.gateway.trace import Trace
from gatepost.apigateway.model.api import Api, Cors, Route, Stage
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.integration import LambdaProxy

HELLO = Response(200, (("content-type", "text/plain"),), b"hello")
INTEGRATION = LambdaProxy("Hello", "2.0", 30)


class Authorizing:
    """Does what a test says, and counts."""

    def __init__(self, act: Callable[[Exchange], None] = lambda exchange: None) -> None:
        self.act = act
        self.calls = 0

    async def authorize(self, exchange: Exchange, /) -> None:
        self.calls += 1
        self.act(exchange)


class Integrating:
    """Answers what a test says, and counts."""

    def __init__(self, response: Response | None = HELLO, error: Exception | None = None) -> None:
        self.response = response
        self.error = error
        self.calls = 0

    async def answer(self, exchange: Exchange, route: Route, /) -> Response | None:
        self.calls += 1
        if self.error is not None:
            raise self.error
        exchange.integration_status = 0 if self.response is None else self.response.status
        return self.response


def api(kind: Any = "HTTP", *routes: Route, **more: Any) -> Api:
    stage = Stage("$default" if kind == "HTTP" else "prod")
    return Api("Api", "api", kind, "abcdefghij", more.pop("stage", stage), routes, **more)


def request(method: str = "GET", path: str = "/hello", *headers: tuple[str, str], body: bytes = b"") -> Request:
    return Request(method, path, "secret=1", (("Host", "h"), *headers), body, "127.0.0.1", "HTTP/1.1", 1_700_000_000.0)


def admit(exchange: Exchange) -> None:
    exchange.identity = JwtIdentity({"sub": "alice"}, None)


def refuse(exchange: Exchange) -> None:
    exchange.failure = Failure("UNAUTHORIZED", www_authenticate="Bearer")


def answer(gateway: Gateway, asked: Request, refusal: Failure | None = None) -> Response:
    return asyncio.run(gateway.answer(asked, refusal))


def header(response: Response, name: str) -> str | None:
    return dict(response.headers).get(name)


OPEN = Route("GET", "/hello", INTEGRATION)
CLOSED = Route("GET", "/hello", INTEGRATION, authorizer="Jwt")
PREFLIGHT = (("Origin", "https://a.example"), ("Access-Control-Request-Method", "GET"))
CORS = Cors(origins=("https://a.example",), methods=("GET",))


def test_a_request_that_may_pass_is_answered_by_the_integration() -> None:
    authorizing, integrating = Authorizing(admit), Integrating()
    response = answer(Gateway(api("HTTP", CLOSED), authorizing=authorizing, integrating=integrating), request())
    assert (response.status, response.body, authorizing.calls, integrating.calls) == (200, b"hello", 1, 1)
    request_id = header(response, "apigw-requestid")
    assert request_id is not None
    assert len(request_id) == 16
    assert request_id.endswith("=")


def test_a_rest_api_signs_its_responses_with_three_ids() -> None:
    gateway = Gateway(api("REST", OPEN), authorizing=Authorizing(), integrating=Integrating())
    response = answer(gateway, request(path="/prod/hello"))
    names = [name for name, _ in response.headers]
    assert names == ["content-type", "x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"]
    assert (header(response, "x-amzn-trace-id") or "").startswith("Root=1-6553f100-")


def test_what_the_authorizer_refuses_reaches_no_integration() -> None:
    integrating = Integrating()
    gateway = Gateway(api("HTTP", CLOSED), authorizing=Authorizing(refuse), integrating=integrating)
    response = answer(gateway, request())
    assert (response.status, response.body, integrating.calls) == (401, b'{"message":"Unauthorized"}', 0)
    assert header(response, "www-authenticate") == "Bearer"


@pytest.mark.parametrize(
    ("kind", "path", "body"),
    [
        ("HTTP", "/hello", b'{"message":"Internal Server Error"}'),
        ("REST", "/prod/hello", b'{"message":null}'),
    ],
)
def test_an_authorizer_that_does_not_decide_lets_nobody_in(kind: str, path: str, body: bytes) -> None:
    integrating = Integrating()
    gateway = Gateway(api(kind, CLOSED), authorizing=Authorizing(), integrating=integrating)
    response = answer(gateway, request(path=path))
    assert (response.status, response.body, integrating.calls) == (500, body, 0)


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("HTTP", 404, b'{"message":"Not Found"}'),
        ("REST", 403, b'{"message":"Missing Authentication Token"}'),
    ],
)
def test_a_path_without_a_route_is_refused_before_any_authorizer(kind: str, status: int, body: bytes) -> None:
    authorizing = Authorizing(admit)
    gateway = Gateway(api(kind, CLOSED), authorizing=authorizing, integrating=Integrating())
    response = answer(gateway, request(path="/nowhere"))
    assert (response.status, response.body, authorizing.calls) == (status, body, 0)


@pytest.mark.parametrize("where", ["authorizer", "integration"])
@pytest.mark.parametrize(
    ("kind", "path", "body"),
    [
        ("HTTP", "/hello", b'{"message":"Internal Server Error"}'),
        ("REST", "/prod/hello", b'{"message": "Internal server error"}'),
    ],
)
def test_a_defect_in_the_gateway_answers_500_and_is_written_down(kind: str, path: str, body: bytes, where: str) -> None:
    written: list[tuple[str, BaseException]] = []

    def stumble(exchange: Exchange) -> None:
        exchange.identity = JwtIdentity({}, None)
        if where == "authorizer":
            raise KeyError("defect")

    gateway = Gateway(
        api(kind, CLOSED),
        authorizing=Authorizing(stumble),
        integrating=Integrating(error=KeyError("defect")),
        complain=lambda at, error: written.append((at, error)),
    )
    response = answer(gateway, request(path=path))
    assert (response.status, response.body) == (500, body)
    assert b"defect" not in response.body
    ((at, error),) = written
    assert at == f"GET {path}"
    assert isinstance(error, KeyError)


@pytest.mark.parametrize(
    ("refusal", "kind", "status"),
    [
        ("HEADERS_TOO_LARGE", "HTTP", 431),
        ("HEADERS_TOO_LARGE", "REST", 431),
        ("REQUEST_TOO_LARGE", "HTTP", 413),
        ("REQUEST_TOO_LARGE", "REST", 413),
    ],
)
def test_what_the_server_did_not_read_is_refused_in_the_words_of_the_api(refusal: Any, kind: str, status: int) -> None:
    integrating = Integrating()
    gateway = Gateway(api(kind, OPEN), authorizing=Authorizing(), integrating=integrating)
    response = answer(gateway, request(path="/prod/hello"), Failure(refusal))
    assert (response.status, integrating.calls) == (status, 0)


def test_headers_over_10_240_octets_are_refused() -> None:
    gateway = Gateway(api("HTTP", OPEN), authorizing=Authorizing(), integrating=Integrating())
    assert answer(gateway, request("GET", "/hello", ("x", "x" * 9_000))).status == 200
    assert answer(gateway, request("GET", "/hello", ("x", "x" * 10_240))).status == 431


def test_the_api_answers_a_preflight_itself_even_without_a_route_and_before_any_authorizer() -> None:
    authorizing, integrating = Authorizing(refuse), Integrating()
    gateway = Gateway(api("HTTP", CLOSED, cors=CORS), authorizing=authorizing, integrating=integrating)
    for path in ("/hello", "/nowhere"):
        response = answer(gateway, request("OPTIONS", path, *PREFLIGHT))
        assert (response.status, response.body) == (204, b"")
        assert header(response, "access-control-allow-origin") == "https://a.example"
    assert (authorizing.calls, integrating.calls) == (0, 0)


def test_a_default_route_with_an_authorizer_gets_the_preflight_too() -> None:
    default = Route("", "$default", INTEGRATION, authorizer="Jwt")
    gateway = Gateway(api("HTTP", default, cors=CORS), authorizing=Authorizing(refuse), integrating=Integrating())
    assert answer(gateway, request("OPTIONS", "/x", *PREFLIGHT)).status == 401


def test_a_rest_api_authorizes_its_preflights_as_any_method() -> None:
    route = Route("OPTIONS", "/hello", INTEGRATION, authorizer="Token")
    gateway = Gateway(api("REST", route), authorizing=Authorizing(refuse), integrating=Integrating())
    assert answer(gateway, request("OPTIONS", "/prod/hello", *PREFLIGHT)).status == 401


@pytest.mark.parametrize("allowed", [False, True])
def test_whether_the_gateways_own_errors_carry_cors_headers_is_a_setting(allowed: bool) -> None:
    gateway = Gateway(
        api("HTTP", CLOSED, cors=CORS),
        authorizing=Authorizing(refuse),
        integrating=Integrating(),
        assumptions=Assumptions(cors_on_errors=allowed),
    )
    response = answer(gateway, request("GET", "/hello", PREFLIGHT[0]))
    assert (header(response, "access-control-allow-origin") is not None) is allowed


@pytest.mark.parametrize(
    "response",
    [
        Response(200, (("x", "a\r\nset-cookie: b"),)),
        Response(200, (("x\r\ny", "a"),)),
        Response(200, (("x y", "a"),)),
        Response(200, (("", "a"),)),
        Response(200, (("x", "a\0"),)),
        Response(100),
        Response(199),
        Response(600),
        Response(99999),
    ],
)
@pytest.mark.parametrize(("kind", "path", "status"), [("HTTP", "/hello", 500), ("REST", "/prod/hello", 502)])
def test_a_response_that_would_become_another_one_on_the_wire_is_not_sent(
    response: Response, kind: str, path: str, status: int
) -> None:
    gateway = Gateway(api(kind, OPEN), authorizing=Authorizing(), integrating=Integrating(response))
    assert answer(gateway, request(path=path)).status == status


def test_a_headers_that_comes_twice_goes_out_twice() -> None:
    twice = Response(200, (("set-cookie", "a=1"), ("set-cookie", "b=2")))
    gateway = Gateway(api("HTTP", OPEN), authorizing=Authorizing(), integrating=Integrating(twice))
    assert [value for name, value in answer(gateway, request()).headers if name == "set-cookie"] == ["a=1", "b=2"]


def test_the_access_log_has_the_stages_format() -> None:
    lines: list[str] = []
    stage = Stage("$default", access_log='{"status":"$context.status","route":"$context.routeKey"}')
    gateway = Gateway(
        api("HTTP", CLOSED, stage=stage),
        authorizing=Authorizing(refuse),
        integrating=Integrating(),
        access_log=lines.append,
    )
    answer(gateway, request())
    assert lines == ['{"status":"401","route":"GET /hello"}']


def test_a_log_that_fails_concerns_no_client() -> None:
    errors: list[BaseException] = []

    def full(_: str) -> None:
        raise OSError("no space left")

    gateway = Gateway(
        api("HTTP", OPEN, stage=Stage(access_log="$context.status")),
        authorizing=Authorizing(),
        integrating=Integrating(),
        access_log=full,
        complain=lambda _, error: errors.append(error),
    )
    assert answer(gateway, request()).status == 200
    assert [type(error) for error in errors] == [OSError]


def test_the_trace_says_what_was_looked_at_and_holds_neither_query_nor_token() -> None:
    trace = Trace()
    gateway = Gateway(api("HTTP", CLOSED), authorizing=Authorizing(refuse), integrating=Integrating(), trace=trace)
    answer(gateway, request("GET", "/hello", ("authorization", "Bearer secret-token")))
    (traced,) = trace
    assert (traced.status, traced.route, traced.authorizer, traced.failure) == (
        401,
        "GET /hello",
        "Jwt",
        "UNAUTHORIZED",
    )
    assert [step[:2] for step in traced.steps] == [("route", True)]
    assert "secret" not in repr(traced.document())


def test_idle_waits_for_what_is_on_its_way() -> None:
    async def run() -> None:
        begun, go_on = asyncio.Event(), asyncio.Event()

        class Slow(Integrating):
            async def answer(self, exchange: Exchange, route: Route, /) -> Response | None:
                begun.set()
                await go_on.wait()
                return HELLO

        gateway = Gateway(api("HTTP", OPEN), authorizing=Authorizing(), integrating=Slow())
        await gateway.idle()
        asked = asyncio.create_task(gateway.answer(request()))
        await begun.wait()
        idle = asyncio.create_task(gateway.idle())
        await asyncio.sleep(0)
        assert not idle.done()
        go_on.set()
        await asyncio.wait_for(asyncio.gather(asked, idle), 10)

    asyncio.run(run())
