"""Reference §1.3 and §2.4: what clients see when the gateway answers by itself, to the byte."""

import pytest

from gatepost.apigateway.answers.failure import failure_response
from gatepost.apigateway.answers.gateway_response_kinds import KINDS
from gatepost.apigateway.exchange import Failure, FailureKind, Response
from gatepost.apigateway.model.assumptions import Assumptions
from tests.apigateway.answers.exchanges import api, exchange

ASSUMED = Assumptions()
JSON = ("content-type", "application/json")
REST_JSON = ("Content-Type", "application/json")
BAD_TOKEN = 'Bearer scope="a b" error="invalid_token" error_description="the token does not have a valid audience"'

# §1.3, and the second half of §2.4
HTTP_ROWS: list[tuple[str, Failure, Response]] = [
    (
        "the token is missing",
        Failure("UNAUTHORIZED", www_authenticate="Bearer"),
        Response(401, (JSON, ("www-authenticate", "Bearer")), b'{"message":"Unauthorized"}'),
    ),
    (
        "the token is bad",
        Failure("UNAUTHORIZED", www_authenticate=BAD_TOKEN),
        Response(401, (JSON, ("www-authenticate", BAD_TOKEN)), b'{"message":"Unauthorized"}'),
    ),
    ("no scope fits", Failure("ACCESS_DENIED"), Response(403, (JSON,), b'{"message":"Forbidden"}')),
    (
        "no identity source for a function",
        Failure("UNAUTHORIZED"),
        Response(401, (JSON,), b'{"message":"Unauthorized"}'),
    ),
    (
        "the function that decides failed",
        Failure("AUTHORIZER_FAILURE"),
        Response(500, (JSON,), b'{"message":"Internal Server Error"}'),
    ),
    (
        "the function that decides may not be invoked",
        Failure("AUTHORIZER_CONFIGURATION_ERROR"),
        Response(500, (JSON,), b'{"message":"Internal Server Error"}'),
    ),
    ("no route", Failure("RESOURCE_NOT_FOUND"), Response(404, (JSON,), b'{"message":"Not Found"}')),
    (
        "the integration failed",
        Failure("INTEGRATION_FAILURE"),
        Response(500, (JSON,), b'{"message":"Internal Server Error"}'),
    ),
    (
        "the integration's response is malformed",
        Failure("BAD_INTEGRATION_RESPONSE"),
        Response(500, (JSON,), b'{"message":"Internal Server Error"}'),
    ),
    (
        "the integration took too long",
        Failure("INTEGRATION_TIMEOUT"),
        Response(503, (JSON,), b'{"message":"Service Unavailable"}'),
    ),
    (
        "the body is too large",
        Failure("REQUEST_TOO_LARGE"),
        Response(413, (JSON,), b'{"message":"Request Entity Too Large"}'),
    ),
    (
        "the headers are too large",
        Failure("HEADERS_TOO_LARGE"),
        Response(431, (JSON,), b'{"message":"Request Header Fields Too Large"}'),
    ),
    (
        "a message of its own changes nothing",
        Failure("ACCESS_DENIED", "with an explicit deny"),
        Response(403, (JSON,), b'{"message":"Forbidden"}'),
    ),
]

DENIED = "User is not authorized to access this resource"

