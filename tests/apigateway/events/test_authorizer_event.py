"""Reference §2.1: the events of Lambda authorizers, as documented."""

import pytest

from gatepost.apigateway.events.arn import method_arn
from gatepost.apigateway.events.authorizer import authorizer_event
from gatepost.apigateway.exchange import Exchange
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import LambdaAuthorizer
from tests.apigateway.events.exchanges import exchange

API = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234"
SENT = (("Host", "api.example.com"), ("HeaderAuth1", "user1"), ("Authorization", "Bearer abc.def.ghi"))
REST_SOURCES = ("method.request.header.HeaderAuth1", "method.request.querystring.Token")
HTTP_SOURCES = ("$request.header.headerauth1", "$request.querystring.Token")
TOKEN = LambdaAuthorizer("A", "auth12", "F", "TOKEN", "1.0", ("method.request.header.Authorization",))
REQUEST = LambdaAuthorizer("A", "auth12", "F", "REQUEST", "1.0", REST_SOURCES)
HTTP_1_0 = LambdaAuthorizer("A", "auth12", "F", "REQUEST", "1.0", HTTP_SOURCES)
HTTP_2_0 = LambdaAuthorizer("A", "auth12", "F", "REQUEST", "2.0", HTTP_SOURCES)
HEADERS = {
    "Authorization": "Bearer abc.def.ghi",
    "HeaderAuth1": "user1",
    "Host": "api.example.com",
    "X-Forwarded-For": "68.8.83.18",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
}


def _rest(path: str = "/test/request", key: str = "GET /request", query: str = "Token=123") -> Exchange:
    return exchange("REST", key=key, path=path, stage="test", query=query, headers=SENT, body=b"not for it")


def _http(path: str = "/test/request", key: str = "GET /request", query: str = "Token=123") -> Exchange:
    return exchange(key=key, path=path, stage="test", query=query, headers=SENT, body=b"not for it")


def test_a_token_authorizer_gets_the_whole_header_and_the_arn() -> None:
    assert authorizer_event(_rest(), TOKEN) == {
        "type": "TOKEN",
        "authorizationToken": "Bearer abc.def.ghi",
        "methodArn": f"{API}/test/GET/request",
    }


def test_a_request_authorizer_of_a_rest_api() -> None:
    event = authorizer_event(_rest(), REQUEST)
    trace = event["headers"].pop("X-Amzn-Trace-Id")
    assert trace.startswith("Root=1-")
    assert event["multiValueHeaders"].pop("X-Amzn-Trace-Id") == [trace]
    context = event.pop("requestContext")
    assert event == {
        "type": "REQUEST",
        "methodArn": f"{API}/test/GET/request",
        "resource": "/request",
        "path": "/request",
        "httpMethod": "GET",
        "headers": HEADERS,
        "multiValueHeaders": {name: [value] for name, value in HEADERS.items()},
        "queryStringParameters": {"Token": "123"},
        "multiValueQueryStringParameters": {"Token": ["123"]},
        "pathParameters": {},
        "stageVariables": {},
    }
    expected = {
        "path": "/test/request",
        "accountId": "123456789012",
        "resourceId": "al6gqb",
        "stage": "test",
        "requestId": "7c2af7db-31f3-42b5-8a6d-9ffc74e3b9e0",
        "resourcePath": "/request",
        "httpMethod": "GET",
        "apiId": "abcdef1234",
    }
    assert {name: context[name] for name in expected} == expected
    assert context["identity"]["sourceIp"] == "68.8.83.18"
    assert "authorizer" not in context


def test_an_http_api_with_payload_1_0_joins_the_identity_by_commas() -> None:
    event = authorizer_event(_http(), HTTP_1_0)
    del event["headers"], event["requestContext"]
    assert event == {
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": f"{API}/test/GET/request",
        "identitySource": "user1,123",
        "authorizationToken": "user1,123",
        "resource": "/request",
        "path": "/test/request",
        "httpMethod": "GET",
        "queryStringParameters": {"Token": "123"},
        "pathParameters": {},
        "stageVariables": {},
    }


def test_an_http_api_with_payload_2_0_lists_the_identity() -> None:
    event = authorizer_event(_http(), HTTP_2_0)
    context = event.pop("requestContext")
    headers = event.pop("headers")
    assert event == {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": f"{API}/test/GET/request",
        "identitySource": ["user1", "123"],
        "routeKey": "GET /request",
        "rawPath": "/test/request",
        "rawQueryString": "Token=123",
        "queryStringParameters": {"Token": "123"},
    }
    assert headers["authorization"] == "Bearer abc.def.ghi"
    assert set(context) == {
        "accountId",
        "apiId",
        "domainName",
        "domainPrefix",
        "http",
        "requestId",
        "routeKey",
        "stage",
        "time",
        "timeEpoch",
    }


def test_payload_2_0_leaves_out_what_is_empty_but_the_query_string() -> None:
    bare = LambdaAuthorizer("A", "auth12", "F", "REQUEST", "2.0")
    event = authorizer_event(_http(query=""), bare)
    assert event["rawQueryString"] == ""
    absent = {"identitySource", "cookies", "queryStringParameters", "pathParameters", "stageVariables", "body"}
    assert not absent & set(event)


ROUTE = Assumptions(route_arn="route")


@pytest.mark.parametrize(
    ("found", "assumptions", "arn"),
    [
        (_rest("/test/users/42", "GET /users/{id}"), Assumptions(), f"{API}/test/GET/users/42"),
        (_rest("/test", "GET /"), Assumptions(), f"{API}/test/GET/"),
        (_rest("/test/a%20b", "GET /{x}"), Assumptions(), f"{API}/test/GET/a%20b"),
        (_rest("/test//%61dmin/", "GET /{x}"), Assumptions(), f"{API}/test/GET/admin"),
        (_rest("/test/a%2fb", "GET /{x}"), Assumptions(), f"{API}/test/GET/a%2Fb"),
        (_rest("/test/%40me%3a%21", "GET /{x}"), Assumptions(), f"{API}/test/GET/@me:!"),
        (_rest("/test/{a", "GET /{x}"), Assumptions(), f"{API}/test/GET/%7Ba"),
        (_rest("/test/%7ba", "GET /{x}"), Assumptions(), f"{API}/test/GET/%7Ba"),
        (_http("/test/users/42", "GET /users/{id}"), Assumptions(), f"{API}/test/GET/users/42"),
        (_http("/test/%61dmin%2Fx/", "GET /{proxy+}"), Assumptions(), f"{API}/test/GET/admin/x"),
        (_http("/test/users/42", "GET /users/{id}"), ROUTE, f"{API}/test/GET/users/{{id}}"),
        (_http("/test/users/42", "$default"), ROUTE, f"{API}/test/$default"),
        (_http("/test/users/42", "ANY /{proxy+}"), ROUTE, f"{API}/test/ANY/{{proxy+}}"),
        (exchange(path="/users"), Assumptions(), f"{API}/$default/GET/users"),
        (exchange(path="/"), Assumptions(), f"{API}/$default/GET/"),
    ],
    ids=str,
)
def test_the_arn_ends_in_the_path_as_the_route_was_found(found: Exchange, assumptions: Assumptions, arn: str) -> None:
    assert method_arn(found, assumptions) == arn
