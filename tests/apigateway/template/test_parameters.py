"""Parameters: their types, their constraints and where their values come from."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gatepost.apigateway.model.place import TemplateError
from gatepost.apigateway.template import load, parse_overrides
from gatepost.apigateway.template.overrides import read_samconfig

Value = Callable[..., str]


def declared(parameter: str) -> str:
    return f"Parameters:\n  P: {parameter}\n"


def test_a_given_value_comes_before_the_default(value: Value) -> None:
    before = declared("{Type: String, Default: one}")
    assert value("!Ref P", before=before) == "one"
    assert value("!Ref P", {"P": "two"}, before=before) == "two"


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("Number", "12"),
        ("Number", "-1.5"),
        ("String", ""),
        ("AWS::SSM::Parameter::Value<String>", "x"),
        ("AWS::EC2::VPC::Id", "vpc-1"),
    ],
)
def test_a_value_of_the_type_is_taken(value: Value, kind: str, given: str) -> None:
    assert value("!Ref P", {"P": given}, before=declared(f'{{Type: "{kind}"}}')) == given


@pytest.mark.parametrize("kind", ["CommaDelimitedList", "List<Number>", "AWS::SSM::Parameter::Value<List<String>>"])
def test_a_list_is_split_at_commas(value: Value, kind: str) -> None:
    assert value("!Select [1, !Ref P]", {"P": "1, 2"}, before=declared(f'{{Type: "{kind}"}}')) == "2"


@pytest.mark.parametrize(
    ("parameter", "given", "complaint"),
    [
        ("{Type: String}", None, "The parameter P has no default. Give a value: --parameter-overrides P=..."),
        ("{Type: Integer}", "1", "Integer is not a parameter type."),
        ("{Type: Number}", "x", "The value of P is not a number."),
        ("{Type: List<Number>}", "1,x", "The value of P is not a number."),
        ("{Type: String, AllowedValues: [a, b]}", "c", "The value of P is none of a, b."),
        ("{Type: String, AllowedPattern: '[a-z]+'}", "abc1", "The value of P does not match [a-z]+."),
        (
            "{Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: small letters}",
            "1",
            "The value of P does not match [a-z]+ (small letters).",
        ),
        ("{Type: String, MinLength: 3}", "ab", "The value of P is shorter than 3."),
        ("{Type: String, MaxLength: 1}", "ab", "The value of P is longer than 1."),
        ("{Type: Number, MinValue: 3}", "2", "The value of P is less than 3."),
        ("{Type: Number, MaxValue: 3}", "4", "The value of P is more than 3."),
        (
            "{Type: AWS::SSM::Parameter::Value<String>, Default: /my/name}",
            None,
            "The value of P is in the Systems Manager of an AWS account. Give one: --parameter-overrides P=...",
        ),
    ],
)
def test_another_value_is_a_problem_that_does_not_tell_it(
    value: Value, parameter: str, given: str | None, complaint: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        value("!Ref P", {} if given is None else {"P": given}, before=declared(parameter))
    (problem,) = caught.value.problems
    assert (problem.message, problem.place.line) == (complaint, 2)


def test_a_value_for_no_parameter_is_a_problem(value: Value) -> None:
    with pytest.raises(TemplateError, match="There is no parameter Q, for which a value was given"):
        value("x", {"Q": "1"}, before=declared("{Type: String, Default: x}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("A=1", {"A": "1"}),
        ("A=1  B=2", {"A": "1", "B": "2"}),
        ("A= B=x=y", {"A": "", "B": "x=y"}),
        ('A="two words" B=3', {"A": "two words", "B": "3"}),
        (r'A="a \"quote\""', {"A": 'a "quote"'}),
        ("A='two words'", {"A": "two words"}),
        ("ParameterKey=A,ParameterValue=1 ParameterKey=B,ParameterValue='x y'", {"A": "1", "B": "x y"}),
        ("A=https://auth.pingone.eu/x/as B=1", {"A": "https://auth.pingone.eu/x/as", "B": "1"}),
    ],
)
def test_overrides_are_read_as_sam_reads_them(text: str, expected: dict[str, str]) -> None:
    assert parse_overrides(text) == expected


@pytest.mark.parametrize("text", ["A", "=1", "A-B=1", "A=1 B"])
def test_overrides_of_another_form_are_a_problem(text: str) -> None:
    with pytest.raises(TemplateError, match="is not of the form Name=value"):
        parse_overrides(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[default.deploy.parameters]\nparameter_overrides = "A=1 B=2"', {"A": "1", "B": "2"}),
        ('[default.deploy.parameters]\nparameter_overrides = ["A=1 2", "B=\\"x y\\""]', {"A": "1 2", "B": "x y"}),
        ('[default.deploy.parameters.parameter_overrides]\nA = "1"\nB = true', {"A": "1", "B": "true"}),
        ('[default.global.parameters]\nparameter_overrides = "A=1"', {"A": "1"}),
        (
            (
                '[default.global.parameters]\nparameter_overrides = "A=1 B=1"\n'
                '[default.deploy.parameters]\nparameter_overrides = "A=2"'
            ),
            {"A": "2", "B": "1"},
        ),
        ("version = 0.1", {}),
    ],
    ids=["text", "list", "table", "global", "deploy before global", "none"],
)
def test_samconfig_gives_values(tmp_path: Path, text: str, expected: dict[str, str]) -> None:
    path = tmp_path / "samconfig.toml"
    path.write_text(text)
    assert read_samconfig(path) == expected


@pytest.mark.parametrize(
    "text", ["[default", "[default.deploy.parameters]\nparameter_overrides = 3"], ids=["not TOML", "a number"]
)
def test_a_broken_samconfig_is_a_problem(tmp_path: Path, text: str) -> None:
    path = tmp_path / "samconfig.toml"
    path.write_text(text)
    with pytest.raises(TemplateError, match=r"samconfig\.toml: "):
        read_samconfig(path)


def test_a_parameter_of_another_template_in_samconfig_does_no_harm(write: Callable[..., Path]) -> None:
    template = write(
        """
        Parameters:
          Host: {Type: String}
        Resources:
          Api:
            Type: AWS::ApiGatewayV2::Api
            Properties: {Name: a, ProtocolType: HTTP, Target: !Sub "https://${Host}"}
        """
    )
    samconfig = write('[default.deploy.parameters]\nparameter_overrides = "Host=a.example Other=x"', "samconfig.toml")
    assert load(template, samconfig=samconfig).apis[0].routes[0].integration.url == "https://a.example"  # type: ignore[union-attr]
    given = load(template, samconfig=samconfig, parameters={"Host": "b.example"})
    assert given.apis[0].routes[0].integration.url == "https://b.example"  # type: ignore[union-attr]
