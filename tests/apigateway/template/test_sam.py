"""SAM applications like those that people deploy: a REST API with a Lambda authorizer, an HTTP API with JWTs."""

from pathlib import Path

import pytest

from gatepost.apigateway.model.api import Api, Application, Cors, Route
from gatepost.apigateway.model.authorizer import JwtAuthorizer, LambdaAuthorizer
from gatepost.apigateway.model.function import Permission
from gatepost.apigateway.model.integration import LambdaProxy, Mock
from gatepost.apigateway.model.place import TemplateError
from gatepost.apigateway.template import load

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture
def pingone(tmp_path: Path) -> Application:
    (tmp_path / "src").mkdir()
    path = tmp_path / "template.yaml"
    path.write_bytes((TEMPLATES / "pingone.yaml").read_bytes())
    return load(path, parameters={"PingOneIssuer": "https://auth.pingone.eu/env/as"}, region="eu-west-1")


@pytest.fixture
def wso2(tmp_path: Path) -> Application:
    (tmp_path / "src").mkdir()
    path = tmp_path / "template.yaml"
    path.write_bytes((TEMPLATES / "wso2.yaml").read_bytes())
    return load(path, parameters={"ClientId": "abc"})


def route(api: Api, key: str) -> Route:
    return next(each for each in api.routes if each.key == key)


def test_a_rest_api_is_served_as_its_named_stage(pingone: Application) -> None:
    (api,) = pingone.apis
    assert (api.logical_id, api.kind, api.stage.name, api.region) == ("UserApi", "REST", "prod", "eu-west-1")
    assert {each.key for each in api.routes} == {"OPTIONS /user", "GET /user", "OPTIONS /health", "GET /health"}
    assert (api.place.line, api.stage.place.line) == (19, 19)
    assert len(api.api_id) == 10
    assert api.api_id == api.api_id.lower()


def test_a_token_authorizer_is_read_whole(pingone: Application) -> None:
    (api,) = pingone.apis
    authorizer = api.authorizers["JwtAuthorizer"]
    assert isinstance(authorizer, LambdaAuthorizer)
    assert authorizer.function == "AuthorizerFunction"
    assert (authorizer.kind, authorizer.payload, authorizer.ttl) == ("TOKEN", "1.0", 60)
    assert authorizer.identity_sources == ("method.request.header.Authorization",)
    assert authorizer.validation == "^Bearer [-0-9a-zA-Z._]*$"
    assert str(authorizer.place).endswith(
        "template.yaml:30: UserApi.Properties.Body.securityDefinitions.JwtAuthorizer.x-amazon-apigateway-authorizer"
    )


def test_the_default_authorizer_guards_routes_and_the_preflight_as_on_aws(pingone: Application) -> None:
    (api,) = pingone.apis
    assert route(api, "GET /user").authorizer == "JwtAuthorizer"
    assert route(api, "OPTIONS /user").authorizer == "JwtAuthorizer"
    assert route(api, "GET /health").authorizer is None


def test_a_route_stands_where_its_event_does(pingone: Application) -> None:
    (api,) = pingone.apis
    place = route(api, "GET /user").place
    assert (place.line, place.resource, place.member) == (52, "UserFunction", "Properties.Events.GetUser")


def test_cors_of_a_rest_api_is_a_mock(pingone: Application) -> None:
    mock = route(pingone.apis[0], "OPTIONS /user").integration
    assert isinstance(mock, Mock)
    (response,) = mock.responses
    assert (response.status, response.selection) == (200, None)
    assert response.parameters["method.response.header.Access-Control-Allow-Methods"] == "'GET,OPTIONS'"


def test_gateway_responses_are_read(pingone: Application) -> None:
    response = pingone.apis[0].gateway_responses["UNAUTHORIZED"]
    assert response.status == 401
    assert response.parameters == {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}


def test_globals_reach_the_functions(pingone: Application, tmp_path: Path) -> None:
    function = pingone.functions["UserFunction"]
    assert (function.handler, function.runtime, function.timeout) == ("user_info.handler", "python3.12", 10)
    assert function.memory == 256
    assert function.code == tmp_path / "src"
    assert function.environment == {"ISSUER": "https://auth.pingone.eu/env/as"}
    assert function.arn == "arn:aws:lambda:eu-west-1:123456789012:function:UserFunction"


