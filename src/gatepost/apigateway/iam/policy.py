"""A policy document, read once and asked often."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gatepost.apigateway.iam.bad_policy import BadPolicy
from gatepost.apigateway.iam.statement import Statement, read_statement

_WITH_VARIABLES = "2012-10-17"
_VERSIONS = frozenset({_WITH_VARIABLES, "2008-10-17"})
_MEMBERS = frozenset({"Version", "Id", "Statement"})


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy.

    Attributes:
        statements: Its statements, in order.
    """

    statements: tuple[Statement, ...]


def read_policy(document: Mapping[str, Any], *, longest_resource: int | None = None) -> Policy:
    """Return the policy that a JSON document stands for.

    Args:
        document: The document.
        longest_resource: The greatest length of a resource, or `None`. API Gateway takes 512 characters from an
            authorizer.

    Raises:
        BadPolicy: When it is malformed; the message names the statement.
    """
    if not isinstance(document, Mapping):
        raise BadPolicy("the policy is not an object")
    unknown = document.keys() - _MEMBERS
    if unknown:
        raise BadPolicy(f"the policy has a member {min(unknown)[:64]!r}, which no policy has")
    version = document.get("Version", "2008-10-17")
    if version not in _VERSIONS:
        raise BadPolicy("the policy's Version is neither 2012-10-17 nor 2008-10-17")
    if "Statement" not in document:
        raise BadPolicy("the policy has no Statement")
    given = document["Statement"]
    listed = given if isinstance(given, list) else [given]
    if not listed:
        raise BadPolicy("the policy's Statement is an empty list")
    statements = []
    for number, each in enumerate(listed, 1):
        try:
            statements.append(
                read_statement(each, variables=version == _WITH_VARIABLES, longest_resource=longest_resource)
            )
        except BadPolicy as error:
            raise BadPolicy(f"statement {number} of the policy: {error}") from None
    return Policy(tuple(statements))
