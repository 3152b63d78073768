"""HTTP APIs out of single resources, and OpenAPI documents."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gatepost.apigateway.model.api import Application
from gatepost.apigateway.model.authorizer import JwtAuthorizer, LambdaAuthorizer
from gatepost.apigateway.model.integration import HttpProxy, LambdaProxy
from gatepost.apigateway.template import load

Loads = Callable[..., Application]
Complaints = Callable[..., list[str]]

TEMPLATE = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: orders, ProtocolType: HTTP, CorsConfiguration: CORS}}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties:
      {ApiId: !Ref Api, StageName: v1, StageVariables: {a: b}, AccessLogSettings: {Format: x, DestinationArn: y}}
  Jwt:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Api
      Name: wso2
      AuthorizerType: JWT
      IdentitySource: ["$request.querystring.token"]
      JwtConfiguration: {Issuer: "https://i.example/", Audience: [a, b]}
  Decide:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Api
      Name: decide
      AuthorizerType: REQUEST
      AuthorizerPayloadFormatVersion: "2.0"
      EnableSimpleResponses: true
      AuthorizerResultTtlInSeconds: 20
      IdentitySource: ["$request.header.Auth", "$context.routeKey"]
      AuthorizerUri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"
  ToF:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn, PayloadFormatVersion: PAYLOAD}
  ToHttp:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: HTTP_PROXY
      IntegrationMethod: POST
      IntegrationUri: https://example.com/x
      PayloadFormatVersion: "1.0"
      RequestParameters: {"overwrite:header.x": $request.header.y}
      ResponseParameters: {"500": {ResponseParameters: [{Destination: overwrite:statuscode, Source: "503"}]}}
  One:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: GET /orders/{id}
      AuthorizationType: JWT
      AuthorizerId: !Ref Jwt
      AuthorizationScopes: [orders]
      Target: !Sub integrations/${ToF}
  Two:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Api
      RouteKey: $default
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Decide
      Target: !Join [/, [integrations, !Ref ToHttp]]
  F: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Code: {ZipFile: x}}}
"""
CORS = "{AllowOrigins: [https://a], AllowMethods: ['*'], ExposeHeaders: [x], MaxAge: 5, AllowCredentials: true}"


def text(payload: str = '"2.0"', cors: str = CORS) -> str:
    return TEMPLATE.replace("PAYLOAD", payload).replace("CORS", cors).lstrip("\n")


def test_routes_authorizers_and_integrations_are_put_together(loads: Loads) -> None:
    (api,) = loads(text()).apis
    one, two = api.routes
    assert (one.key, one.authorizer, one.scopes) == ("GET /orders/{id}", "wso2", ("orders",))
    assert isinstance(one.integration, LambdaProxy)
    assert (one.integration.function, one.integration.payload) == ("F", "2.0")
    assert (two.key, two.authorizer) == ("$default", "decide")
    assert isinstance(two.integration, HttpProxy)
    assert two.integration.request_parameters == {"overwrite:header.x": "$request.header.y"}
    assert two.integration.response_parameters == {"500": {"overwrite:statuscode": "503"}}
    assert (api.stage.name, api.stage.variables, api.stage.access_log) == ("v1", {"a": "b"}, "x")
    assert api.cors is not None
    assert (api.cors.origins, api.cors.methods, api.cors.expose) == (("https://a",), ("*",), ("x",))
    assert (api.cors.max_age, api.cors.credentials) == (5, True)


def test_both_kinds_of_authorizers_are_read_whole(loads: Loads) -> None:
    (api,) = loads(text()).apis
    jwt, decide = api.authorizers["wso2"], api.authorizers["decide"]
    assert isinstance(jwt, JwtAuthorizer)
    assert (jwt.issuer, jwt.audience) == ("https://i.example/", ("a", "b"))
    assert jwt.identity_source == "$request.querystring.token"
    assert isinstance(decide, LambdaAuthorizer)
    assert (decide.payload, decide.simple, decide.ttl) == ("2.0", True, 20)
    assert decide.identity_sources == ("$request.header.Auth", "$context.routeKey")


