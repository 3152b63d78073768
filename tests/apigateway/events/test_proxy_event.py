"""Reference §3, member by member: the events of functions behind an API, as documented and as recorded on AWS."""

import json
from typing import Any

import pytest

from gatepost.apigateway.events.proxy import proxy_event
from gatepost.apigateway.exchange import IamIdentity, Identity, JwtIdentity, LambdaIdentity
from gatepost.apigateway.model.assumptions import Assumptions
from tests.apigateway.events.exchanges import exchange

HOST = "id.execute-api.us-east-1.amazonaws.com"
BODY = '{"message":"hello","unicode":"λ"}'
SENT = (
    ("host", HOST),
    ("user-agent", "curl/8.7.1"),
    ("Accept", "*/*"),
    ("Content-Type", "application/json"),
    ("Cookie", "session=abc123; theme=dark"),
    ("X-Probe", "first"),
    ("x-probe", "second"),
    ("Connection", "keep-alive"),
    ("Content-Length", str(len(BODY.encode()))),
)
QUERY = "repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa&literalPlus=a+b&encodedPlus=a%2Bb&empty="
HTTP_TRACE = "Root=1-5e6a879e-6d6a4c6750486345534a773d"
REST_TRACE = "Root=1-5e6a879e-396666633734653362396530"
IDENTITY_1_0 = {
    "accessKey": None,
    "accountId": None,
    "caller": None,
    "cognitoAuthenticationProvider": None,
    "cognitoAuthenticationType": None,
    "cognitoIdentityId": None,
    "cognitoIdentityPoolId": None,
    "principalOrgId": None,
    "sourceIp": "68.8.83.18",
    "user": None,
    "userAgent": "curl/8.7.1",
    "userArn": None,
}

HTTP_2_0 = {
    "version": "2.0",
    "routeKey": "POST /capture/{name}",
    "rawPath": "/live/capture/space value",
    "rawQueryString": QUERY,
    "cookies": ["session=abc123", "theme=dark"],
    "headers": {
        "accept": "*/*",
        "content-length": "34",
        "content-type": "application/json",
        "host": HOST,
        "user-agent": "curl/8.7.1",
        "x-amzn-trace-id": HTTP_TRACE,
        "x-forwarded-for": "68.8.83.18",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
        "x-probe": "first,second",
    },
    "queryStringParameters": {
        "empty": "",
        "encodedPlus": "a+b",
        "literalPlus": "a b",
        "redirect": "https://example.com/a",
        "repeat": "one,two",
    },
    "pathParameters": {"name": "space value"},
    "stageVariables": {"table": "users"},
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "abcdef1234",
        "authorizer": {"jwt": {"claims": {"sub": "u-1", "scope": "read write"}, "scopes": ["read", "write"]}},
        "domainName": HOST,
        "domainPrefix": "id",
        "http": {
            "method": "POST",
            "path": "/live/capture/space value",
            "protocol": "HTTP/1.1",
            "sourceIp": "68.8.83.18",
            "userAgent": "curl/8.7.1",
        },
        "requestId": "ATfSmjLgPHcESJw=",
        "routeKey": "POST /capture/{name}",
        "stage": "live",
        "time": "12/Mar/2020:19:03:58 +0000",
        "timeEpoch": 1584039838390,
    },
    "body": BODY,
    "isBase64Encoded": False,
}

