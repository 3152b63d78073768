"""Traps that a template holds: each is found where it is, and not where it is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gatepost.apigateway.model.api import Application
from gatepost.apigateway.template import load
from gatepost.apigateway.template.traps import Trap, traps

Loads = Callable[..., Application]

PINGONE = (Path(__file__).parent / "templates" / "pingone.yaml").read_text()
WSO2 = (Path(__file__).parent / "templates" / "wso2.yaml").read_text()
PLAIN = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: true
      Auth:
        DefaultAuthorizer: A
        Authorizers:
          A: AUTHORIZER
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      InlineCode: x
      Events:
        E: {Type: HttpApi, Properties: {ApiId: !Ref Api}}
  G: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x}}
"""
JWT = "{IdentitySource: $request.header.Authorization, JwtConfiguration: {issuer: ISSUER, audience: [a]}}"
FUNCTION = (
    "{FunctionArn: !GetAtt G.Arn, AuthorizerPayloadFormatVersion: '2.0', EnableFunctionDefaultPermissions: PERMITTED,"
    " EnableSimpleResponses: SIMPLE, Identity: {Headers: [Authorization], Context: [CONTEXT], ReauthorizeEvery: TTL}}"
)


def of(application: Application, name: str) -> list[Trap]:
    return [trap for trap in traps(application) if trap.name == name]


def plain(authorizer: str, **values: str) -> str:
    for name, value in values.items():
        authorizer = authorizer.replace(name.upper(), value)
    return PLAIN.replace("AUTHORIZER", authorizer)


def test_the_default_authorizer_on_the_preflight_is_a_trap(write: Callable[..., Path]) -> None:
    parameters = {"PingOneIssuer": "https://i.example"}
    found = of(load(write(PINGONE), parameters=parameters), "authorized-preflight")
    assert len(found) == 2
    (trap,) = (trap for trap in found if "OPTIONS /user" in trap.message)
    assert "AddDefaultAuthorizerToCorsPreflight: false" in trap.remedy
    assert trap.place.line > 0
    healed = PINGONE.replace(
        "DefaultAuthorizer: J", "AddDefaultAuthorizerToCorsPreflight: false\n        DefaultAuthorizer: J"
    )
    assert of(load(write(healed), parameters=parameters), "authorized-preflight") == []


def test_a_policy_that_is_kept_for_several_routes_is_a_trap(write: Callable[..., Path]) -> None:
    parameters = {"PingOneIssuer": "https://i.example"}
    (trap,) = of(load(write(PINGONE), parameters=parameters), "narrow-policy")
    assert "kept for 60 seconds" in trap.message
    assert "/prod/*/*" in trap.remedy
    healed = PINGONE.replace("ReauthorizeEvery: 60", "ReauthorizeEvery: 0")
    assert of(load(write(healed), parameters=parameters), "narrow-policy") == []


def test_a_rest_api_keeps_a_policy_when_nothing_is_said(write: Callable[..., Path]) -> None:
    text = PINGONE.replace("              ReauthorizeEvery: 60\n", "")
    (trap,) = of(load(write(text), parameters={"PingOneIssuer": "https://i.example"}), "narrow-policy")
    assert "kept for 300 seconds" in trap.message


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"simple": "true", "context": "", "ttl": "30"}, "kept-decision"),
        ({"simple": "false", "context": "", "ttl": "30"}, "narrow-policy"),
        ({"simple": "true", "context": "routeKey", "ttl": "30"}, None),
        ({"simple": "true", "context": "", "ttl": "0"}, None),
    ],
)
def test_a_decision_that_is_kept_for_every_route_is_a_trap(
    loads: Loads, values: dict[str, str], name: str | None
) -> None:
    application = loads(plain(FUNCTION, permitted="true", **values))
    found = [trap.name for trap in traps(application) if trap.name in {"kept-decision", "narrow-policy"}]
    assert found == ([name] if name is not None else [])


@pytest.mark.parametrize("permitted", ["false", "true"])
def test_an_authorizer_that_may_not_invoke_its_function_is_a_trap(loads: Loads, permitted: str) -> None:
    application = loads(plain(FUNCTION, permitted=permitted, simple="true", context="", ttl="0"))
    found = of(application, "missing-permission")
    assert bool(found) == (permitted == "false")
    assert all("EnableFunctionDefaultPermissions: true" in trap.remedy for trap in found)


START = "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/"


