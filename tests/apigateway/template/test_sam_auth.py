"""Members of `Auth` that SAM passes over: on AWS nothing would enforce them, so that they stop the start."""

from collections.abc import Callable

import pytest

Complaints = Callable[..., list[str]]

JWT = "JwtConfiguration: {issuer: 'https://i.example', audience: [a]}, IdentitySource: $request.header.Authorization"
SAM = """
Transform: AWS::Serverless-2016-10-31
GLOBALS
Resources:
  Api:
    Type: AWS::Serverless::KIND
    Properties:
      STAGE
      Auth:
        Authorizers:
          Staff: {AUTHORIZER}
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: a.b
      Runtime: python3.12
      Events:
        Get:
          Type: KIND
          Properties:
            ID: !Ref Api
            Path: /x
            Method: get
            Auth: {EVENT}
"""


def sam(kind: str = "HttpApi", authorizer: str = JWT, event: str = "{Authorizer: Staff}", shared: str = "") -> str:
    rest = kind == "Api"
    text = SAM.replace("KIND", kind).replace("{AUTHORIZER}", f"{{{authorizer}}}").replace("{EVENT}", event)
    text = text.replace("ID:", "RestApiId:" if rest else "ApiId:").replace("GLOBALS", shared or "Description: x")
    return text.replace("STAGE", "StageName: v1" if rest else "StageName: $default").replace("\n", "", 1)


LAMBDA = "FunctionArn: !GetAtt F.Arn"


@pytest.mark.parametrize("text", [sam(), sam("Api", LAMBDA), sam("Api", "UserPoolArn: x, AuthorizationScopes: [a]")])
def test_what_sam_knows_passes(complaints: Complaints, text: str) -> None:
    assert not [each for each in complaints(text) if "SAM knows no" in each]


@pytest.mark.parametrize(
    ("text", "place", "name", "remedy"),
    [
        (
            sam("Api", LAMBDA, "{Authoriser: Staff}"),
            "24: F.Properties.Events.Get.Properties.Auth.Authoriser",
            "Authoriser",
            "Write Authorizer.",
        ),
        (
            sam(event="{Authorizer: Staff, AuthorizationScope: [a]}"),
            "24: F.Properties.Events.Get.Properties.Auth.AuthorizationScope",
            "AuthorizationScope",
            "Write AuthorizationScopes.",
        ),
        (
            sam(authorizer=f"{JWT}, Colour: red"),
            "10: Api.Properties.Auth.Authorizers.Staff.Colour",
            "Colour",
            "Remove it.",
        ),
        (
            sam("Api", f"{LAMBDA}, Identity: {{ValidationExpresion: x}}"),
            "10: Api.Properties.Auth.Authorizers.Staff.Identity.ValidationExpresion",
            "ValidationExpresion",
            "Write ValidationExpression.",
        ),
        (
            sam(shared=f"Globals: {{HttpApi: {{Auth: {{Authorizers: {{All: {{{JWT}, Scopes: [a]}}}}}}}}}}"),
            "2: Globals.HttpApi.Auth.Authorizers.All.Scopes",
            "Scopes",
            "Remove it.",
        ),
    ],
)
def test_what_sam_passes_over_stops(complaints: Complaints, text: str, place: str, name: str, remedy: str) -> None:
    wanted = (
        f"template.yaml:{place}: SAM knows no {name} here and would pass over it, so AWS would not enforce it. {remedy}"
    )
    assert wanted in complaints(text)


def test_a_function_without_code_is_told_what_is_missing(complaints: Complaints) -> None:
    found = complaints(sam().replace("      CodeUri: src\n", ""))
    assert found == ["template.yaml:11: F: The function has no code: add CodeUri."]