HTTP_1_0 = {
    "version": "1.0",
    "resource": "/capture/{name}",
    "path": "/live/capture/space value",
    "httpMethod": "POST",
    "headers": {
        "Accept": "*/*",
        "Content-Length": "34",
        "Content-Type": "application/json",
        "Cookie": "session=abc123; theme=dark",
        "Host": HOST,
        "User-Agent": "curl/8.7.1",
        "X-Amzn-Trace-Id": HTTP_TRACE,
        "X-Forwarded-For": "68.8.83.18",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
        "X-Probe": "second",
    },
    "multiValueHeaders": {
        "Accept": ["*/*"],
        "Content-Length": ["34"],
        "Content-Type": ["application/json"],
        "Cookie": ["session=abc123; theme=dark"],
        "Host": [HOST],
        "User-Agent": ["curl/8.7.1"],
        "X-Amzn-Trace-Id": [HTTP_TRACE],
        "X-Forwarded-For": ["68.8.83.18"],
        "X-Forwarded-Port": ["443"],
        "X-Forwarded-Proto": ["https"],
        "X-Probe": ["first", "second"],
    },
    "queryStringParameters": {
        "empty": "",
        "encodedPlus": "a+b",
        "literalPlus": "a b",
        "redirect": "https://example.com/a",
        "repeat": "one",
    },
    "multiValueQueryStringParameters": {
        "empty": [""],
        "encodedPlus": ["a+b"],
        "literalPlus": ["a b"],
        "redirect": ["https://example.com/a"],
        "repeat": ["one", "two"],
    },
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "abcdef1234",
        "authorizer": {"claims": {"sub": "u-1"}, "scopes": None},
        "domainName": HOST,
        "domainPrefix": "id",
        "extendedRequestId": "ATfSmjLgPHcESJw=",
        "httpMethod": "POST",
        "identity": IDENTITY_1_0,
        "path": "/live/capture/space value",
        "protocol": "HTTP/1.1",
        "requestId": "ATfSmjLgPHcESJw=",
        "requestTime": "12/Mar/2020:19:03:58 +0000",
        "requestTimeEpoch": 1584039838390,
        "resourceId": None,
        "resourcePath": "/capture/{name}",
        "stage": "live",
    },
    "pathParameters": {"name": "space value"},
    "stageVariables": {"table": "users"},
    "body": BODY,
    "isBase64Encoded": False,
}

REST = {
    "resource": "/{proxy+}",
    "path": "/capture/space%20value",
    "httpMethod": "POST",
    "headers": {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "Cookie": "session=abc123; theme=dark",
        "Host": HOST,
        "User-Agent": "curl/8.7.1",
        "X-Amzn-Trace-Id": REST_TRACE,
        "X-Forwarded-For": "68.8.83.18",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
        "X-Probe": "second",
    },
    "multiValueHeaders": {
        "Accept": ["*/*"],
        "Content-Type": ["application/json"],
        "Cookie": ["session=abc123; theme=dark"],
        "Host": [HOST],
        "User-Agent": ["curl/8.7.1"],
        "X-Amzn-Trace-Id": [REST_TRACE],
        "X-Forwarded-For": ["68.8.83.18"],
        "X-Forwarded-Port": ["443"],
        "X-Forwarded-Proto": ["https"],
        "X-Probe": ["first", "second"],
    },
    "queryStringParameters": {
        "empty": "",
        "encodedPlus": "a+b",
        "literalPlus": "a b",
        "redirect": "https://example.com/a",
        "repeat": "two",
    },
    "multiValueQueryStringParameters": HTTP_1_0["multiValueQueryStringParameters"],
    "pathParameters": {"proxy": "capture/space%20value"},
    "stageVariables": None,
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "abcdef1234",
        "domainName": HOST,
        "domainPrefix": "id",
        "extendedRequestId": "ATfSdF7nPHcErRA=",
        "httpMethod": "POST",
        "identity": {**IDENTITY_1_0, "apiKey": None, "apiKeyId": None},
        "path": "/live/capture/space%20value",
        "protocol": "HTTP/1.1",
        "requestId": "7c2af7db-31f3-42b5-8a6d-9ffc74e3b9e0",
        "requestTime": "12/Mar/2020:19:03:58 +0000",
        "requestTimeEpoch": 1584039838390,
        "resourceId": "al6gqb",
        "resourcePath": "/{proxy+}",
        "stage": "live",
    },
    "body": BODY,
    "isBase64Encoded": False,
}


def test_an_http_api_with_payload_2_0() -> None:
    found = exchange(
        key="POST /capture/{name}",
        method="POST",
        path="/live/capture/space%20value",
        query=QUERY,
        headers=SENT,
        body=BODY.encode(),
        stage="live",
        variables={"table": "users"},
        identity=JwtIdentity({"sub": "u-1", "scope": "read write"}, ("read", "write")),
    )
    assert proxy_event(found) == HTTP_2_0