@pytest.mark.parametrize(
    ("arn", "able"),
    [
        (f"{START}*/*/pets/*", True),
        (f"{START}$default/GET/pets/{{id}}", True),
        (f"{START}*", True),
        (f"{START}*/POST/pets/*", False),
        (f"{START}*/*/cats/*", False),
        ("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:other/*", False),
    ],
)
def test_a_route_that_may_not_invoke_its_function_is_a_trap(loads: Loads, arn: str, able: bool) -> None:
    text = """
    Resources:
      Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
      Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}
      I:
        Type: AWS::ApiGatewayV2::Integration
        Properties:
          {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn, PayloadFormatVersion: "2.0"}
      R:
        Type: AWS::ApiGatewayV2::Route
        Properties: {ApiId: !Ref Api, RouteKey: "GET /pets/{id}", Target: !Sub "integrations/${I}"}
      F: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Code: {ZipFile: x}}}
      P:
        Type: AWS::Lambda::Permission
        Properties: {Action: ACTION, Principal: apigateway.amazonaws.com, FunctionName: !Ref F, SourceArn: !Sub "ARN"}
    """
    application = loads(text.replace("ACTION", "lambda:InvokeFunction").replace("ARN", arn))
    assert bool(of(application, "missing-permission")) == (not able)


PROXY = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: v1}}
  Pet:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: "{id}"}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Pet
      HttpMethod: GET
      AuthorizationType: NONE
      RequestParameters: {method.request.path.id: true}
      Integration:
        Type: HTTP_PROXY
        IntegrationHttpMethod: GET
        Uri: https://example.com/{id}
        RequestParameters: {integration.request.MAPPED: method.request.path.id}
"""
ROUTED = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}
  To:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      {ApiId: !Ref Api, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://example.com/{id}"}
  Get:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: "GET /{NAME}", Target: !Sub "integrations/${To}"}
"""


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (PROXY.replace("MAPPED", "path.id"), None),
        (PROXY.replace("MAPPED", "header.id"), "Map integration.request.path.id: method.request.path.id"),
        (ROUTED.replace("NAME", "id"), None),
        (ROUTED.replace("NAME", "id+"), None),
        (ROUTED.replace("NAME", "name"), "Name it in the path of the route, as {id}."),
    ],
)
def test_a_parameter_of_a_url_that_nothing_gives_is_a_trap(loads: Loads, text: str, remedy: str | None) -> None:
    found = of(loads(text), "unmapped-parameter")
    assert len(found) == (remedy is not None)
    assert all(remedy in trap.remedy and "answers 500" in trap.message for trap in found if remedy)


def test_a_default_route_with_a_jwt_authorizer_takes_the_preflight(loads: Loads) -> None:
    text = plain(JWT, issuer="https://i.example")
    (trap,) = of(loads(text), "preflight-to-default-route")
    assert trap.remedy == "Add a route OPTIONS /{proxy+} without authorizer."


def test_an_import_that_ignores_warnings_is_a_trap(write: Callable[..., Path]) -> None:
    assert of(load(write(WSO2), parameters={"ClientId": "a"}), "ignored-warnings") == []
    careless = WSO2.replace("FailOnWarnings: true", "FailOnWarnings: false")
    (trap,) = of(load(write(careless), parameters={"ClientId": "a"}), "ignored-warnings")
    assert trap.remedy == "Set FailOnWarnings: true at the API."


@pytest.mark.parametrize(
    ("issuer", "words"),
    [
        ("https://i.example", None),
        ("http://127.0.0.1:9000", None),
        ("'http://[::1]:9000'", None),
        ("http://localhost", None),
        ("http://127.0.0.1.example", "can replace its keys"),
        ("http://i.example", "can replace its keys"),
    ],
)
def test_an_issuer_by_http_is_a_trap_unless_it_is_on_this_machine(loads: Loads, issuer: str, words: str | None) -> None:
    found = of(loads(plain(JWT, issuer=issuer)), "plain-http-issuer")
    assert [words in trap.message for trap in found if words] == ([True] if words else [])
    assert bool(found) == (words is not None)


def test_an_api_key_on_the_preflight_is_a_trap(write: Callable[..., Path]) -> None:
    text = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: prod, Cors: "'*'", Auth: {ApiKeyRequired: true}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      InlineCode: x
      Events:
        E: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /user, Method: get}}
"""
    (trap,) = of(load(write(text)), "preflight-with-api-key")
    assert "OPTIONS /user" in trap.message
    assert trap.remedy == "Set Auth.AddApiKeyRequiredToCorsPreflight: false at the API."
    healed = text.replace("ApiKeyRequired: true", "ApiKeyRequired: true, AddApiKeyRequiredToCorsPreflight: false")
    assert of(load(write(healed)), "preflight-with-api-key") == []
