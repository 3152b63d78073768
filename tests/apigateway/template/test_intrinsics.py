"""Intrinsic functions, as CloudFormation's user guide describes them."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepost.apigateway.model.place import Place, TemplateError
from gatepost.apigateway.template.intrinsics import Evaluator
from gatepost.apigateway.template.report import Report
from gatepost.apigateway.template.resource_values import Values
from gatepost.apigateway.template.resources import Resources

Value = Callable[..., str]

BEFORE = """
Parameters:
  P: {Type: String, Default: one}
  L: {Type: CommaDelimitedList, Default: "a, b,c"}
Mappings:
  M: {us-east-1: {Size: big}, eu-west-1: {Size: small}}
Conditions:
  Holds: !Equals [!Ref P, one]
  Fails: !Not [!Condition Holds]
  Both: !And [!Condition Holds, !Equals [a, a]]
  Either: !Or [!Condition Fails, !Condition Holds]
  Neither: !Or [!Condition Fails, {"Fn::Not": [{Condition: Holds}]}]
"""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain", "plain"),
        ("12", "12"),
        ("true", "true"),
        ("!Ref P", "one"),
        ("{Ref: P}", "one"),
        ("!Ref AWS::Region", "us-east-1"),
        ("!Ref AWS::AccountId", "123456789012"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Ref AWS::StackName", "local"),
        ("!Select [1, !Split ['/', !Ref AWS::StackId]]", "local"),
        ("!Ref AWS::NoValue", "(none)"),
        ("!Ref Table", "Table"),
        ("!Ref F", "F"),
        ("!GetAtt Table.Arn", "arn:aws:dynamodb:us-east-1:123456789012:table/Table"),
        ("{'Fn::GetAtt': [Table, Arn]}", "arn:aws:dynamodb:us-east-1:123456789012:table/Table"),
        ("!GetAtt F.Arn", "arn:aws:lambda:us-east-1:123456789012:function:F"),
        ("!Sub '${P}-${AWS::Region}-${!P}'", "one-us-east-1-${P}"),
        ("!Sub ['${a}${P}', {a: !Ref L1}]", "two"),
        ("!Sub '${Table.Arn}'", "arn:aws:dynamodb:us-east-1:123456789012:table/Table"),
        ("!Join ['-', [x, !Ref P, 3]]", "x-one-3"),
        ("!Join ['+', !Ref L]", "a+b+c"),
        ("!Select [1, !Ref L]", "b"),
        ("!Select ['0', [x, y]]", "x"),
        ("!Select [1, !Split ['|', 'x|y']]", "y"),
        ("!FindInMap [M, !Ref AWS::Region, Size]", "big"),
        ("!If [Holds, y, n]", "y"),
        ("!If [Fails, y, n]", "n"),
        ("!If [Both, y, n]", "y"),
        ("!If [Either, y, n]", "y"),
        ("!If [Neither, y, n]", "n"),
        ("!If [Fails, y, !Ref AWS::NoValue]", "(none)"),
        ("!Base64 abc", "YWJj"),
        ("!Select [0, !GetAZs '']", "us-east-1a"),
        ("!Select [2, !GetAZs eu-west-1]", "eu-west-1c"),
        ("{'Fn::Length': [a, b]}", "2"),
        ("{'Fn::ToJsonString': {a: !Ref P}}", '{"a": "one"}'),
    ],
)
def test_a_function_has_its_value(value: Value, written: str, expected: str) -> None:
    if "L1" in written:
        written, expected = written.replace("!Ref L1", "!Select [0, !Ref L]"), "aone"
    assert value(written, before=BEFORE) == expected


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("!Ref Nothing", "There is no parameter or resource Nothing."),
        ("!GetAtt Nothing.Arn", "There is no parameter or resource Nothing."),
        ("!GetAtt F.Name", "AWS::Lambda::Function has no attribute Name here."),
        ("!Sub '${Nothing}'", "There is no parameter or resource Nothing."),
        ("!ImportValue x", "Fn::ImportValue asks another stack, which is not here."),
        ("!Cidr [10.0.0.0/16, 2, 8]", "Fn::Cidr is not supported."),
        ("!Transform {Name: Mine}", "only AWS::Include of a local file is supported"),
        ("!If [Nothing, a, b]", "There is no condition Nothing."),
        ("!If [Holds, a]", "Fn::If needs a list of 3."),
        ("!Select [7, [a]]", "Fn::Select asks for element 7 of 1."),
        ("!FindInMap [M, nowhere, Size]", "The template's Mappings have no M.nowhere.Size."),
        ("!Join [a]", "Fn::Join needs a list of 2."),
        ("!Ref Gone", "The resource Gone is not there, since its condition does not hold."),
    ],
)
def test_what_has_no_value_is_a_problem_on_its_line(value: Value, written: str, complaint: str) -> None:
    gone = "  Gone: {Type: AWS::DynamoDB::Table, Condition: Fails}\n"
    with pytest.raises(TemplateError) as caught:
        value(written, before=BEFORE, after=gone)
    (problem,) = caught.value.problems
    assert complaint in problem.message
    assert (problem.place.line, problem.place.resource) == (24, "F")
    assert problem.place.member == "Properties.Environment.Variables.V"


def test_a_condition_that_depends_on_itself_is_a_problem(value: Value) -> None:
    before = "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\n"
    with pytest.raises(TemplateError, match="depends on itself"):
        value("!If [A, x, y]", before=before)


def test_a_name_that_depends_on_itself_is_a_problem(value: Value) -> None:
    after = "  T: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub 'x${T}'}}\n"
    with pytest.raises(TemplateError, match="T depends on itself"):
        value("!Ref T", after=after)


def evaluator() -> Evaluator:
    report = Report()
    resources = Resources({"Resources": {}}, {}, "t", report)
    return Evaluator({}, {"P": "one"}, resources, Values("us-east-1", "1", "aws"), report)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(lambda key: not key.startswith("Fn::")), inner),
    max_leaves=20,
)


@given(PLAIN.filter(lambda value: "Ref" not in str(value) and "Condition" not in str(value)))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_holds_no_function_stays_as_it_is(value: object) -> None:
    assert evaluator().evaluate(value, Place("t")) == value


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="|", codec="utf-8")), min_size=1))
def test_split_undoes_join(parts: list[str]) -> None:
    joined = {"Fn::Join": ["|", parts]}
    assert evaluator().evaluate({"Fn::Split": ["|", joined]}, Place("t")) == parts


@given(st.text())
def test_sub_leaves_what_is_no_variable(text: str) -> None:
    escaped = text.replace("${", "${!").replace("}", "")
    assert evaluator().evaluate({"Fn::Sub": escaped + "${P}"}, Place("t")).endswith("one") or "${" in text