def test_permissions_name_the_apis_arn(pingone: Application) -> None:
    (api,) = pingone.apis
    assert pingone.functions["AuthorizerFunction"].permissions == (
        Permission("apigateway.amazonaws.com", f"{api.arn}/authorizers/*"),
    )
    assert f"{api.arn}/*/GET/user" in {each.source_arn for each in pingone.functions["UserFunction"].permissions}


def test_an_http_api_has_the_default_stage_and_its_cors(wso2: Application) -> None:
    (api,) = wso2.apis
    assert (api.kind, api.stage.name, api.ignores_warnings) == ("HTTP", "$default", False)
    assert api.cors == Cors(("https://app.example.com",), ("GET",), ("authorization",), (), 300, credentials=False)


def test_a_jwt_authorizer_takes_its_parameters(wso2: Application) -> None:
    authorizer = wso2.apis[0].authorizers["Wso2"]
    assert isinstance(authorizer, JwtAuthorizer)
    assert (authorizer.issuer, authorizer.audience) == ("https://localhost:9443/oauth2/token", ("abc",))
    assert authorizer.identity_source == "$request.header.Authorization"
    assert not authorizer.cognito


def test_routes_of_an_http_api_have_their_own_scopes(wso2: Application) -> None:
    (api,) = wso2.apis
    assert {each.key: (each.authorizer, each.scopes) for each in api.routes} == {
        "GET /orders": ("Wso2", ("orders",)),
        "ANY /orders/{proxy+}": ("Wso2", ("orders", "admin")),
        "$default": (None, ()),
    }
    integration = api.routes[0].integration
    assert isinstance(integration, LambdaProxy)
    assert (integration.function, integration.payload, integration.timeout) == ("OrdersFunction", "2.0", 30)


def test_a_template_can_be_json(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    path = tmp_path / "template.json"
    path.write_text(
        """{
  "Transform": "AWS::Serverless-2016-10-31",
  "Resources": {
    "F": {
      "Type": "AWS::Serverless::Function",
      "Properties": {
        "Handler": "a.b", "Runtime": "python3.12", "CodeUri": "src",
        "Events": {
          "E": {"Type": "HttpApi", "Properties": {"Path": "/", "Method": "GET"}}
        }
      }
    }
  }
}"""
    )
    (api,) = load(path).apis
    assert api.logical_id == "ServerlessHttpApi"
    assert api.routes[0].place.line == 9
    assert api.place.line == 9


def test_a_stage_variable_can_stand_in_a_uri(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(
        """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageName: v1
      StageVariables: {host: example.com}
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /x:
            get:
              x-amazon-apigateway-integration:
                type: http_proxy
                httpMethod: GET
                uri: https://${stageVariables.host}/x
                payloadFormatVersion: "1.0"
"""
    )
    integration = load(path).apis[0].routes[0].integration
    assert not isinstance(integration, LambdaProxy | Mock)
    assert integration.url == "https://example.com/x"


@pytest.mark.parametrize(
    ("resource", "complaint"),
    [
        (
            "{Type: AWS::Serverless::Function, Properties: {Handler: a.b, CodeUri: src, Events: {E: {Type: Nothing}}}}",
            "Resource with id [Broken] is invalid.",
        ),
        ("{Type: AWS::Serverless::Api, Properties: {}}", "Missing required property 'StageName'"),
        ("{Type: AWS::Serverless::Application, Properties: {Location: ./x}}", "Nested applications are not supported."),
    ],
    ids=["an unknown event", "an API without stage", "a nested application"],
)
def test_the_translators_objections_name_the_resource_and_its_line(
    tmp_path: Path, resource: str, complaint: str
) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(f"Transform: AWS::Serverless-2016-10-31\nResources:\n  Broken: {resource}\n")
    with pytest.raises(TemplateError) as caught:
        load(path)
    problem = caught.value.problems[0]
    assert (problem.place.line, problem.place.resource) == (3, "Broken")
    assert complaint in problem.message
