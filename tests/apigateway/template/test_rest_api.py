"""REST APIs out of single resources, and what belongs to them."""

from collections.abc import Callable

import pytest

from gatepost.apigateway.model.api import Api, Application
from gatepost.apigateway.model.authorizer import JwtAuthorizer, LambdaAuthorizer
from gatepost.apigateway.model.integration import HttpProxy, LambdaProxy, Mock

Loads = Callable[..., Application]

TEMPLATE = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: pets, BinaryMediaTypes: [image/*], Policy: POLICY}}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Blue:
    Type: AWS::ApiGateway::Stage
    Properties:
      {RestApiId: !Ref Api, StageName: blue, Variables: {fn: F}, AccessLogSetting: {Format: $context.requestId}}
  Green: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: green, Variables: {fn: G}}}
  Pets:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: pets}
  Pet:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !Ref Pets, PathPart: "{id}"}
  Root:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: ANY
      AuthorizationType: AWS_IAM
      Integration:
        Type: HTTP_PROXY
        IntegrationHttpMethod: ANY
        Uri: https://example.com/{proxy}
        RequestParameters: {integration.request.path.proxy: method.request.path.proxy}
        TimeoutInMillis: 500
  GetPet:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Pet
      HttpMethod: GET
      OperationName: getPet
      AuthorizationType: CUSTOM
      AuthorizerId: !Ref Authorizer
      ApiKeyRequired: true
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub
          - arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn}/invocations
          - Fn: !Sub "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${!stageVariables.fn}"
  GetPets:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Pets
      HttpMethod: GET
      AuthorizationType: COGNITO_USER_POOLS
      AuthorizerId: !Ref Pool
      AuthorizationScopes: [read]
      Integration:
        Type: MOCK
        PassthroughBehavior: NEVER
        RequestTemplates: {application/json: '{"statusCode": 204}'}
        IntegrationResponses:
          - {StatusCode: 204}
          - {StatusCode: 404, SelectionPattern: "4\\\\d\\\\d", ResponseTemplates: {application/json: '{}'}}
  Authorizer:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Name: decide
      Type: REQUEST
      AuthorizerUri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"
      IdentitySource: method.request.header.Auth, context.httpMethod
      AuthorizerResultTtlInSeconds: 0
      AuthorizerCredentials: arn:aws:iam::1:role/r
  Pool:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Type: COGNITO_USER_POOLS
      IdentitySource: method.request.header.X-Token
      ProviderARNs: ["arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_abc"]
  Refused:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      RestApiId: !Ref Api
      ResponseType: ACCESS_DENIED
      StatusCode: "404"
      ResponseTemplates: {application/json: '{"m":$context.error.messageString}'}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true, Value: secret-of-twenty-letters}}
  Made: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true}}
  Inactive: {Type: AWS::ApiGateway::ApiKey, Properties: {Value: never}}
  Plan: {Type: AWS::ApiGateway::UsagePlan, Properties: {ApiStages: [{ApiId: !Ref Api, Stage: blue}]}}
  A: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, UsagePlanId: !Ref Plan, KeyType: API_KEY}}
  B: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Made, UsagePlanId: !Ref Plan, KeyType: API_KEY}}
  C: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Inactive, UsagePlanId: !Ref Plan, KeyType: API_KEY}}
  F: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Code: {ZipFile: x}}}
  G: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Code: {ZipFile: x}}}
"""
POLICY = (
    '{Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: execute-api:Invoke,'
    " Resource: [execute-api:/*/GET/pets, other]}]}"
)


@pytest.fixture
def application(loads: Loads) -> Application:
    return loads(TEMPLATE.replace("POLICY", POLICY))


@pytest.fixture
def blue(application: Application) -> Api:
    return application.apis[0]


def test_each_stage_is_an_api(application: Application) -> None:
    assert [(api.logical_id, api.name, api.stage.name) for api in application.apis] == [
        ("Api", "pets", "blue"),
        ("Api", "pets", "green"),
    ]
    assert application.apis[0].api_id == application.apis[1].api_id
    assert application.apis[0].stage.access_log == "$context.requestId"


def test_a_stage_variable_chooses_the_function(application: Application) -> None:
    for api, function in zip(application.apis, ("F", "G"), strict=True):
        integration = next(route.integration for route in api.routes if route.key == "GET /pets/{id}")
        assert isinstance(integration, LambdaProxy)
        assert (integration.function, integration.payload, integration.timeout) == (function, "1.0", 29)
        assert api.stage.variables == {"fn": function}


def test_paths_are_put_together_from_resources(blue: Api) -> None:
    assert [route.key for route in blue.routes] == ["ANY /", "GET /pets/{id}", "GET /pets"]
    assert len({route.resource_id for route in blue.routes}) == 3


def test_methods_say_who_may_use_them(blue: Api) -> None:
    root, pet, pets = blue.routes
    assert (root.authorizer, root.api_key_required) == ("AWS_IAM", False)
    assert (pet.authorizer, pet.api_key_required, pet.operation) == ("decide", True, "getPet")
    assert (pets.authorizer, pets.scopes) == ("Pool", ("read",))


def test_a_request_authorizer_is_read_whole(blue: Api) -> None:
    authorizer = blue.authorizers["decide"]
    assert isinstance(authorizer, LambdaAuthorizer)
    assert (authorizer.kind, authorizer.function, authorizer.ttl) == ("REQUEST", "F", 0)
    assert authorizer.identity_sources == ("method.request.header.Auth", "context.httpMethod")
    assert authorizer.credentials == "arn:aws:iam::1:role/r"


