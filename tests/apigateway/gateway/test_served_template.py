"""A SAM template over real sockets: real functions, a real issuer, both kinds of API."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from gatepost.apigateway.gateway.site import Settings
from gatepost.testing import LocalIssuer
from tests.apigateway.gateway.served import PATIENCE, Served, event_of, served

AUDIENCE = "https://api.example.com"
CODE = """
import json, os, signal

def echo(event, context):
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}

def fail(event, context):
    raise ValueError("on purpose")

def crash(event, context):
    os.kill(os.getpid(), signal.SIGKILL)

def image(event, context):
    return {"statusCode": 200, "headers": {"content-type": "image/png", "x-a": "1"}, "isBase64Encoded": True,
            "cookies": ["a=1", "b=2"], "body": "iVBORw0K/w=="}

def authorize(event, context):
    token = event["authorizationToken"]
    if token == "unknown":
        raise Exception("Unauthorized")
    effect = "Allow" if token == "allow" else "Deny"
    return {"principalId": "alice", "context": {"number": 1}, "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"].split("/")[0] + "/*"}]}}
"""
TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Issuer: {Type: String}
  Audience: {Type: String}
Globals:
  Function: {CodeUri: src/, Runtime: PYTHON, Timeout: 10}
Resources:
  Web:
    Type: AWS::Serverless::HttpApi
    Properties:
      FailOnWarnings: true
      CorsConfiguration: {AllowOrigins: ["https://app.example"], AllowMethods: [GET], AllowHeaders: [authorization]}
      Auth:
        Authorizers:
          Jwt:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: {issuer: !Ref Issuer, audience: [!Ref Audience]}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Cors: "'*'"
      Auth:
        AddDefaultAuthorizerToCorsPreflight: false
        DefaultAuthorizer: Token
        Authorizers:
          Token: {FunctionArn: !GetAtt Authorize.Arn}
      GatewayResponses:
        UNAUTHORIZED:
          StatusCode: 401
          ResponseParameters: {Headers: {Access-Control-Allow-Origin: "'*'"}}
          ResponseTemplates: {application/json: '{"why":"who are you?"}'}
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.echo
      Events:
        Secret: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: /secret, Method: GET, Auth: {Authorizer: Jwt}}}
        Scoped:
          Type: HttpApi
          Properties:
            {ApiId: !Ref Web, Path: /scoped, Method: GET, Auth: {Authorizer: Jwt, AuthorizationScopes: [write]}}
        Any: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: "/open/{proxy+}", Method: ANY}}
        Rest: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: "/user/{id}", Method: ANY}}
  Fail:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.fail
      Events:
        Web: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: /fail, Method: GET}}
        Rest: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /fail, Method: GET, Auth: {Authorizer: NONE}}}
  Crash:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.crash
      Events:
        Web: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: /crash, Method: GET}}
  Image:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.image
      Events:
        Web: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: /image, Method: ANY}}
  Authorize:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.authorize}
"""


@pytest.fixture(scope="module")
def issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer(audience=AUDIENCE) as running:
        yield running


