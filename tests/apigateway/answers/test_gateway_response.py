"""Gateway responses of a REST API that its template customises."""

import pytest

from gatepost.apigateway.answers.failure import failure_response
from gatepost.apigateway.exchange import Failure, FailureKind, LambdaIdentity
from gatepost.apigateway.model.api import GatewayResponse
from gatepost.apigateway.model.assumptions import Assumptions
from tests.apigateway.answers.exchanges import exchange, request, rest

ASSUMED = Assumptions()


def test_the_most_specific_one_counts() -> None:
    the_api = rest(UNAUTHORIZED=GatewayResponse(status=418), DEFAULT_4XX=GatewayResponse(status=499))

    unauthorized = failure_response(exchange(the_api, failure=Failure("UNAUTHORIZED")), ASSUMED)
    denied = failure_response(exchange(the_api, failure=Failure("ACCESS_DENIED")), ASSUMED)
    failed = failure_response(exchange(the_api, failure=Failure("AUTHORIZER_FAILURE")), ASSUMED)

    assert [unauthorized.status, denied.status, failed.status] == [418, 499, 500]


@pytest.mark.parametrize("kind", ["BAD_INTEGRATION_RESPONSE", "INTEGRATION_TIMEOUT", "AUTHORIZER_FAILURE"])
def test_the_default_one_for_5xx_reaches_each_of_them(kind: FailureKind) -> None:
    the_api = rest(DEFAULT_5XX=GatewayResponse(parameters={"gatewayresponse.header.X-A": "'b'"}))

    answer = failure_response(exchange(the_api, failure=Failure(kind)), ASSUMED)

    assert ("X-A", "b") in answer.headers


def test_one_without_templates_has_the_default_template() -> None:
    the_api = rest(ACCESS_DENIED=GatewayResponse(status=401))

    answer = failure_response(exchange(the_api, failure=Failure("ACCESS_DENIED")), ASSUMED)

    assert answer.body == b'{"message":"User is not authorized to access this resource"}'
    assert ("x-amzn-ErrorType", "AccessDeniedException") in answer.headers


def test_null_stays_null_in_the_default_template() -> None:
    the_api = rest(DEFAULT_5XX=GatewayResponse(status=503))

    answer = failure_response(exchange(the_api, failure=Failure("AUTHORIZER_FAILURE")), ASSUMED)

    assert answer.body == b'{"message":null}'


def test_its_parameters_may_be_texts_and_parts_of_the_request() -> None:
    parameters = {
        "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
        "gatewayresponse.header.X-Origin": "method.request.header.origin",
        "gatewayresponse.header.X-Query": "method.request.querystring.q",
        "gatewayresponse.header.X-Path": "method.request.path.id",
        "gatewayresponse.header.X-Id": "context.requestId",
        "gatewayresponse.header.X-Color": "stageVariables.color",
        "gatewayresponse.header.X-Missing": "method.request.header.none",
        "gatewayresponse.header.X-Unknown": "what.is.this",
    }
    asked = request(query="q=a%0D%0AX-Forged:%201", headers={"Origin": "https://app.example"})

    answer = failure_response(
        exchange(rest(DEFAULT_4XX=GatewayResponse(parameters=parameters)), asked, failure=Failure("UNAUTHORIZED")),
        ASSUMED,
    )

    assert answer.headers[2:] == (
        ("Access-Control-Allow-Origin", "*"),
        ("X-Origin", "https://app.example"),
        ("X-Query", "a  X-Forged: 1"),
        ("X-Path", "7"),
        ("X-Id", "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"),
        ("X-Color", "blue"),
    )


def test_its_template_knows_variables_and_nothing_else() -> None:
    template = (
        '{"message":$context.error.messageString, "type":"$context.error.responseType", "stage":"$context.stage",'
        ' "status":"$context.status", "color":"${stageVariables.color}", "why":"$context.authorizer.why",'
        ' "q":"$method.request.querystring.q", "none":"$context.authorizer.none", "raw":"#if(true) $input.body"}'
    )
    the_api = rest(ACCESS_DENIED=GatewayResponse(status=404, templates={"application/json": template}))
    asked = exchange(the_api, request(query="q=1"), failure=Failure("ACCESS_DENIED", 'no "entry"'))
    asked.identity = LambdaIdentity("user", {"why": "suspended"})

    answer = failure_response(asked, ASSUMED)

    assert answer.status == 404
    assert answer.body == (
        b'{"message":"no \\"entry\\"", "type":"ACCESS_DENIED", "stage":"prod",'
        b' "status":"404", "color":"blue", "why":"suspended",'
        b' "q":"1", "none":"", "raw":"#if(true) $input.body"}'
    )


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/html", "text/html"),
        ("text/html;q=0.9, application/json", "text/html"),
        ("application/xml", "application/json"),
    ],
)
def test_its_template_is_chosen_by_what_is_accepted(accept: str | None, content_type: str) -> None:
    templates = {"text/html": "<b>$context.error.message</b>", "application/json": "{}"}
    asked = request(headers={} if accept is None else {"Accept": accept})

    answer = failure_response(
        exchange(rest(UNAUTHORIZED=GatewayResponse(templates=templates)), asked, failure=Failure("UNAUTHORIZED")),
        ASSUMED,
    )

    assert answer.headers[0] == ("Content-Type", content_type)
    assert answer.body == (b"{}" if content_type == "application/json" else b"<b>Unauthorized</b>")


def test_what_the_front_end_writes_is_not_reached() -> None:
    answer = failure_response(
        exchange(rest(DEFAULT_4XX=GatewayResponse(status=400)), failure=Failure("HEADERS_TOO_LARGE")), ASSUMED
    )

    assert answer.status == 431
