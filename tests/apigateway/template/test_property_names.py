"""Misspelled properties, and names that stand for two things: CloudFormation refuses them, and so does the gateway."""

import json
from collections.abc import Callable

import pytest

from gatepost.apigateway.template.property_names import _NAMES

Complaints = Callable[..., list[str]]

HTTP = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {API}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}
  Target:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Api, IntegrationType: HTTP_PROXY, IntegrationUri: 'https://a', PayloadFormatVersion: '1.0'}
  Jwt:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Api
      Name: Staff
      AuthorizerType: JWT
      IdentitySource: [$request.header.Authorization]
      JwtConfiguration: {Issuer: 'https://i.example', Audience: [a]}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: GET /x, Target: !Sub 'integrations/${Target}', ROUTE}
MORE
"""
JWT_ROUTE = "AuthorizationType: JWT, AuthorizerId: !Ref Jwt"


def http(route: str = JWT_ROUTE, api: str = "{Name: a, ProtocolType: HTTP}", more: str = "") -> str:
    return HTTP.replace("ROUTE", route).replace("{API}", api).replace("MORE", more)


REST = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {API}}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: v1}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      METHOD
      Integration: {Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: 'https://example.com'}
"""


def rest(method: str = "HttpMethod: GET", api: str = "{Name: a}") -> str:
    return REST.replace("METHOD", method).replace("{API}", api)


@pytest.mark.parametrize("text", [http(), rest()], ids=["HTTP", "REST"])
def test_the_templates_themselves_are_served(complaints: Complaints, text: str) -> None:
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            http("AuthorizationTyp: JWT"),
            (
                "17: Route.Properties.AuthorizationTyp: AWS::ApiGatewayV2::Route has no property AuthorizationTyp, so"
                " CloudFormation refuses it. Write AuthorizationType."
            ),
        ),
        (
            http("Colour: red"),
            (
                "17: Route.Properties.Colour: AWS::ApiGatewayV2::Route has no property Colour, so CloudFormation"
                " refuses it. Remove it."
            ),
        ),
        (
            rest("HttpMethod: GET\n      ApiKeyRequred: true"),
            (
                "10: Get.Properties.ApiKeyRequred: AWS::ApiGateway::Method has no property ApiKeyRequred, so"
                " CloudFormation refuses it. Write ApiKeyRequired."
            ),
        ),
        (
            rest("HttpMethod: FETCH"),
            (
                "9: Get.Properties.HttpMethod: FETCH is no method of an API. Use ANY, DELETE, GET, HEAD, OPTIONS,"
                " PATCH, POST, PUT."
            ),
        ),
        (
            rest(api="{Name: a, CloneFrom: abc}"),
            "2: Api.Properties.CloneFrom: The API to clone is on AWS alone. Write its document here.",
        ),
        (
            rest(api="{Name: a, Parameters: {basepath: prepend}}"),
            (
                "2: Api.Properties.Parameters: The base path prepend would move the methods and is not supported."
                " Use ignore."
            ),
        ),
        (
            http(api="{Name: a, ProtocolType: HTTP, BasePath: split}"),
            "2: Api.Properties.BasePath: The base path split would move the routes and is not supported. Use ignore.",
        ),
    ],
)
def test_what_cloudformation_refuses_or_would_move_stops(complaints: Complaints, text: str, complaint: str) -> None:
    assert complaints(text.replace("\n", "", 1)) == [f"template.yaml:{complaint}"]


def test_two_authorizers_of_one_name_stop_since_a_route_could_get_the_other(complaints: Complaints) -> None:
    scheme = {
        "type": "oauth2",
        "x-amazon-apigateway-authorizer": {
            "type": "jwt",
            "identitySource": "$request.header.Authorization",
            "jwtConfiguration": {"issuer": "https://other.example", "audience": ["a"]},
        },
    }
    body = {"openapi": "3.0.1", "components": {"securitySchemes": {"Staff": scheme}}}
    (found,) = complaints(http(api=f"{{Body: {json.dumps(body)}}}"))
    assert found.endswith("Jwt.Properties: Another authorizer of the API is named Staff. Give each its own name.")


def test_two_resources_of_one_name_stop_as_well(complaints: Complaints) -> None:
    second = http().split("  Jwt:")[1].split("  Route:")[0]
    (found,) = complaints(http(more=f"  Jwt2:{second}"))
    assert "Jwt2.Properties: Another authorizer of the API is named Staff." in found


@pytest.mark.parametrize("kind", sorted(_NAMES))
def test_the_names_are_those_of_cloudformations_own_schema(kind: str) -> None:
    schemas = pytest.importorskip("cfnlint.schema").PROVIDER_SCHEMA_MANAGER
    schema = schemas.get_resource_schema("us-east-1", kind).schema
    read_only = {path.rpartition("/")[2] for path in schema.get("readOnlyProperties", ())}
    assert _NAMES[kind] == set(schema["properties"]) - read_only


def test_a_rest_api_takes_no_simple_responses(complaints: Complaints) -> None:
    function = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${F.Arn}/invocations"
    body = f"""{{openapi: 3.0.1, components: {{securitySchemes: {{T: {{type: apiKey, name: Authorization, in: header,
      x-amazon-apigateway-authorizer:
        {{type: token, enableSimpleResponses: true, authorizerUri: !Sub '{function}'}}}}}}}}}}"""
    code = "  F: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Code: {ZipFile: x}}}\n"
    (found,) = complaints(rest(api=f"{{Body: {body}}}") + code)
    assert found.endswith("A REST API takes policies alone. Simple responses belong to HTTP APIs.")