def test_a_payload_version_that_is_missing_is_1_0_with_a_notice(loads: Loads) -> None:
    application = loads(text(payload="!Ref AWS::NoValue"))
    integration = application.apis[0].routes[0].integration
    assert isinstance(integration, LambdaProxy)
    assert integration.payload == "1.0"
    assert "There is no payload format version" in application.notices[0]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "AuthorizationType: JWT",
            "AuthorizationType: CUSTOM",
            "One.Properties.AuthorizationType: CUSTOM does not fit",
        ),
        ("AuthorizerId: !Ref Jwt", "AuthorizerId: x", "One.Properties.AuthorizerId: This is no authorizer of the API."),
        ("Target: !Sub integrations/${ToF}", "Target: x", "One.Properties.Target: The route has no integration"),
        ("GET /orders/{id}", "FETCH /x", "One.Properties.RouteKey: FETCH /x is no route key."),
        ("RouteKey: $default", "RouteKey: GET /orders/{id}", "The route GET /orders/{id} is there twice."),
        ("AuthorizerId: !Ref Decide", "AuthorizerId: !Ref Decide\n      AuthorizationScopes: [a]", "Scopes belong to"),
        ('AuthorizerPayloadFormatVersion: "2.0"', "X: 1", "AuthorizerPayloadFormatVersion has to be 1.0 or 2.0."),
        ('AuthorizerPayloadFormatVersion: "2.0"', "AuthorizerPayloadFormatVersion: '1.0'", "Simple responses need"),
        ('"$request.header.Auth", "$context.routeKey"', "", "may not be cached"),
        ("IntegrationUri: !GetAtt F.Arn", "IntegrationUri: !GetAtt F.Arn, IntegrationSubtype: SQS-SendMessage", "SQS"),
        ("IntegrationUri: !GetAtt F.Arn", "IntegrationUri: !GetAtt F.Arn, RequestParameters: {a: b}", "mapping for a"),
        ("IntegrationUri: !GetAtt F.Arn", "IntegrationUri: !GetAtt F.Arn, TimeoutInMillis: 30001", "50 to 30000"),
        ("IntegrationType: HTTP_PROXY", "IntegrationType: MOCK", "The integration type MOCK is not supported."),
        ("RouteKey: $default", "RouteKey: $default\n      ApiKeyRequired: true", "HTTP APIs know no API keys."),
    ],
)
def test_what_aws_would_refuse_stops(complaints: Complaints, old: str, new: str, complaint: str) -> None:
    found = complaints(text().replace(old, new))
    assert [each for each in found if complaint in each], found


@pytest.mark.parametrize(
    ("target", "kind"),
    [("!GetAtt F.Arn", LambdaProxy), ("https://example.com", HttpProxy)],
    ids=["a function", "a URL"],
)
def test_an_api_with_a_target_has_a_route_and_a_stage(loads: Loads, target: str, kind: type) -> None:
    (api,) = loads(
        f"""
        Resources:
          Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: a, ProtocolType: HTTP, Target: {target}}}}}
          F: {{Type: AWS::Lambda::Function, Properties: {{Handler: a.b, Runtime: python3.12, Code: {{ZipFile: x}}}}}}
        """
    ).apis
    (route,) = api.routes
    assert (api.stage.name, route.key) == ("$default", "$default")
    assert isinstance(route.integration, kind)


def test_an_api_of_a_false_condition_is_not_there(loads: Loads) -> None:
    other = "  Other: {Type: AWS::ApiGatewayV2::Api, Condition: Never, Properties: {Target: 'https://a'}}\n"
    application = loads("Conditions:\n  Never: !Equals [a, b]\n" + text() + other)
    assert [api.logical_id for api in application.apis] == ["Api"]