def test_a_cognito_authorizer_is_a_jwt_authorizer_of_its_issuer(blue: Api) -> None:
    authorizer = blue.authorizers["Pool"]
    assert isinstance(authorizer, JwtAuthorizer)
    assert authorizer.issuer == "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc"
    assert (authorizer.cognito, authorizer.audience) == (True, ())
    assert authorizer.identity_source == "$request.header.X-Token"


def test_an_http_proxy_and_a_mock_are_read_whole(blue: Api) -> None:
    root, _, pets = blue.routes
    proxy, mock = root.integration, pets.integration
    assert isinstance(proxy, HttpProxy)
    assert (proxy.url, proxy.method, proxy.timeout) == ("https://example.com/{proxy}", "ANY", 0.5)
    assert proxy.request_parameters == {"integration.request.path.proxy": "method.request.path.proxy"}
    assert isinstance(mock, Mock)
    assert mock.passthrough == "NEVER"
    assert [(each.status, each.selection) for each in mock.responses] == [(204, None), (404, r"4\d\d")]


def test_gateway_responses_and_media_types_are_read(blue: Api) -> None:
    assert blue.gateway_responses["ACCESS_DENIED"].status == 404
    assert blue.gateway_responses["ACCESS_DENIED"].templates == {
        "application/json": '{"m":$context.error.messageString}'
    }
    assert blue.binary_media_types == ("image/*",)


def test_the_keys_are_those_of_the_stages_usage_plans(application: Application) -> None:
    blue, green = application.apis
    assert "secret-of-twenty-letters" in blue.api_keys
    assert len(blue.api_keys) == 2
    assert green.api_keys == frozenset()
    assert "never" not in blue.api_keys
    assert [notice for notice in application.notices if "AWS chooses the value of this key" in notice]


def test_a_resource_policy_has_its_resources_in_full(blue: Api) -> None:
    assert blue.resource_policy is not None
    (statement,) = blue.resource_policy["Statement"]
    assert statement["Resource"] == [f"{blue.arn}/*/GET/pets", "other"]


def test_an_issuer_can_stand_in_for_a_pool_that_is_not_in_the_template(loads: Loads) -> None:
    metadata = "Metadata: {Gatepost: {Issuers: {eu-west-1_abc: 'http://127.0.0.1:9000'}}}\n"
    api = loads(metadata + TEMPLATE.replace("POLICY", POLICY).lstrip("\n")).apis[0]
    authorizer = api.authorizers["Pool"]
    assert isinstance(authorizer, JwtAuthorizer)
    assert authorizer.issuer == "http://127.0.0.1:9000"


def test_an_issuer_can_stand_in_for_a_pool_of_the_template(loads: Loads) -> None:
    pool = (
        "  Users:\n    Type: AWS::Cognito::UserPool\n"
        "    Metadata: {Gatepost: {Issuer: !Sub 'http://127.0.0.1:9000/${AWS::Region}'}}\n"
    )
    text = TEMPLATE.replace("POLICY", POLICY).replace(
        '["arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_abc"]', "[!GetAtt Users.Arn]"
    )
    authorizer = loads(text.lstrip("\n") + pool).apis[0].authorizers["Pool"]
    assert isinstance(authorizer, JwtAuthorizer)
    assert authorizer.issuer == "http://127.0.0.1:9000/us-east-1"


@pytest.mark.parametrize(
    ("authorizer", "complaint"),
    [
        ("{Type: TOKEN, AuthorizerUri: !GetAtt F.Arn}", "A TOKEN authorizer needs one header"),
        (
            "{Type: TOKEN, AuthorizerUri: !GetAtt F.Arn, IdentitySource: method.request.querystring.a}",
            "A TOKEN authorizer needs one header",
        ),
        ("{Type: REQUEST, AuthorizerUri: !GetAtt F.Arn}", "A REQUEST authorizer without identity source may not be"),
        (
            "{Type: REQUEST, AuthorizerUri: !GetAtt F.Arn, IdentitySource: method.request.path.id}",
            "The identity source method.request.path.id is not supported.",
        ),
        ("{Type: REQUEST, IdentitySource: method.request.header.A}", "The authorizer has no URI of a function."),
        (
            "{Type: REQUEST, AuthorizerUri: x, IdentitySource: method.request.header.A}",
            "This is no function of the template.",
        ),
        (
            (
                "{Type: TOKEN, AuthorizerUri: !GetAtt F.Arn, IdentitySource: method.request.header.A,"
                " AuthorizerResultTtlInSeconds: 3601}"
            ),
            "The TTL of an authorizer has to be from 0 to 3600 seconds.",
        ),
        (
            (
                "{Type: TOKEN, AuthorizerUri: !GetAtt F.Arn, IdentitySource: method.request.header.A,"
                " IdentityValidationExpression: '['}"
            ),
            "The validation expression is not a regular expression.",
        ),
        ("{Type: OTHER}", "The authorizer type OTHER is not supported."),
        ("{Type: COGNITO_USER_POOLS}", "A Cognito authorizer needs the ARN of one user pool"),
        ("{Type: COGNITO_USER_POOLS, ProviderARNs: [a, b]}", "A Cognito authorizer needs the ARN of one user pool"),
    ],
)
def test_an_authorizer_that_aws_would_refuse_stops(
    complaints: Callable[..., list[str]], authorizer: str, complaint: str
) -> None:
    text = TEMPLATE.replace("POLICY", POLICY).lstrip("\n")
    other = "{RestApiId: !Ref Api, " + authorizer[1:]
    found = complaints(text + f"  Other:\n    Type: AWS::ApiGateway::Authorizer\n    Properties: {other}\n")
    assert len(found) == 1
    assert "Other.Properties" in found[0]
    assert complaint in found[0]
