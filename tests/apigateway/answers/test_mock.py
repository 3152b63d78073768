"""Mock integrations of a REST API."""

import pytest

from gatepost.apigateway.answers.integration_failed import IntegrationFailed
from gatepost.apigateway.answers.mock import mock_answer
from gatepost.apigateway.exchange import Request, Response
from gatepost.apigateway.model.integration import Mock, MockResponse
from tests.apigateway.answers.exchanges import api, exchange, request

JSON = "application/json"

# As SAM writes it for `Cors: {AllowOrigin: "'*'", AllowHeaders: "'Authorization'", AllowMethods: "'GET,OPTIONS'"}`.
SAM_CORS = Mock(
    {JSON: '{\n  "statusCode" : 200\n}\n'},
    (
        MockResponse(
            200,
            None,
            {
                "method.response.header.Access-Control-Allow-Headers": "'Authorization'",
                "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
                "method.response.header.Access-Control-Allow-Origin": "'*'",
            },
            {JSON: "{}\n"},
        ),
    ),
    passthrough="WHEN_NO_MATCH",
)


def _mock(request_template: str, *responses: MockResponse, passthrough: str = "WHEN_NO_MATCH") -> Mock:
    return Mock({JSON: request_template} if request_template else {}, responses or (MockResponse(200),), passthrough)


def _answer(integration: Mock, asked: Request | None = None) -> Response:
    return mock_answer(exchange(api("REST"), asked or request(), integration=integration))


def test_a_preflight_of_sam_is_answered_as_on_aws() -> None:
    asked = exchange(api("REST"), request("OPTIONS", headers={"Origin": "https://app.example"}), integration=SAM_CORS)

    assert mock_answer(asked) == Response(
        200,
        (
            ("Content-Type", "application/json"),
            ("Access-Control-Allow-Headers", "Authorization"),
            ("Access-Control-Allow-Methods", "GET,OPTIONS"),
            ("Access-Control-Allow-Origin", "*"),
        ),
        b"{}\n",
    )
    assert asked.integration_status == 200


@pytest.mark.parametrize(("query", "status", "body"), [("scope=internal", 200, b"go"), ("scope=other", 500, b"stop")])
def test_the_request_template_selects_the_response(query: str, status: int, body: bytes) -> None:
    """The example of the developer guide."""
    mock = _mock(
        '{ #if( $input.params(\'scope\') == "internal" ) "statusCode": 200 #else "statusCode": 500 #end }',
        MockResponse(200, None, {}, {JSON: "go"}),
        MockResponse(500, r"5\d{2}", {}, {JSON: "stop"}),
    )

    answer = _answer(mock, request(query=query))

    assert (answer.status, answer.body) == (status, body)


def test_the_first_pattern_that_matches_the_whole_status_counts() -> None:
    mock = _mock(
        '{"statusCode": 404}',
        MockResponse(1),
        MockResponse(2, "4"),
        MockResponse(3, "4.*"),
        MockResponse(4, "404"),
    )

    assert _answer(mock).status == 3


def test_a_template_may_choose_the_origin() -> None:
    template = (
        '#set($origin = $input.params("Origin"))\n'
        '#if($origin == "https://app.example" || $origin == "https://b.example")\n'
        "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n"
        "#end\n"
    )
    response = MockResponse(204, None, {"method.response.header.Access-Control-Allow-Origin": "''"}, {JSON: template})
    mock = _mock('{"statusCode": 204}', response)

    allowed = _answer(mock, request("OPTIONS", headers={"Origin": "https://app.example"}))
    refused = _answer(mock, request("OPTIONS", headers={"Origin": "https://evil.example"}))

    assert allowed.headers[1] == ("Access-Control-Allow-Origin", "https://app.example")
    assert refused.headers[1] == ("Access-Control-Allow-Origin", "")
    assert allowed.body == b""


def test_parameters_are_mapped_and_cannot_add_a_header() -> None:
    parameters = {
        "method.response.header.X-Q": "method.request.querystring.q",
        "method.response.header.X-None": "method.request.querystring.none",
        "method.response.header.content-type": "'text/plain'",
        "something.else": "'x'",
    }
    mock = _mock('{"statusCode": 200}', MockResponse(200, None, parameters))

    assert _answer(mock, request(query="q=a%0D%0AX-Forged:1")).headers == (
        ("content-type", "text/plain"),
        ("X-Q", "a  X-Forged:1"),
    )


@pytest.mark.parametrize("text", ['{"statusCode": 200}', "{statusCode: 200}", '{"statusCode":200,"a":"b"}'])
def test_a_status_is_read(text: str) -> None:
    assert _answer(_mock(text)).status == 200


@pytest.mark.parametrize(
    "text", ["{}", "", "[]", "200", '{"statusCode": "x"}', '{"statusCode": 99}', '{"statusCode": 600}', "{" * 100_000]
)
def test_without_a_status_the_configuration_is_wrong(text: str) -> None:
    with pytest.raises(IntegrationFailed, match="Unable to parse statusCode") as raised:
        _answer(_mock("#set($x = 1)" + text) if len(text) < 1000 else _mock(""), request("POST", body=text.encode()))

    assert raised.value.failure.kind == "API_CONFIGURATION_ERROR"


@pytest.mark.parametrize(
    ("mock", "asked", "kind"),
    [
        (_mock('{"statusCode": 404}', MockResponse(200, "200")), request(), "API_CONFIGURATION_ERROR"),
        (_mock('{"statusCode": 404}', MockResponse(200, "(")), request(), "API_CONFIGURATION_ERROR"),
        (_mock("#set($a = 1 / 0)"), request(), "API_CONFIGURATION_ERROR"),
        (_mock("$input.json('$.a')"), request("POST", body=b"no json"), "BAD_REQUEST_BODY"),
        (_mock("", passthrough="NEVER"), request(), "UNSUPPORTED_MEDIA_TYPE"),
        (
            _mock("{}", passthrough="WHEN_NO_TEMPLATES"),
            request("POST", headers={"content-type": "text/plain"}),
            "UNSUPPORTED_MEDIA_TYPE",
        ),
    ],
    ids=["no response", "no pattern", "template", "body", "never", "no templates"],
)
def test_a_mock_fails_as_its_kind(mock: Mock, asked: Request, kind: str) -> None:
    with pytest.raises(IntegrationFailed) as raised:
        _answer(mock, asked)

    assert raised.value.failure.kind == kind


@pytest.mark.parametrize(("passthrough", "templates"), [("WHEN_NO_MATCH", True), ("WHEN_NO_TEMPLATES", False)])
def test_a_body_that_no_template_is_for_passes_through(passthrough: str, templates: bool) -> None:
    mock = _mock("{}" if templates else "", MockResponse(201, "201"), passthrough=passthrough)
    asked = request("POST", headers={"content-type": "text/plain; charset=utf-8"}, body=b'{"statusCode": 201}')

    assert _answer(mock, asked).status == 201
