"""What is written into requests and responses: nothing that would be ignored is taken."""

from collections.abc import Callable

import pytest

from gatepost.apigateway.model.api import Application
from gatepost.apigateway.model.integration import HttpProxy, Mock

Complaints = Callable[..., list[str]]
Loads = Callable[..., Application]

HTTP = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}
  To:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: HTTP_PROXY
      IntegrationMethod: ANY
      IntegrationUri: https://example.com
      MAPPED
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: GET /, Target: !Sub "integrations/${To}"}
"""
REST = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: v1}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        MAPPED
"""
PROXY = "{Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: 'https://example.com', RequestParameters: {KEY: VALUE}}"
MOCK = "{Type: MOCK, IntegrationResponses: [{StatusCode: 200, RESPONSE}]}"


@pytest.mark.parametrize(
    "mapped",
    [
        "RequestParameters: {'append:header.x-user': $context.authorizer.claims.sub, 'overwrite:path': /a}",
        "RequestParameters: {'remove:querystring.secret': \"''\"}",
        "ResponseParameters: {'500': {ResponseParameters: [{Destination: overwrite:statuscode, Source: '503'}]}}",
    ],
)
def test_what_an_http_api_can_map_is_read(loads: Loads, mapped: str) -> None:
    (route,) = loads(HTTP.replace("MAPPED", mapped)).apis[0].routes
    assert isinstance(route.integration, HttpProxy)
    assert route.integration.request_parameters or route.integration.response_parameters["500"]


@pytest.mark.parametrize(
    ("mapped", "complaint"),
    [
        ("RequestParameters: {'add:header.x': a}", "The mapping 'add:header.x' is not of the form"),
        ("RequestParameters: {'overwrite:header.Host-X': $request.form.x}", "The value $request.form.x is not"),
        ("RequestParameters: {'overwrite:header.Authorization': x}", "The header 'Authorization' is reserved"),
        ("RequestParameters: {'append:path': /x}", "The mapping 'append:path' can only be overwrite:path."),
        (
            "ResponseParameters: {'200': {ResponseParameters: [{Destination: overwrite:cookie.x, Source: a}]}}",
            "The mapping 'overwrite:cookie.x' is not of the form",
        ),
        (
            "ResponseParameters: {'200': {ResponseParameters: [{Destination: overwrite:statuscode}]}}",
            "Source is missing: add it.",
        ),
    ],
)
def test_what_an_http_api_cannot_map_stops(complaints: Complaints, mapped: str, complaint: str) -> None:
    (found,) = complaints(HTTP.replace("MAPPED", mapped))
    place, _, message = found.partition(": ")[2].partition(": ")
    assert place.startswith("To.Properties.")
    assert message.startswith(complaint)


@pytest.mark.parametrize(
    "mapped",
    [
        "RequestParameters: {'overwrite:header.x': a}",
        "ResponseParameters: {'200': {ResponseParameters: [{Destination: overwrite:header.x, Source: a}]}}",
    ],
)
def test_what_would_be_mapped_for_a_function_stops(complaints: Complaints, mapped: str) -> None:
    text = HTTP.replace("MAPPED", mapped).replace("HTTP_PROXY", "AWS_PROXY\n      PayloadFormatVersion: '2.0'")
    text = text.replace("https://example.com", "!GetAtt F.Arn").replace("IntegrationMethod: ANY", "Description: a")
    function = (
        "  F: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Code: {ZipFile: x}}}\n"
    )
    (found,) = complaints(text + function)
    assert found.endswith("Parameter mapping for a function is not supported.")


@pytest.mark.parametrize(
    ("integration", "complaint"),
    [
        (PROXY.replace("KEY", "integration.request.header.X").replace("VALUE", "method.request.header.Y"), None),
        (PROXY.replace("KEY", "integration.request.path.x").replace("VALUE", "\"'a'\""), None),
        (
            PROXY.replace("KEY", "integration.request.header.X").replace("VALUE", "$request.header.Y"),
            "The value $request.header.Y is not supported.",
        ),
        (
            PROXY.replace("KEY", "integration.request.body.X").replace("VALUE", "context.stage"),
            "integration.request.body.X cannot be mapped.",
        ),
        (
            PROXY.replace("KEY", "integration.request.header.").replace("VALUE", "context.stage"),
            "integration.request.header. cannot be mapped.",
        ),
        (MOCK.replace("RESPONSE", "ResponseParameters: {method.response.header.X: \"'a'\"}"), None),
        (
            MOCK.replace("RESPONSE", "ResponseParameters: {method.response.header.X: unquoted}"),
            "The value unquoted is not supported.",
        ),
        (
            MOCK.replace("RESPONSE", "ResponseParameters: {header.X: \"'a'\"}"),
            "header.X cannot be mapped. Use method.response.header.NAME.",
        ),
        (MOCK.replace("RESPONSE", "SelectionPattern: '2..'"), None),
        (
            MOCK.replace("RESPONSE", "SelectionPattern: '2('"),
            "The selection pattern 2( is no regular expression: missing ), unterminated subpattern at position 1.",
        ),
    ],
)
def test_a_rest_api_maps_what_it_knows_and_stops_at_anything_else(
    complaints: Complaints, integration: str, complaint: str | None
) -> None:
    found = complaints(REST.replace("MAPPED", integration))
    assert len(found) == (complaint is not None)
    if complaint is not None:
        assert found[0].startswith("template.yaml:12: Get.Properties.Integration.")
        assert complaint in found[0]


def test_a_bad_pattern_in_an_openapi_document_stops_too(complaints: Complaints) -> None:
    text = """
    Resources:
      Api:
        Type: AWS::ApiGateway::RestApi
        Properties:
          Body:
            swagger: "2.0"
            info: {title: a}
            paths:
              /a:
                get:
                  x-amazon-apigateway-integration:
                    {type: mock, responses: {default: {statusCode: 200}, "[": {statusCode: 400}}}
      Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: v1}}
    """
    (found,) = complaints(text)
    assert "The selection pattern [ is no regular expression" in found


def test_a_selection_pattern_is_kept_as_it_is(loads: Loads) -> None:
    text = REST.replace("MAPPED", MOCK.replace("RESPONSE", "SelectionPattern: '2..'"))
    integration = loads(text).apis[0].routes[0].integration
    assert isinstance(integration, Mock)
    assert integration.responses[0].selection == "2.."


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ("gatewayresponse.header.X: \"'*'\"", None),
        ("gatewayresponse.header.X: context.authorizer.why", None),
        ("gatewayresponse.header.X: '*'", "The value * is not supported."),
        ("gatewayresponse.path.X: \"'a'\"", "gatewayresponse.path.X cannot be mapped."),
    ],
)
def test_a_gateway_response_sets_headers_to_what_is_known(
    complaints: Complaints, parameters: str, complaint: str | None
) -> None:
    response = (
        "  Denied:\n    Type: AWS::ApiGateway::GatewayResponse\n    Properties:\n"
        f"      {{RestApiId: !Ref Api, ResponseType: ACCESS_DENIED, ResponseParameters: {{{parameters}}}}}\n"
    )
    found = complaints(REST.replace("MAPPED", MOCK.replace("RESPONSE", "SelectionPattern: ''")) + response)
    assert len(found) == (complaint is not None)
    assert all(complaint in each for each in found if complaint)
