"""The values of a template's parameters (CloudFormation user guide, "Parameters")."""

import re
from collections.abc import Mapping
from typing import Any

from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.node import Node

_LISTS = re.compile(r"List<.+>|CommaDelimitedList|AWS::SSM::Parameter::Value<(?:List<.+>|CommaDelimitedList)>")
_KNOWN = re.compile(r"String|Number|CommaDelimitedList|List<(?:Number|String|AWS::[\w:]+)>|AWS::[\w:]+(?:<.+>)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def read_parameters(template: Node, given: Mapping[str, str]) -> dict[str, str | list[str]]:
    """Return the value of every parameter: a text, or a list of them for list types.

    Args:
        template: The whole template.
        given: What the user gave, by name.
    """
    values: dict[str, str | list[str]] = {}
    declared = template.get("Parameters")
    names = set()
    for name, node in declared.items() if declared is not None else ():
        names.add(name)
        value = _value(node, name, given)
        if value is not None:
            values[name] = value
    for name in given:
        if name not in names:
            template.report.problem(
                Place(template.place.file),
                f"There is no parameter {name}, for which a value was given: {_list(names)}.",
            )
    return values


def _list(names: set[str]) -> str:
    return f"the template has {', '.join(sorted(names))}" if names else "the template has none"


def _value(node: Node, name: str, given: Mapping[str, str]) -> str | list[str] | None:
    kind = node.text("Type") or "String"
    if not _KNOWN.fullmatch(kind):
        node["Type"].problem(f"{kind} is not a parameter type.")
        return None
    if name in given:
        text = given[name]
    elif kind.startswith("AWS::SSM::Parameter"):
        node.problem(
            f"The value of {name} is in the Systems Manager of an AWS account."
            f" Give one: --parameter-overrides {name}=..."
        )
        return None
    else:
        default = node.get("Default")
        if default is None:
            node.problem(f"The parameter {name} has no default. Give a value: --parameter-overrides {name}=...")
            return None
        text = default.own_text() if not isinstance(default.value, list) else ",".join(node.texts("Default"))
    if not _allowed(node, name, text, kind):
        return None
    if _LISTS.fullmatch(kind):
        return [part.strip() for part in text.split(",")] if text else []
    return text


def _allowed(node: Node, name: str, text: str, kind: str) -> bool:
    """Check a value against its parameter's type and constraints. The messages hold no value: it may be a secret."""
    hint = node.text("ConstraintDescription")
    because = f" ({hint})" if hint else ""
    parts = [part.strip() for part in text.split(",")] if _LISTS.fullmatch(kind) else [text]
    if kind in {"Number", "List<Number>"} and not all(_NUMBER.fullmatch(part) for part in parts):
        node.problem(f"The value of {name} is not a number{because}.")
        return False
    allowed = node.texts("AllowedValues")
    if allowed and not all(part in allowed for part in parts):
        node.problem(f"The value of {name} is none of {', '.join(allowed)}{because}.")
        return False
    pattern = node.text("AllowedPattern")
    if pattern is not None and not all(_matches(node, pattern, part) for part in parts):
        node.problem(f"The value of {name} does not match {pattern}{because}.")
        return False
    return _within(node, name, text, kind, because)


def _matches(node: Node, pattern: str, part: str) -> bool:
    try:
        return re.fullmatch(pattern, part) is not None
    except re.error:
        node["AllowedPattern"].problem("This is not a regular expression.")
        return True


def _within(node: Node, name: str, text: str, kind: str, because: str) -> bool:
    limits: tuple[tuple[str, str, Any], ...] = (
        ("MinLength", "shorter than", lambda limit: len(text) < limit),
        ("MaxLength", "longer than", lambda limit: len(text) > limit),
    )
    if kind == "Number":
        limits = (
            ("MinValue", "less than", lambda limit: float(text) < limit),
            ("MaxValue", "more than", lambda limit: float(text) > limit),
        )
    for member, words, breaks in limits:
        limit = node.integer(member)
        if limit is not None and breaks(limit):
            node.problem(f"The value of {name} is {words} {limit}{because}.")
            return False
    return True


def pseudo_parameters(region: str, account: str, stack: str) -> dict[str, str | list[str]]:
    """Return the pseudo parameters, `AWS::Region` and the like."""
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    stack_id = f"arn:{partition}:cloudformation:{region}:{account}:stack/{stack}/00000000-0000-0000-0000-000000000000"
    return {
        "AWS::AccountId": account,
        "AWS::NotificationARNs": [],
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::StackId": stack_id,
        "AWS::StackName": stack,
        "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
    }
