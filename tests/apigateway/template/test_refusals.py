"""What is not supported stops the start, with file, line, resource and property: never an open route."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gatepost.apigateway.model.place import TemplateError
from gatepost.apigateway.template import load

Complaints = Callable[..., list[str]]

# Each template is one that would be served but for the lines that the test puts in; the first line is line 1.
REST = """
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {API}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: v1}}
  Pets:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: pets}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Pets
      HttpMethod: GET
      METHOD
      Integration:
        INTEGRATION
"""
PROXY = '{Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: "https://example.com"}'


def rest(
    integration: str = PROXY, *, api: str = "{Name: a}", method: str = "AuthorizationType: NONE", more: str = ""
) -> str:
    text = REST.replace("{API}", api).replace("METHOD", method).replace("INTEGRATION", integration)
    return text.lstrip("\n") + more


def test_the_template_itself_is_served(complaints: Complaints) -> None:
    assert complaints(rest()) == []


@pytest.mark.parametrize(
    ("integration", "complaint"),
    [
        ("{Type: AWS, Uri: x}", "17: Get.Properties.Integration.Type: The integration type AWS is not supported."),
        ("{Type: HTTP, Uri: x}", "17: Get.Properties.Integration.Type: The integration type HTTP is not supported."),
        ("{Uri: x}", "16: Get.Properties.Integration: The integration type (none) is not supported."),
        (
            "{Type: HTTP_PROXY, Uri: 'https://a', IntegrationHttpMethod: GET, ConnectionType: VPC_LINK}",
            "17: Get.Properties.Integration.ConnectionType: The connection VPC_LINK leads into a private network",
        ),
        (
            "{Type: HTTP_PROXY, Uri: 'https://a', IntegrationHttpMethod: GET, ResponseTransferMode: STREAM}",
            "17: Get.Properties.Integration.ResponseTransferMode: Streamed responses are not supported.",
        ),
        (
            "{Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: ftp://a}",
            "17: Get.Properties.Integration.Uri: The URI of an HTTP proxy has to be a URL with http or https.",
        ),
        (
            "{Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: 'https://${stageVariables.x}'}",
            "17: Get.Properties.Integration.Uri: The stage has no variable x.",
        ),
        ("{Type: HTTP_PROXY, Uri: 'https://a'}", "16: Get.Properties.Integration: The integration has no HTTP method."),
        ("{Type: AWS_PROXY}", "16: Get.Properties.Integration: The integration has no URI."),
        (
            "{Type: AWS_PROXY, Uri: 'arn:aws:lambda:us-east-1:1:function:Other'}",
            "17: Get.Properties.Integration.Uri: This is no function of the template.",
        ),
        (
            "{Type: MOCK, TimeoutInMillis: 10}",
            "17: Get.Properties.Integration.TimeoutInMillis: The timeout has to be from 50 to 300000 milliseconds.",
        ),
        (
            "{Type: MOCK, RequestTemplates: {application/json: '#foreach($x in $y'}}",
            "17: Get.Properties.Integration.RequestTemplates.application/json: The template cannot be run:",
        ),
    ],
)
def test_an_integration_of_another_kind_stops(complaints: Complaints, integration: str, complaint: str) -> None:
    assert [each[: len("template.yaml:") + len(complaint)] for each in complaints(rest(integration))] == [
        f"template.yaml:{complaint}"
    ]


@pytest.mark.parametrize(
    ("method", "complaint"),
    [
        ("AuthorizationType: OAUTH", "15: Get.Properties.AuthorizationType: OAUTH is none of"),
        ("AuthorizationType: CUSTOM", "11: Get.Properties: AuthorizerId is missing: add it."),
        (
            "AuthorizationType: CUSTOM\n      AuthorizerId: abc",
            "16: Get.Properties.AuthorizerId: This is no authorizer of the API.",
        ),
        (
            "AuthorizationType: NONE\n      AuthorizationScopes: [a]",
            "11: Get.Properties: The authorization type NONE uses no authorizer and no scopes.",
        ),
        (
            "AuthorizationType: NONE\n      AuthorizerId: abc",
            "11: Get.Properties: The authorization type NONE uses no authorizer and no scopes.",
        ),
        (
            "AuthorizationType: NONE\n      RequestValidatorId: !Ref Validator",
            "16: Get.Properties.RequestValidatorId: Requests are not validated here",
        ),
    ],
)
def test_an_authorization_of_another_kind_stops(complaints: Complaints, method: str, complaint: str) -> None:
    validator = (
        "  Validator:\n    Type: AWS::ApiGateway::RequestValidator\n"
        "    Properties: {RestApiId: !Ref Api, ValidateRequestBody: true}\n"
    )
    (found,) = complaints(rest(method=method, more=validator))
    assert found.startswith(f"template.yaml:{complaint}")


@pytest.mark.parametrize(
    ("api", "complaint"),
    [
        (
            "{Name: a, EndpointConfiguration: {Types: [PRIVATE]}}",
            "4: Api.Properties.EndpointConfiguration: A private API is reached through a VPC alone",
        ),
        ("{Name: a, Policy: nothing}", "4: Api.Properties.Policy: The resource policy has to be a policy document"),
        (
            "{Name: a, BodyS3Location: {Bucket: b, Key: k}}",
            "4: Api.Properties.BodyS3Location: The document is not on this machine.",
        ),
        ("{Name: a, ApiKeySourceType: COOKIE}", "4: Api.Properties: The source of API keys COOKIE is neither"),
    ],
)
def test_an_api_of_another_kind_stops(complaints: Complaints, api: str, complaint: str) -> None:
    (found,) = complaints(rest(api=api))
    assert found.startswith(f"template.yaml:{complaint}")


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (
            (
                "  Stage:\n    Type: AWS::ApiGateway::Stage\n"
                "    Properties: {RestApiId: !Ref Api, StageName: b, CanarySetting: {PercentTraffic: 5}}\n"
            ),
            "20: Stage.Properties.CanarySetting: A canary",
        ),
        (
            "  Socket:\n    Type: AWS::ApiGatewayV2::Api\n    Properties: {Name: a, ProtocolType: WEBSOCKET}\n",
            "20: Socket.Properties.ProtocolType: WebSocket APIs are not supported.",
        ),
        (
            (
                "  Domain:\n    Type: AWS::ApiGateway::DomainName\n"
                "    Properties: {DomainName: a.example, MutualTlsAuthentication: {TruststoreUri: s3://a/b}}\n"
            ),
            "20: Domain.Properties.MutualTlsAuthentication: Client certificates",
        ),
        ("  New: {Type: AWS::ApiGateway::RoutingRule}\n", "18: New: AWS::ApiGateway::RoutingRule is not supported."),
        (
            "  Overrides: {Type: AWS::ApiGatewayV2::ApiGatewayManagedOverrides}\n",
            "18: Overrides: AWS::ApiGatewayV2::ApiGatewayManagedOverrides is not supported.",
        ),
        ("  Off: {Type: AWS::S3::Bucket}\n", " False is no name for a resource"),
        ("  Nothing: 3\n", "18: Nothing: A resource has to be a mapping with a Type."),
    ],
)
def test_a_resource_that_changes_who_gets_in_stops(complaints: Complaints, more: str, complaint: str) -> None:
    (found,) = complaints(rest(more=more))
    assert found.startswith(f"template.yaml:{complaint}")


OPENAPI = """
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        openapi: 3.0.1
        TOP
        paths:
          /pets:
            get:
              OPERATION
              x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "https://example.com"}
        components:
          securitySchemes:
            Scheme: SCHEME
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}
"""
JWT = (
    "{type: oauth2, x-amazon-apigateway-authorizer: {type: jwt, identitySource: $request.header.Authorization,"
    " jwtConfiguration: {issuer: 'https://i.example', audience: [a]}}}"
)


def openapi(*, top: str = "info: {}", operation: str = "summary: x", scheme: str = JWT) -> str:
    text = OPENAPI.replace("TOP", top).replace("OPERATION", operation).replace("SCHEME", scheme)
    return text.lstrip("\n")


def jwt(
    source: str = "$request.header.Authorization", configuration: str = "{issuer: 'https://i', audience: [a]}"
) -> str:
    return (
        "{type: oauth2, x-amazon-apigateway-authorizer:"
        f" {{type: jwt, identitySource: {source}, jwtConfiguration: {configuration}}}}}"
    )


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"operation": "security: [{Nobody: []}]"}, "There is no security scheme Nobody."),
        ({"top": "security: [{Nobody: []}]"}, "There is no security scheme Nobody."),
        ({"operation": "security: [{Scheme: []}, {Scheme: []}]"}, "A route has one authorizer at most."),
        ({"operation": "security: [{Scheme: []}, {}]"}, "An empty requirement beside others would open the route."),
        (
            {"operation": "security: [{Scheme: []}]", "scheme": "{type: http, scheme: bearer}"},
            "The security scheme Scheme has no authorizer that is supported; AWS would leave it out.",
        ),
        (
            {"operation": "security: [{Scheme: [" + ", ".join("abcdefghijk") + "]}]"},
            "A route may name 10 scopes, and this one names 11.",
        ),
        ({"operation": "x-amazon-apigateway-auth: {type: OTHER}"}, "The type OTHER is not supported."),
        (
            {"operation": "security: [{Scheme: []}]\n              x-amazon-apigateway-auth: {type: NONE}"},
            "NONE contradicts the security requirement.",
        ),
        (
            {"operation": "security: [{Scheme: []}]\n              x-amazon-apigateway-auth: {type: AWS_IAM}"},
            "AWS_IAM contradicts the security requirement.",
        ),
        ({"operation": "security: {}"}, "Security is a list of requirements: [{NAME: []}], or [] for everybody."),
        ({"operation": "security: {Scheme: []}"}, "Security is a list of requirements"),
        ({"operation": "security: Scheme"}, "Security is a list of requirements"),
        ({"operation": "security: [Scheme]"}, "A mapping is expected here."),
        (
            {"operation": "Security: [{Scheme: []}]"},
            "OpenAPI knows no Security in an operation, so it would mean nothing. Write security.",
        ),
        ({"operation": "x-amazon-apigateway-new: 1"}, "The extension x-amazon-apigateway-new is not supported."),
        ({"top": "x-amazon-apigateway-new: 1"}, "The extension x-amazon-apigateway-new is not supported."),
        (
            {"top": "x-amazon-apigateway-endpoint-configuration: {vpcEndpointIds: [a]}"},
            "A private API is reached through a VPC alone and is not supported.",
        ),
        ({"operation": "x-amazon-apigateway-request-validator: v"}, "There is no request validator v."),
        (
            {
                "top": "x-amazon-apigateway-request-validators: {v: {validateRequestBody: true}}",
                "operation": "x-amazon-apigateway-request-validator: v",
            },
            "Requests are not validated here",
        ),
        (
            {"scheme": "{type: oauth2, x-amazon-apigateway-authorizer: {type: magic}}"},
            "The authorizer type magic is not supported.",
        ),
        ({"scheme": jwt(configuration="{audience: [a]}")}, "The issuer has to be a URL with https."),
        ({"scheme": jwt(configuration="{issuer: accounts.google.com, audience: [a]}")}, "The issuer has to be a URL"),
        ({"scheme": jwt(configuration="{issuer: 'https://i'}")}, "The audience is missing"),
        (
            {
                "scheme": jwt(
                    configuration="{issuer: 'https://i', audience: [" + ", ".join(f"a{n}" for n in range(51)) + "]}"
                )
            },
            "An authorizer may have 50 audiences, and this one has 51.",
        ),
        ({"scheme": jwt("$request.body.token")}, "A JWT authorizer needs one identity source"),
        ({"scheme": jwt("['$request.header.A', '$request.header.B']")}, "A JWT authorizer needs one identity source"),
        (
            {"scheme": "{x-amazon-apigateway-authorizer: {type: jwt, identitySource: $request.header.A}}"},
            "A JWT authorizer needs a JwtConfiguration with issuer and audience.",
        ),
        ({"top": "x-amazon-apigateway-cors: {allowOrigins: ['*'], allowCredentials: true}"}, "Credentials cannot be"),
    ],
)
def test_a_document_that_would_open_a_route_stops(
    complaints: Complaints, changes: dict[str, str], complaint: str
) -> None:
    found = complaints(openapi(**changes))
    assert [each for each in found if complaint in each]
    for each in found:
        line, _, place = each.removeprefix("template.yaml:").partition(": ")
        assert int(line) > 0
        assert place.startswith("Api.Properties.Body")


def test_an_operation_without_integration_stops(complaints: Complaints) -> None:
    text = openapi().replace("x-amazon-apigateway-integration:", "x-other:")
    assert complaints(text) == [
        (
            "template.yaml:10: Api.Properties.Body.paths./pets.get:"
            " The operation has no x-amazon-apigateway-integration, so nothing would answer."
        )
    ]


def test_a_method_in_capitals_stops_since_another_route_would_answer(complaints: Complaints) -> None:
    assert complaints(openapi().replace("get:", "GET:")) == [
        (
            "template.yaml:10: Api.Properties.Body.paths./pets.GET:"
            " OpenAPI knows no GET, so the operation would not be there. Write get."
        )
    ]


@pytest.mark.parametrize("path", ["pets", "/a{b}", "/{a+}/b", "/{a"])
def test_a_path_that_no_api_can_have_stops(complaints: Complaints, path: str) -> None:
    assert complaints(openapi().replace("/pets:", f'"{path}":'))


def test_every_problem_is_told_at_once(complaints: Complaints) -> None:
    found = complaints(rest("{Type: AWS}", api="{Name: a, EndpointConfiguration: {Types: [PRIVATE]}}"))
    assert [each.split(": ")[0] for each in found] == ["template.yaml:4", "template.yaml:17"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Resources: {}", "template.yaml: The template has no API with a stage, so there is nothing to serve."),
        ("- a", "template.yaml:1: The file has to hold a mapping."),
        ("a: [", "template.yaml:"),
        ("a: 1\na: 2", "template.yaml:1: Duplicate found 'a' (line 1)."),
        ('{\n"a": }', "template.yaml:2: Not JSON: Expecting value."),
        ("a: \0", "template.yaml:1: Template could not be parsed: unacceptable character"),
        ("a: &a {b: *a}", "template.yaml:1: Template could not be parsed: found unconstructable recursive node"),
        (
            "Transform: AWS::Serverless-2016-10-31\nGlobals: x\nResources: {A: {Type: AWS::Serverless::HttpApi}}",
            "template.yaml:2: 'Globals' section is invalid.",
        ),
        ("a: 1", "template.yaml:1: This is no template: it has no Resources."),
        ("Transform: Mine\nResources: {}", "template.yaml:1: The transform Mine runs on AWS alone"),
    ],
    ids=[
        "nothing to serve",
        "a list",
        "broken YAML",
        "a name twice",
        "broken JSON",
        "a control character",
        "an endless alias",
        "broken globals",
        "no resources",
        "another macro",
    ],
)
def test_a_file_that_is_no_template_stops(complaints: Complaints, text: str, complaint: str) -> None:
    assert complaints(text)[0].startswith(complaint)


def test_a_file_that_is_not_there_stops() -> None:
    with pytest.raises(TemplateError, match=r"nowhere\.yaml: The file cannot be read: No such file or directory"):
        load(Path("nowhere.yaml"))