DOCUMENT = """
openapi: 3.0.1
info: {title: from a file}
security: [{Discovered: [a]}]
paths:
  /a:
    get:
      x-amazon-apigateway-integration: {$ref: "#/components/x-amazon-apigateway-integrations/web"}
    post:
      security: []
      x-amazon-apigateway-integration: {$ref: "#/components/x-amazon-apigateway-integrations/web"}
    put:
      security: [{Sigv4: []}]
      x-amazon-apigateway-integration: {$ref: "#/components/x-amazon-apigateway-integrations/web"}
  /$default:
    x-amazon-apigateway-any-method:
      isDefaultRoute: true
      x-amazon-apigateway-integration: {$ref: "#/components/x-amazon-apigateway-integrations/web"}
components:
  x-amazon-apigateway-integrations:
    web: {type: HTTP_PROXY, httpMethod: ANY, uri: "https://example.com", payloadFormatVersion: "1.0"}
  securitySchemes:
    Sigv4: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
    Discovered:
      type: openIdConnect
      openIdConnectUrl: https://i.example/x/.well-known/openid-configuration
      x-amazon-apigateway-authorizer:
        {type: jwt, jwtConfiguration: {audience: [a]}, identitySource: "$request.header.Authorization"}
"""

SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      BODY
"""


@pytest.mark.parametrize(
    "body",
    [
        "DefinitionUri: api.yaml",
        "DefinitionBody: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: api.yaml}}}",
    ],
    ids=["DefinitionUri", "AWS::Include"],
)
def test_a_document_can_stand_in_a_file(write: Callable[..., Path], body: str) -> None:
    write(DOCUMENT, "api.yaml")
    template = write(SAM.replace("BODY", body))
    application = load(template)
    (api,) = application.apis
    assert {route.key: (route.authorizer, route.scopes) for route in api.routes} == {
        "GET /a": ("Discovered", ("a",)),
        "POST /a": (None, ()),
        "PUT /a": ("AWS_IAM", ()),
        "$default": ("Discovered", ("a",)),
    }
    authorizer = api.authorizers["Discovered"]
    assert isinstance(authorizer, JwtAuthorizer)
    assert authorizer.issuer == "https://i.example/x"
    assert application.files == (str(template), str(template.parent / "api.yaml"))
    assert authorizer.place.file.endswith("api.yaml")
    assert authorizer.place.line == 26
    assert api.ignores_warnings


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "gone.yaml: The file cannot be read"),
        ("openapi: 3.0.1\ninfo: {title: !Ref AWS::StackName}\npaths: {}\n", "gone.yaml:2: Api: Ref has no effect"),
        ("openapi: 3.1.0\npaths: {}\n", "The version 3.1.0 of OpenAPI is not supported."),
    ],
    ids=["it is not there", "it has a function", "another version"],
)
def test_a_document_that_cannot_be_read_stops(
    write: Callable[..., Path], complaints: Complaints, content: str | None, complaint: str
) -> None:
    if content is not None:
        write(content, "gone.yaml")
    found = complaints(SAM.replace("BODY", "DefinitionUri: gone.yaml"))
    assert [each for each in found if complaint in each], found


def test_security_at_the_top_of_a_rest_apis_document_stops(complaints: Complaints) -> None:
    document = """
        Resources:
          Api:
            Type: AWS::ApiGateway::RestApi
            Properties:
              Body:
                swagger: "2.0"
                security: [{key: []}]
                paths: {/: {get: {x-amazon-apigateway-integration: {type: mock}}}}
                securityDefinitions: {key: {type: apiKey, name: x-api-key, in: header}}
          D: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: v1}}
        """
    (found,) = complaints(document)
    assert found.startswith("template.yaml:7: Api.Properties.Body.security: A REST API ignores security at the top")


def test_limits_are_kept(complaints: Complaints) -> None:
    paths = "".join(f"  /p{n}:\n    get: *get\n" for n in range(300))
    head, _, tail = DOCUMENT.partition("  /$default:")
    head = head.replace("    get:\n", "    get: &get\n")
    body = "".join(f"        {line}\n" for line in (head + paths + "  /$default:" + tail).strip().splitlines())
    (found,) = complaints(SAM.replace("BODY", "DefinitionBody:\n" + body))
    assert "An API may have 300 routes, and this one has 304." in found