def test_an_http_api_with_payload_1_0() -> None:
    found = exchange(
        payload="1.0",
        key="POST /capture/{name}",
        method="POST",
        path="/live/capture/space%20value",
        query=QUERY,
        headers=SENT,
        body=BODY.encode(),
        stage="live",
        variables={"table": "users"},
        identity=JwtIdentity({"sub": "u-1"}, None),
    )
    assert proxy_event(found) == HTTP_1_0


def test_a_rest_api() -> None:
    found = exchange(
        "REST",
        key="ANY /{proxy+}",
        method="POST",
        path="/live/capture/space%20value",
        query=QUERY,
        headers=SENT,
        body=BODY.encode(),
        stage="live",
    )
    assert proxy_event(found) == REST


def test_payload_2_0_leaves_out_what_is_empty() -> None:
    event = proxy_event(exchange())
    assert set(event) == {
        "version",
        "routeKey",
        "rawPath",
        "rawQueryString",
        "headers",
        "requestContext",
        "isBase64Encoded",
    }
    assert (event["routeKey"], event["rawPath"], event["rawQueryString"]) == ("$default", "/my/path", "")
    assert event["headers"]["content-length"] == "0"
    assert "authorizer" not in event["requestContext"]


@pytest.mark.parametrize("kind", ["HTTP", "REST"])
def test_format_1_0_has_null_for_what_is_empty(kind: str) -> None:
    found = (
        exchange("REST", key="GET /my/path", path="/s/my/path", stage="s")
        if kind == "REST"
        else exchange(payload="1.0", key="GET /my/path")
    )
    event = proxy_event(found)
    empty = {name for name, value in event.items() if value is None}
    assert empty == {
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "body",
    }
    assert event["isBase64Encoded"] is False
    assert ("version" in event) is (kind == "HTTP")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("/capture/plain", "/capture/plain"),
        ("/capture/space%20value", "/capture/space value"),
        ("/capture/question%3Fvalue", "/capture/question"),
        ("/capture/hash%23value", "/capture/hash#value"),
        ("/capture/slash%2Fvalue", "/capture/slash/value"),
        ("/capture/unicode-%CE%BB-%E4%B8%96", "/capture/unicode-λ-世"),
        ("/capture/literal%252Fvalue", "/capture/literal/value"),
        ("/capture/literal%253Fvalue", "/capture/literal?value"),
        ("/capture/literal%2525value", "/capture/literal%value"),
        ("/capture/slash/", "/capture/slash/"),
    ],
)
def test_an_http_api_shows_its_path_decoded_and_a_rest_api_as_it_was_sent(sent: str, shown: str) -> None:
    http = proxy_event(exchange(path=sent))
    assert http["rawPath"] == http["requestContext"]["http"]["path"] == shown
    assert proxy_event(exchange(path=sent, payload="1.0", key="$default"))["path"] == shown
    rest = proxy_event(exchange("REST", key="ANY /{proxy+}", path=f"/s{sent}", stage="s"))
    assert rest["path"] == sent
    assert rest["requestContext"]["path"] == f"/s{sent}"
    assert rest["pathParameters"] == {"proxy": sent.strip("/")}


LAMBDA = LambdaIdentity("user-1", {"org": "a", "level": 3, "tags": ["x"]}, 21)
JWT = JwtIdentity({"sub": "u-1", "groups": "[a b]"}, None)
ARN = "arn:aws:iam::123456789012:user/alice"


@pytest.mark.parametrize(
    ("identity", "authorizer"),
    [
        (JWT, {"jwt": {"claims": {"sub": "u-1", "groups": "[a b]"}, "scopes": None}}),
        (LAMBDA, {"lambda": {"org": "a", "level": 3, "tags": ["x"]}}),
        (LambdaIdentity(None, None), {"lambda": None}),
    ],
)
def test_the_authorizer_in_payload_2_0(identity: Identity, authorizer: dict[str, Any]) -> None:
    assert proxy_event(exchange(identity=identity))["requestContext"]["authorizer"] == authorizer


