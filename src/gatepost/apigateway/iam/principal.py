"""Whom a statement of a resource policy is about (IAM User Guide, "IAM JSON policy elements: Principal")."""

from collections.abc import Mapping

from gatepost.apigateway.iam.bad_policy import BadPolicy

_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_EVERYBODY = "*"


def read_principal(value: object) -> frozenset[str]:
    """Return the names in a `Principal` or `NotPrincipal` element; `*` is everybody.

    Services and federated users never call an API by themselves, so their names are checked and mean nobody.

    Raises:
        BadPolicy: When it is malformed.
    """
    if value == _EVERYBODY:
        return frozenset({_EVERYBODY})
    if not isinstance(value, Mapping) or not value or not _KINDS.issuperset(value):
        raise BadPolicy('Principal is "*" or an object such as {"AWS": "*"}')
    names: set[str] = set()
    for kind, given in value.items():
        listed = given if isinstance(given, list) else [given]
        if not listed or not all(isinstance(name, str) and name for name in listed):
            raise BadPolicy(f"Principal.{kind} is a text or a list of texts")
        if kind == "AWS":
            names.update(listed)
    return frozenset(names)


def names_of(principal: str) -> frozenset[str]:
    """Return the names that mean the principal with this ARN: itself, its account, and everybody."""
    parts = principal.split(":")
    if len(parts) < 6:
        return frozenset({principal, _EVERYBODY})
    account = parts[4]
    return frozenset({principal, account, f"arn:{parts[1]}:iam::{account}:root", _EVERYBODY})