@pytest.fixture(scope="module")
def at(issuer: LocalIssuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("application")
    folder.joinpath("src").mkdir()
    folder.joinpath("src/app.py").write_text(CODE)
    template = folder / "template.yaml"
    template.write_text(TEMPLATE.replace("PYTHON", runtime()))
    with served(
        template, {"Issuer": issuer.identifier, "Audience": AUDIENCE}, Settings(concurrency=2, issuer_seconds=PATIENCE)
    ) as running:
        yield running


def runtime() -> str:
    return f"python3.{sys.version_info.minor}"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_good_token_reaches_the_function_with_its_claims(at: Served, issuer: LocalIssuer) -> None:
    response = at.ask("Web", "GET", "/secret?a=1&a=2", bearer(issuer.mint(sub="alice", level=3)))
    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    assert len(response.headers["apigw-requestid"]) == 16
    event = event_of(response)
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    assert (claims["sub"], claims["level"], event["queryStringParameters"]) == ("alice", "3", {"a": "1,2"})


def test_a_missing_and_a_bad_token_are_401(at: Served, issuer: LocalIssuer) -> None:
    missing = at.ask("Web", "GET", "/secret")
    assert (missing.status, missing.data) == (401, b'{"message":"Unauthorized"}')
    assert missing.headers["www-authenticate"] == "Bearer"
    bad = at.ask("Web", "GET", "/secret", bearer(issuer.mint(aud="https://other.example")))
    assert (bad.status, bad.data) == (401, b'{"message":"Unauthorized"}')
    assert bad.headers["www-authenticate"] == (
        'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"'
    )


def test_a_token_without_the_scope_is_403(at: Served, issuer: LocalIssuer) -> None:
    assert at.ask("Web", "GET", "/scoped", bearer(issuer.mint(scope="write"))).status == 200
    refused = at.ask("Web", "GET", "/scoped", bearer(issuer.mint(scope="read")))
    assert (refused.status, refused.data) == (403, b'{"message":"Forbidden"}')


def test_the_http_api_answers_a_preflight_itself(at: Served) -> None:
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    response = at.ask("Web", "OPTIONS", "/secret", headers)
    assert (response.status, response.data) == (204, b"")
    assert response.headers["access-control-allow-origin"] == "https://app.example"


def test_the_rest_api_answers_a_preflight_with_its_mock(at: Served) -> None:
    response = at.ask("Rest", "OPTIONS", "/prod/user/1", {"Origin": "https://a.example"})
    assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (200, "*")


def test_the_stage_is_the_first_segment(at: Served) -> None:
    assert at.ask("Rest", "GET", "/prod/user/7", {"Authorization": "allow"}).status == 200
    for path in ("/user/7", "/other/user/7", "/prod/nothing"):
        response = at.ask("Rest", "GET", path, {"Authorization": "allow"})
        assert (response.status, response.data) == (403, b'{"message":"Missing Authentication Token"}')


def test_a_lambda_authorizer_decides_and_its_context_is_handed_on(at: Served) -> None:
    event = event_of(at.ask("Rest", "POST", "/prod/user/7", {"Authorization": "allow"}, b"body"))
    assert event["requestContext"]["authorizer"]["principalId"] == "alice"
    assert event["requestContext"]["authorizer"]["number"] == "1"
    assert (event["pathParameters"], event["body"]) == ({"id": "7"}, "body")


def test_an_explicit_deny_is_403_and_a_raised_unauthorized_is_the_gateway_response(at: Served) -> None:
    denied = at.ask("Rest", "GET", "/prod/user/7", {"Authorization": "deny"})
    assert denied.status == 403
    assert denied.data == b'{"Message":"User is not authorized to access this resource with an explicit deny"}'
    unknown = at.ask("Rest", "GET", "/prod/user/7", {"Authorization": "unknown"})
    assert (unknown.status, unknown.data) == (401, b'{"why":"who are you?"}')
    assert unknown.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("api", "path", "status", "body"),
    [
        ("Web", "/fail", 500, b'{"message":"Internal Server Error"}'),
        ("Rest", "/prod/fail", 502, b'{"message": "Internal server error"}'),
        ("Web", "/crash", 500, b'{"message":"Internal Server Error"}'),
        ("Web", "/nothing", 404, b'{"message":"Not Found"}'),
    ],
)
def test_what_fails_answers_as_on_aws(at: Served, api: str, path: str, status: int, body: bytes) -> None:
    response = at.ask(api, "GET", path)
    assert (response.status, response.data) == (status, body)


def test_a_binary_body_and_cookies_come_out_as_they_are(at: Served) -> None:
    response = at.ask("Web", "GET", "/image")
    assert response.data == b"\x89PNG\r\n\xff"
    assert response.headers.getlist("set-cookie") == ["a=1", "b=2"]
    head = at.ask("Web", "HEAD", "/image")
    assert (head.status, head.data, head.headers["content-length"]) == (200, b"", str(len(response.data)))


def test_a_binary_request_body_reaches_the_function_as_base64(at: Served) -> None:
    event = event_of(at.ask("Web", "PUT", "/open/a/b", {"Content-Type": "application/octet-stream"}, b"\x00\xff"))
    assert (event["body"], event["isBase64Encoded"], event["pathParameters"]) == ("AP8=", True, {"proxy": "a/b"})


def test_the_trace_tells_why(at: Served) -> None:
    at.ask("Web", "GET", "/secret?token=very-secret", bearer("not.a.token"))
    traced = list(at.trace)[-1]
    assert (traced.status, traced.route, traced.authorizer, traced.failure) == (
        401,
        "GET /secret",
        "Jwt",
        "UNAUTHORIZED",
    )
    assert not traced.steps[-1].passed
    assert "very-secret" not in repr(traced)
    page = at.ask("Web", "GET", "/_gatepost/trace")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_function_that_is_killed_a_hundred_times_takes_no_request_and_no_gateway_with_it(at: Served) -> None:
    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(lambda _: at.ask("Web", "GET", "/crash").status, range(100)))
    assert statuses == [500] * 100
    assert at.ask("Web", "GET", "/open/x").status == 200


def test_functions_write_their_lines(at: Served) -> None:
    at.ask("Web", "GET", "/open/x")
    text = "\n".join(at.lines)
    assert "[Echo] START RequestId: " in text
    assert "[Echo] REPORT RequestId: " in text