def test_the_principal_stands_in_payload_2_0_where_that_is_assumed() -> None:
    assumed = Assumptions(principal_in_lambda=True)
    context = proxy_event(exchange(identity=LambdaIdentity("user-1", None)), assumed)["requestContext"]
    assert context["authorizer"] == {"lambda": {"principalId": "user-1"}}


@pytest.mark.parametrize(
    ("identity", "authorizer"),
    [
        (None, {"claims": None, "scopes": None}),
        (JwtIdentity({"sub": "u-1"}, ("read",)), {"claims": {"sub": "u-1"}, "scopes": ["read"]}),
        (LAMBDA, {"principalId": "user-1", "org": "a", "level": 3, "tags": ["x"]}),
    ],
)
def test_the_authorizer_in_payload_1_0_of_an_http_api(identity: Identity | None, authorizer: dict[str, Any]) -> None:
    found = exchange(payload="1.0", identity=identity)
    assert proxy_event(found)["requestContext"]["authorizer"] == authorizer


@pytest.mark.parametrize(
    ("identity", "authorizer"),
    [
        (JWT, {"claims": {"sub": "u-1", "groups": "[a b]"}}),
        (
            LambdaIdentity("user-1", {"number": "1", "bool": "true"}, 21),
            {"principalId": "user-1", "integrationLatency": 21, "number": "1", "bool": "true"},
        ),
    ],
)
def test_the_authorizer_of_a_rest_api(identity: Identity, authorizer: dict[str, Any]) -> None:
    found = exchange("REST", key="GET /a", path="/s/a", stage="s", identity=identity)
    assert proxy_event(found)["requestContext"]["authorizer"] == authorizer


def test_the_principal_of_an_iam_route() -> None:
    newer = proxy_event(exchange(identity=IamIdentity(ARN)))["requestContext"]["authorizer"]["iam"]
    assert (newer["userArn"], newer["accountId"], newer["userId"]) == (ARN, "123456789012", "alice")
    older = proxy_event(exchange("REST", key="GET /a", path="/s/a", stage="s", identity=IamIdentity(ARN)))
    context = older["requestContext"]
    assert "authorizer" not in context
    assert (context["identity"]["userArn"], context["identity"]["accountId"]) == (ARN, "123456789012")


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("APPLICATION/JSON", True),
        ("application/xml", True),
        ("application/javascript", True),
        ("text/plain", True),
        ("text/csv", True),
        ("application/x-www-form-urlencoded", False),
        ("multipart/form-data; boundary=x", False),
        ("application/octet-stream", False),
        ("application/problem+json", False),
        ("image/png", False),
        (None, False),
    ],
)
def test_an_http_api_goes_by_the_content_type_of_a_body(content_type: str | None, text: bool) -> None:
    headers = () if content_type is None else (("Content-Type", content_type),)
    for payload in ("1.0", "2.0"):
        event = proxy_event(exchange(payload="1.0" if payload == "1.0" else "2.0", headers=headers, body=b"a=1"))
        assert (event["body"], event["isBase64Encoded"]) == (("a=1", False) if text else ("YT0x", True))


@pytest.mark.parametrize(
    ("content_type", "binary", "text"),
    [
        ("application/octet-stream", ("application/octet-stream",), False),
        ("image/png", ("image/*",), False),
        ("image/png", ("image~1*",), False),
        ("image/png; q=1", ("IMAGE/PNG",), False),
        ("application/json", ("*/*",), False),
        (None, ("*/*",), False),
        ("application/json", ("image/*",), True),
        ("application/octet-stream", (), True),
        (None, ("image/*",), True),
        ("imagery/png", ("image/*",), True),
    ],
)
def test_a_rest_api_goes_by_its_binary_media_types(
    content_type: str | None, binary: tuple[str, ...], text: bool
) -> None:
    headers = () if content_type is None else (("content-type", content_type),)
    found = exchange("REST", key="GET /a", path="/s/a", stage="s", headers=headers, binary=binary, body=b"a=1")
    event = proxy_event(found)
    assert (event["body"], event["isBase64Encoded"]) == (("a=1", False) if text else ("YT0x", True))