# §2.4, status, body and x-amzn-ErrorType
REST_ROWS: list[tuple[str, Failure, int, bytes, str]] = [
    ("no identity source", Failure("UNAUTHORIZED"), 401, b'{"message":"Unauthorized"}', "UnauthorizedException"),
    (
        "explicit deny",
        Failure("ACCESS_DENIED", f"{DENIED} with an explicit deny"),
        403,
        b'{"Message":"User is not authorized to access this resource with an explicit deny"}',
        "AccessDeniedException",
    ),
    (
        "no statement allows",
        Failure("ACCESS_DENIED"),
        403,
        b'{"Message":"User is not authorized to access this resource"}',
        "AccessDeniedException",
    ),
    (
        "the function that decides failed",
        Failure("AUTHORIZER_CONFIGURATION_ERROR"),
        500,
        b'{"message":null}',
        "AuthorizerConfigurationException",
    ),
    (
        "no such path or method",
        Failure("MISSING_AUTHENTICATION_TOKEN"),
        403,
        b'{"message":"Missing Authentication Token"}',
        "MissingAuthenticationTokenException",
    ),
    (
        "the integration's response is malformed",
        Failure("BAD_INTEGRATION_RESPONSE"),
        502,
        b'{"message": "Internal server error"}',
        "InternalServerErrorException",
    ),
    (
        "the integration took too long",
        Failure("INTEGRATION_TIMEOUT"),
        504,
        b'{"message": "Endpoint request timed out"}',
        "InternalServerErrorException",
    ),
    (
        "the configuration is wrong",
        Failure("API_CONFIGURATION_ERROR"),
        500,
        b'{"message": "Internal server error"}',
        "InternalServerErrorException",
    ),
    ("the API key is missing", Failure("INVALID_API_KEY"), 403, b'{"message":"Forbidden"}', "ForbiddenException"),
    (
        "an expired Cognito token",
        Failure("UNAUTHORIZED", "The incoming token has expired"),
        401,
        b'{"message":"The incoming token has expired"}',
        "UnauthorizedException",
    ),
    (
        "an error type of its own",
        Failure("AUTHORIZER_FAILURE", error_type="InternalServerErrorException"),
        500,
        b'{"message":null}',
        "InternalServerErrorException",
    ),
]


@pytest.mark.parametrize(("failure", "answer"), [row[1:] for row in HTTP_ROWS], ids=[row[0] for row in HTTP_ROWS])
def test_an_http_api_answers_in_its_own_fixed_way(failure: Failure, answer: Response) -> None:
    assert failure_response(exchange(failure=failure), ASSUMED) == answer


def test_the_bodies_have_the_length_that_was_measured() -> None:
    unauthorized = failure_response(exchange(failure=Failure("UNAUTHORIZED")), ASSUMED)
    denied = failure_response(exchange(api("REST"), failure=Failure("ACCESS_DENIED")), ASSUMED)
    internal = failure_response(exchange(api("REST"), failure=Failure("BAD_INTEGRATION_RESPONSE")), ASSUMED)
    late = failure_response(exchange(api("REST"), failure=Failure("INTEGRATION_TIMEOUT")), ASSUMED)

    assert [len(each.body) for each in (unauthorized, denied, internal, late)] == [26, 60, 36, 41]


@pytest.mark.parametrize(
    ("failure", "status", "body", "error_type"), [row[1:] for row in REST_ROWS], ids=[row[0] for row in REST_ROWS]
)
def test_a_rest_api_answers_with_its_error_type(failure: Failure, status: int, body: bytes, error_type: str) -> None:
    answer = failure_response(exchange(api("REST"), failure=failure), ASSUMED)

    assert answer == Response(status, (REST_JSON, ("x-amzn-ErrorType", error_type)), body)


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("REQUEST_TOO_LARGE", 413, b"HTTP content length exceeded 10485760 bytes."),
        ("HEADERS_TOO_LARGE", 431, b"HTTP header is larger than 10240 bytes."),
    ],
)
def test_a_rest_api_answers_what_is_too_large_in_plain_text(kind: FailureKind, status: int, text: bytes) -> None:
    answer = failure_response(exchange(api("REST"), failure=Failure(kind)), ASSUMED)

    assert (answer.status, answer.headers[0], answer.body) == (status, ("Content-Type", "text/plain"), text)


def test_the_member_of_an_access_denied_body_is_a_setting() -> None:
    answer = failure_response(
        exchange(api("REST"), failure=Failure("ACCESS_DENIED")), Assumptions(access_denied_member="message")
    )

    assert answer.body == b'{"message":"User is not authorized to access this resource"}'


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_an_answer_on_both_apis(kind: FailureKind) -> None:
    for the_api in (api("HTTP"), api("REST")):
        answer = failure_response(exchange(the_api, failure=Failure(kind)), ASSUMED)

        assert 400 <= answer.status < 600
        assert answer.body


def test_an_exchange_that_has_not_failed_has_no_failure_response() -> None:
    with pytest.raises(ValueError, match="not failed"):
        failure_response(exchange(), ASSUMED)
