"""Functions: their code, layers, environment and what keeps them from running."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gatepost.apigateway.model.api import Application
from gatepost.apigateway.model.function import Permission
from gatepost.apigateway.model.place import TemplateError
from gatepost.apigateway.template import load

Loads = Callable[..., Application]

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      CodeUri: src/
      PROPERTIES
      Events: EVENTS
"""
EVENTS = "{Get: {Type: HttpApi, Properties: {Path: /, Method: GET}}}"


def text(properties: str = "Timeout: 5", events: str = EVENTS) -> str:
    return TEMPLATE.replace("PROPERTIES", properties).replace("EVENTS", events).lstrip("\n")


@pytest.mark.parametrize("kind", ["AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"])
def test_layers_are_folders_in_order(write: Callable[..., Path], tmp_path: Path, kind: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    content = "ContentUri" if "Serverless" in kind else "Content"
    layers = "".join(
        f"  {name}: {{Type: {kind}, Properties: {{{content}: {name.lower()}}}}}\n" for name in ("One", "Two")
    )
    path = write(text("Layers: [!Ref Two, !Ref One]") + layers)
    assert load(path).functions["F"].layers == (tmp_path / "two", tmp_path / "one")


def test_a_plain_template_may_name_a_folder_or_hold_the_code(loads: Loads, tmp_path: Path) -> None:
    functions = loads(
        """
        Resources:
          Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Target: "https://a", ProtocolType: HTTP}}
          A: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.11, Code: ./src}}
          B: {Type: AWS::Lambda::Function, Properties: {Handler: index.b, Runtime: nodejs22.x, Code: {ZipFile: "1"}}}
        """
    ).functions
    assert (functions["A"].code, functions["A"].inline_code) == (tmp_path / "src", None)
    assert (functions["B"].code, functions["B"].inline_code) == (None, "1")


def test_every_permission_of_a_function_is_found(loads: Loads) -> None:
    permissions = "".join(
        f"  P{n}:\n    Type: AWS::Lambda::Permission\n    Properties:\n"
        f"      {{Action: {action}, Principal: p{n}, FunctionName: {name}}}\n"
        for n, (name, action) in enumerate(
            [
                ("!Ref F", "lambda:InvokeFunction"),
                ("!GetAtt F.Arn", "lambda:*"),
                ("F", "lambda:InvokeFunction"),
                ("!Ref F", "lambda:InvokeFunctionUrl"),
                ("Other", "lambda:InvokeFunction"),
            ]
        )
    )
    found = loads(text() + permissions).functions["F"].permissions
    assert {permission for permission in found if permission.source_arn is None} == {
        Permission("p0"),
        Permission("p1"),
        Permission("p2"),
    }


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("CodeUri: src/", "CodeUri: gone/", "F.Properties.Code: gone is not there."),
        ("CodeUri: src/", "CodeUri: s3://bucket/key", "F.Properties.Code: The code is not on this machine."),
        ("CodeUri: src/", "CodeUri: template.yaml", "F.Properties.Code: template.yaml is not a folder: unpack it."),
        ("Runtime: python3.12", "Runtime: java21", "F.Properties.Runtime: java21 is not supported."),
        ("Timeout: 5", "Timeout: soon", "F.Properties.Timeout: Timeout has to be a whole number."),
        ("Timeout: 5", "Layers: ['arn:aws:lambda:us-east-1:1:layer:x:1']", "The layer is not in this template."),
    ],
)
def test_a_function_that_cannot_run_stops_when_a_route_needs_it(
    complaints: Callable[..., list[str]], loads: Loads, old: str, new: str, complaint: str
) -> None:
    assert [each for each in complaints(text().replace(old, new)) if complaint in each]
    other = "  Api:\n    Type: AWS::ApiGatewayV2::Api\n    Properties: {Target: 'https://a', ProtocolType: HTTP}\n"
    application = loads(text(events="{}").replace(old, new) + other)
    assert application.functions == {}
    assert [notice for notice in application.notices if complaint in notice]


def test_a_container_image_stops(complaints: Callable[..., list[str]]) -> None:
    image = "PackageType: Image\n      ImageUri: 1.dkr.ecr.us-east-1.amazonaws.com/x:y"
    template = text(image)
    for line in ("Handler: a.b", "Runtime: python3.12", "CodeUri: src/"):
        template = template.replace(f"      {line}\n", "")
    assert any("A function from a container image needs a container engine" in each for each in complaints(template))


def test_what_is_made_up_in_an_environment_is_told(loads: Loads) -> None:
    table = "  Table: {Type: AWS::DynamoDB::Table}\n"
    application = loads(text("Environment: {Variables: {T: !Ref Table, A: !GetAtt Table.Arn}}") + table)
    assert application.functions["F"].environment["T"] == "Table"
    assert [notice.split(": ", 2)[2] for notice in application.notices] == [
        "Table is Table here, which is made up.",
        "Table.Arn is arn:aws:dynamodb:us-east-1:123456789012:table/Table here, which is made up.",
    ]


@pytest.mark.parametrize(
    ("value", "reference"),
    [
        ("'{{resolve:ssm:/my/name:1}}'", "{{resolve:ssm:…}}"),
        ("'{{resolve:ssm-secure:name}}'", "{{resolve:ssm-secure:…}}"),
        (
            "!Sub 'https://{{resolve:secretsmanager:${AWS::StackName}:SecretString:key}}@a'",
            "{{resolve:secretsmanager:…}}",
        ),
        ("'{{name}}'", None),
    ],
)
def test_a_dynamic_reference_in_an_environment_is_told(loads: Loads, value: str, reference: str | None) -> None:
    application = loads(text(f"Environment: {{Variables: {{SECRET: {value}}}}}"))
    told = [notice for notice in application.notices if "dynamic reference" in notice]
    assert len(told) == (reference is not None)
    if reference is not None:
        assert f":9: F.Properties.Environment.Variables.SECRET: {reference} is a dynamic reference." in told[0]
    assert application.functions["F"].environment["SECRET"].count("resolve:") == (reference is not None)


@pytest.mark.parametrize("runtime", ["provided.al2023", "provided.al2", "python3.13", "nodejs22.x"])
def test_a_runtime_that_can_be_run_is_taken(loads: Loads, runtime: str) -> None:
    assert loads(text().replace("python3.12", runtime)).functions["F"].runtime == runtime


@pytest.mark.parametrize("runtime", ["provided", "java21", "dotnet8", "python2.7", "provided.al3"])
def test_a_runtime_that_cannot_be_run_stops(complaints: Callable[..., list[str]], runtime: str) -> None:
    (found,) = complaints(text().replace("python3.12", runtime))
    assert f"{runtime} is not supported. Use python3.x, nodejsNN.x or provided.al2023." in found


def test_a_template_without_an_api_may_be_read_for_its_functions(write: Callable[..., Path]) -> None:
    path = write(text(events="{}"))
    assert set(load(path, needs_api=False).functions) == {"F"}
    with pytest.raises(TemplateError, match="nothing to serve"):
        load(path)


def test_an_alias_leads_to_its_function(loads: Loads) -> None:
    (api,) = loads(text("AutoPublishAlias: live")).apis
    assert api.routes[0].integration.function == "F"  # type: ignore[union-attr]