def test_a_text_that_is_no_utf_8_is_no_failure() -> None:
    event = proxy_event(exchange(headers=(("content-type", "text/plain"),), body=b"a\xff"))
    assert event["body"] == "a\ufffd"


def test_the_gateway_adds_to_what_a_proxy_says_and_overrides_what_a_client_says() -> None:
    sent = (
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Port", "1"),
        ("X-Amzn-Trace-Id", "Root=1-5e6a889e-000000000000000000000001"),
    )
    headers = proxy_event(exchange(headers=sent))["headers"]
    assert headers["x-forwarded-for"] == "203.0.113.7, 68.8.83.18"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["x-forwarded-port"] == "443"
    assert headers["x-amzn-trace-id"] == "Root=1-5e6a889e-000000000000000000000001"
    assert headers["host"] == "localhost"
    older = proxy_event(exchange("REST", key="GET /a", path="/s/a", stage="s", headers=sent))
    assert older["multiValueHeaders"]["X-Forwarded-For"] == ["203.0.113.7, 68.8.83.18"]
    assert older["headers"]["X-Forwarded-Proto"] == "https"


@pytest.mark.parametrize(
    ("host", "name", "prefix"),
    [
        ("localhost:8080", "localhost", "localhost"),
        ("api.example.com", "api.example.com", "api"),
        ("[::1]:8080", "[::1]", "[::1]"),
    ],
)
def test_the_domain_is_the_host_without_its_port(host: str, name: str, prefix: str) -> None:
    event = proxy_event(exchange(headers=(("Host", host),)))
    assert (event["requestContext"]["domainName"], event["requestContext"]["domainPrefix"]) == (name, prefix)
    assert event["headers"]["host"] == host


def test_a_rest_api_splits_its_query_at_semicolons_and_an_http_api_does_not() -> None:
    rest = proxy_event(exchange("REST", key="GET /a", path="/s/a", stage="s", query="a=1;b=2&c"))
    assert rest["queryStringParameters"] == {"a": "1", "b": "2", "c": ""}
    http = proxy_event(exchange(query="a=1;b=2&c"))
    assert http["queryStringParameters"] == {"a": "1;b=2", "c": ""}


def test_the_api_key_stands_where_the_method_requires_one() -> None:
    headers = (("X-Api-Key", "key-1"),)
    for required, shown in ((True, "key-1"), (False, None)):
        found = exchange("REST", key="GET /a", path="/s/a", stage="s", headers=headers, api_key_required=required)
        assert proxy_event(found)["requestContext"]["identity"]["apiKey"] == shown


def test_the_api_key_may_be_the_one_that_the_authorizer_gave() -> None:
    for identity, shown in ((LambdaIdentity("p", None, usage_key="key-2"), "key-2"), (None, None)):
        found = exchange(
            "REST",
            key="GET /a",
            path="/s/a",
            stage="s",
            identity=identity,
            api_key_required=True,
            api_key_source="AUTHORIZER",
        )
        assert proxy_event(found)["requestContext"]["identity"]["apiKey"] == shown


def test_a_method_with_an_operation_names_it() -> None:
    found = exchange("REST", key="GET /a", path="/s/a", stage="s", operation="listUsers")
    assert proxy_event(found)["requestContext"]["operationName"] == "listUsers"


def test_headers_of_the_connection_reach_no_function() -> None:
    sent = tuple((name, "x") for name in ("Connection", "Keep-Alive", "TE", "Transfer-Encoding", "Upgrade", "Expect"))
    for found in (
        exchange(headers=sent),
        exchange(payload="1.0", headers=sent),
        exchange("REST", key="GET /a", path="/s/a", stage="s", headers=sent),
    ):
        names = json.dumps(proxy_event(found)["headers"]).lower()
        assert not any(f'"{name.lower()}"' in names for name, _ in sent)


def test_a_header_in_two_spellings_is_one() -> None:
    sent = (("authorization", "a"), ("Authorization", "b"))
    event = proxy_event(exchange("REST", key="GET /a", path="/s/a", stage="s", headers=sent))
    assert event["multiValueHeaders"]["authorization"] == ["a", "b"]
    assert event["headers"]["authorization"] == "b"
    assert "Authorization" not in event["headers"]
