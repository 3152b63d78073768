"""Condition operators: how a value of the request is compared with the values of a policy.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import operator
from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from gatepost.apigateway.iam.bad_policy import BadPolicy
from gatepost.apigateway.iam.iam_request import IamRequest
from gatepost.apigateway.iam.pattern_text import PatternText

# Compares a value of the request with the policy's value.
Comparison: TypeAlias = Callable[[str, IamRequest], bool]

# Reads the policy's value; the flag tells whether it may hold variables. Raises `BadPolicy`.
Reader: TypeAlias = Callable[[str, bool], Comparison]


class Operator(NamedTuple):
    """A condition operator.

    Attributes:
        read: Reads a value of the policy.
        negated: Whether it holds when no value of the policy fits.
    """

    read: Reader
    negated: bool = False


def _text(value: str, variables: bool) -> Comparison:
    return PatternText(value, variables=variables, wild=False).matches


def _text_of_any_case(value: str, variables: bool) -> Comparison:
    text = PatternText(value, variables=variables, wild=False, any_case=True)
    return text.matches


def _like(value: str, variables: bool) -> Comparison:
    return PatternText(value, variables=variables).matches


def _arn(value: str, variables: bool) -> Comparison:
    # Each of the six parts is compared by itself: a star does not reach past a colon before the last one.
    written = value.split(":", 5)
    if len(written) != 6 or written[0] != "arn":
        raise BadPolicy("a condition compares with an ARN, and its value is none: arn:aws:service:region:account:id")
    parts = [PatternText(part, variables=variables) for part in written]

    def matches(found: str, request: IamRequest) -> bool:
        their = found.split(":", 5)
        return len(their) == 6 and all(part.matches(each, request) for part, each in zip(parts, their, strict=True))

    return matches


def _network(value: str, _: bool) -> Comparison:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        raise BadPolicy("a condition compares with an IP address, and its value is none: 192.0.2.0/24") from None

    def contains(found: str, _: IamRequest) -> bool:
        try:
            address = ip_address(found)
            return (getattr(address, "ipv4_mapped", None) or address) in network
        except ValueError:
            return False

    return contains


def _truth(value: str, _: bool) -> Comparison:
    if value.lower() not in {"true", "false"}:
        raise BadPolicy('a condition compares with a Boolean, and its value is neither "true" nor "false"')
    wanted = value.lower()
    return lambda found, _: found.lower() == wanted


def _octets(value: str, _: bool) -> Comparison:
    try:
        wanted = b64decode(value, validate=True)
    except (Error, ValueError):
        raise BadPolicy("a condition compares with binary data, and its value is no base64") from None

    def same(found: str, _: IamRequest) -> bool:
        try:
            return b64decode(found, validate=True) == wanted
        except (Error, ValueError):
            return False

    return same


def _ordered(parse: Callable[[str], Any], what: str, compare: Callable[[Any, Any], bool]) -> Reader:
    def read(value: str, _: bool) -> Comparison:
        try:
            wanted = parse(value)
        except ValueError:
            raise BadPolicy(f"a condition compares with a {what}, and its value is none") from None

        def holds(found: str, _: IamRequest) -> bool:
            try:
                return compare(parse(found), wanted)
            except ValueError:
                return False

        return holds

    return read


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError from None
    if not number.is_finite():
        raise ValueError
    return number


def _moment(text: str) -> Decimal | float:
    try:
        return _number(text)  # seconds since 1970
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


_ORDERS: Mapping[str, tuple[Callable[[Any, Any], bool], bool]] = {
    "Equals": (operator.eq, False),
    "NotEquals": (operator.eq, True),
    "LessThan": (operator.lt, False),
    "LessThanEquals": (operator.le, False),
    "GreaterThan": (operator.gt, False),
    "GreaterThanEquals": (operator.ge, False),
}

OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        "StringEquals": Operator(_text),
        "StringNotEquals": Operator(_text, negated=True),
        "StringEqualsIgnoreCase": Operator(_text_of_any_case),
        "StringNotEqualsIgnoreCase": Operator(_text_of_any_case, negated=True),
        "StringLike": Operator(_like),
        "StringNotLike": Operator(_like, negated=True),
        "ArnEquals": Operator(_arn),
        "ArnLike": Operator(_arn),
        "ArnNotEquals": Operator(_arn, negated=True),
        "ArnNotLike": Operator(_arn, negated=True),
        "IpAddress": Operator(_network),
        "NotIpAddress": Operator(_network, negated=True),
        "Bool": Operator(_truth),
        "BinaryEquals": Operator(_octets),
        **{
            f"Numeric{name}": Operator(_ordered(_number, "number", compare), negated)
            for name, (compare, negated) in _ORDERS.items()
        },
        **{
            f"Date{name}": Operator(_ordered(_moment, "date such as 2030-01-01T00:00:00Z", compare), negated)
            for name, (compare, negated) in _ORDERS.items()
        },
    }
)
