"""The condition of a statement: all its comparisons have to hold."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from gatepost.apigateway.iam.bad_policy import BadPolicy
from gatepost.apigateway.iam.iam_request import IamRequest
from gatepost.apigateway.iam.operators import OPERATORS, Comparison

Condition: TypeAlias = Callable[[IamRequest], bool]

_IF_EXISTS = "IfExists"
_FOR_ALL = "ForAllValues"
_FOR_ANY = "ForAnyValue"


def read_condition(block: object, *, variables: bool) -> tuple[Condition, ...]:
    """Return the comparisons of a `Condition` element.

    Args:
        block: The element's value.
        variables: Whether values may hold policy variables.

    Raises:
        BadPolicy: When it is malformed, or names an operator that there is not.
    """
    if not isinstance(block, Mapping):
        raise BadPolicy("Condition is an object of operators")
    conditions: list[Condition] = []
    for name, comparisons in block.items():
        if not isinstance(comparisons, Mapping) or not comparisons:
            raise BadPolicy(f"the operator {_shown(name)} has no object of condition keys")
        for key, values in comparisons.items():
            conditions.append(_read_one(name, key.lower(), _texts(name, values), variables))
    return tuple(conditions)


def _read_one(name: str, key: str, values: list[str], variables: bool) -> Condition:
    if name == "Null":
        return _null(key, values)
    quantifier, colon, rest = name.partition(":")
    if colon and quantifier not in {_FOR_ALL, _FOR_ANY}:
        raise _unknown(name)
    base = rest if colon else name
    if_exists = base.endswith(_IF_EXISTS)
    operator = OPERATORS.get(base.removesuffix(_IF_EXISTS))
    if operator is None:
        raise _unknown(name)
    comparisons = [operator.read(value, variables) for value in values]
    # Without a value a comparison fails, and so its negation holds; ForAnyValue asks for a value in any case.
    absent = if_exists or (quantifier == _FOR_ALL if colon else operator.negated)
    return _comparing(key, comparisons, absent=absent, negated=operator.negated)


def _comparing(key: str, comparisons: list[Comparison], *, absent: bool, negated: bool) -> Condition:
    def holds(request: IamRequest) -> bool:
        value = request.value(key)
        if value is None:
            return absent
        # A key of API Gateway has one value, so all of its values fit exactly when any does.
        return any(compare(value, request) for compare in comparisons) is not negated

    return holds


def _null(key: str, values: list[str]) -> Condition:
    if not {value.lower() for value in values} <= {"true", "false"}:
        raise BadPolicy('the operator Null has another value than "true" or "false"')
    wanted = {value.lower() == "true" for value in values}
    return lambda request: (request.value(key) is None) in wanted


def _texts(name: str, values: object) -> list[str]:
    listed = values if isinstance(values, list) else [values]
    if not listed or not all(isinstance(value, str | int | float) for value in listed):
        raise BadPolicy(f"the operator {_shown(name)} compares with texts, and has something else or nothing")
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in listed]


def _unknown(name: str) -> BadPolicy:
    return BadPolicy(f"there is no condition operator {_shown(name)}")


def _shown(name: object) -> str:
    return repr(str(name)[:64])
