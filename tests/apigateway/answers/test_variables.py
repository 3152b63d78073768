"""`$context` and `$stageVariables`."""

import pytest

from gatepost.apigateway.answers.variables import variable
from gatepost.apigateway.exchange import Exchange, Failure, IamIdentity, JwtIdentity, LambdaIdentity, Response
from tests.apigateway.answers.exchanges import HTTP_ID, REST_ID, api, exchange, request


def _exchange() -> Exchange:
    made = exchange(api("REST"), request(query="q=1", headers={"User-Agent": "curl/8", "x-api-key": "key"}))
    made.identity = LambdaIdentity("user-1", {"plan": "gold", "level": 3, "admin": True, "roles": ["a"], "none": None})
    made.integration_status = 200
    made.integration_latency = 12
    made.authorizer_latency = 5
    made.response_latency = 20
    return made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("context.accountId", "123456789012"),
        ("context.apiId", "abcdefghij"),
        ("context.stage", "prod"),
        ("context.domainName", "abcdefghij.execute-api.us-east-1.amazonaws.com"),
        ("context.domainPrefix", "abcdefghij"),
        ("context.httpMethod", "GET"),
        ("context.path", "/prod/pets/7"),
        ("context.resourcePath", "/pets/{id}"),
        ("context.resourceId", "r7"),
        ("context.routeKey", "GET /pets/{id}"),
        ("context.protocol", "HTTP/1.1"),
        ("context.requestId", REST_ID),
        ("context.extendedRequestId", HTTP_ID),
        ("context.requestTime", "12/Mar/2020:19:03:58 +0000"),
        ("context.requestTimeEpoch", "1584039838500"),
        ("context.identity.sourceIp", "203.0.113.9"),
        ("context.identity.userAgent", "curl/8"),
        ("context.identity.apiKey", "key"),
        ("context.authorizer.principalId", "user-1"),
        ("context.authorizer.plan", "gold"),
        ("context.authorizer.level", "3"),
        ("context.authorizer.admin", "true"),
        ("context.authorizer.roles", '["a"]'),
        ("context.authorizer.none", ""),
        ("context.authorizer.unknown", ""),
        ("context.authorizer.status", "200"),
        ("context.authorizer.latency", "5"),
        ("context.authorizer.integrationLatency", "5"),
        ("context.integration.status", "200"),
        ("context.integration.latency", "12"),
        ("context.integrationLatency", "12"),
        ("context.responseLatency", "20"),
        ("context.status", "201"),
        ("context.responseLength", "4"),
        ("context.error.message", ""),
        ("context.error.responseType", ""),
        ("context.unknown", ""),
        ("stageVariables.color", "blue"),
        ("stageVariables.none", ""),
        ("anything", ""),
    ],
)
def test_a_variable_has_its_value_with_and_without_the_dollar_sign(name: str, value: str) -> None:
    asked = _exchange()
    response = Response(201, (), b"body")

    assert variable(name, asked, response) == value
    assert variable(f"${name}", asked, response) == value


def test_a_domain_name_has_no_port() -> None:
    asked = exchange()
    asked.host = "localhost:3000"

    assert variable("context.domainName", asked) == variable("context.domainPrefix", asked) == "localhost"


def test_claims_are_named_one_by_one() -> None:
    asked = exchange()
    asked.identity = JwtIdentity({"sub": "u", "cognito:groups": "[a b]"}, ("read",))

    assert variable("context.authorizer.claims.sub", asked) == "u"
    assert variable("context.authorizer.claims.cognito:groups", asked) == "[a b]"
    assert variable("context.authorizer.claims", asked) == ""
    assert variable("context.authorizer.claims.none", asked) == ""


def test_the_principal_of_an_iam_route_has_its_arn() -> None:
    asked = exchange()
    asked.identity = IamIdentity("arn:aws:iam::123456789012:user/me")

    assert variable("context.identity.userArn", asked) == "arn:aws:iam::123456789012:user/me"


@pytest.mark.parametrize(
    ("kind", "failure", "values"),
    [
        (
            "HTTP",
            Failure("UNAUTHORIZED", authorizer_error="invalid_token: JWKS communication error"),
            ["invalid_token: JWKS communication error", "401", "Unauthorized", '"Unauthorized"', "UNAUTHORIZED", ""],
        ),
        (
            "REST",
            Failure("ACCESS_DENIED", 'a "text"'),
            ["", "403", 'a "text"', '"a \\"text\\""', "ACCESS_DENIED", ""],
        ),
        ("REST", Failure("AUTHORIZER_FAILURE"), ["", "500", "", "null", "AUTHORIZER_FAILURE", ""]),
        (
            "HTTP",
            Failure("INTEGRATION_FAILURE", integration_error="it broke"),
            ["", "", "Internal Server Error", '"Internal Server Error"', "INTEGRATION_FAILURE", "it broke"],
        ),
    ],
)
def test_a_failure_says_what_it_was(kind: str, failure: Failure, values: list[str]) -> None:
    asked = exchange(api("REST") if kind == "REST" else api("HTTP"), failure=failure)
    names = [
        "authorizer.error",
        "authorizer.status",
        "error.message",
        "error.messageString",
        "error.responseType",
        "integrationErrorMessage",
    ]

    assert [variable(f"context.{name}", asked) for name in names] == values


def test_nothing_is_known_of_a_route_before_it_is_found() -> None:
    asked = exchange()
    asked.route = None

    assert [variable(f"context.{name}", asked) for name in ("routeKey", "resourcePath", "resourceId")] == ["", "", ""]
