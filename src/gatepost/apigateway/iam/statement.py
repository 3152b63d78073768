"""One statement of a policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gatepost.apigateway.iam.bad_policy import BadPolicy
from gatepost.apigateway.iam.condition import Condition, read_condition
from gatepost.apigateway.iam.iam_request import ANONYMOUS, IamRequest
from gatepost.apigateway.iam.pattern_text import PatternText, Unresolved
from gatepost.apigateway.iam.principal import names_of, read_principal
from gatepost.apigateway.iam.wildcard import Wildcard, wildcard

_MEMBERS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_LONGEST_SID = 128


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, read.

    Attributes:
        effect: What it says about the requests that it is about.
        sid: Its name, or an empty string.
        actions: The patterns of its actions, in lower case.
        every_action_but: Whether it is about all other actions (`NotAction`).
        resources: The patterns of its resources.
        every_resource_but: Whether it is about all other resources (`NotResource`).
        conditions: What has to hold besides.
        principals: Whom it is about, or `None` when it does not say.
        everybody_but: Whether it is about all others (`NotPrincipal`).
    """

    effect: Literal["Allow", "Deny"]
    sid: str
    actions: tuple[Wildcard, ...]
    every_action_but: bool
    resources: tuple[PatternText, ...]
    every_resource_but: bool
    conditions: tuple[Condition, ...]
    principals: frozenset[str] | None
    everybody_but: bool

    def is_about(self, request: IamRequest) -> bool:
        """Tell whether it says something about `request`."""
        try:
            return self._applies(request)
        except Unresolved:
            return False

    def _applies(self, request: IamRequest) -> bool:
        action = request.action.lower()
        if any(pattern.matches(action) for pattern in self.actions) is self.every_action_but:
            return False
        resource = request.resource
        if any(pattern.matches(resource, request) for pattern in self.resources) is self.every_resource_but:
            return False
        if not self._names(request.principal):
            return False
        return all(holds(request) for holds in self.conditions)

    def _names(self, principal: str | None) -> bool:
        if self.principals is None or principal is None:
            return True
        names = frozenset({ANONYMOUS}) if principal == ANONYMOUS else names_of(principal)
        return self.principals.isdisjoint(names) is self.everybody_but


def read_statement(given: object, *, variables: bool, longest_resource: int | None) -> Statement:
    """Return the statement that a JSON value stands for.

    Args:
        given: The value.
        variables: Whether it may hold policy variables.
        longest_resource: The greatest length of a resource, or `None`.

    Raises:
        BadPolicy: When it is malformed.
    """
    if not isinstance(given, Mapping):
        raise BadPolicy("it is not an object")
    unknown = given.keys() - _MEMBERS
    if unknown:
        raise BadPolicy(f"it has a member {min(unknown)[:64]!r}, which no statement has")
    effect, sid = given.get("Effect"), given.get("Sid", "")
    if effect not in {"Allow", "Deny"}:
        raise BadPolicy("its Effect is missing, or neither Allow nor Deny" if "Effect" in given else "it has no Effect")
    if not isinstance(sid, str) or len(sid) > _LONGEST_SID:
        raise BadPolicy(f"its Sid is not a text of at most {_LONGEST_SID} characters")
    actions, not_actions = _either(given, "Action", "NotAction")
    resources, not_resources = _either(given, "Resource", "NotResource")
    for action in actions:
        if action != "*" and ":" not in action:
            raise BadPolicy("an action is * or has a service before it, such as execute-api:Invoke")
    for resource in resources:
        if longest_resource is not None and len(resource) > longest_resource:
            raise BadPolicy(f"a resource has {len(resource)} characters, and may have {longest_resource}")
        if not resource.startswith(("arn:", "*", "?")):
            raise BadPolicy("a resource is * or an ARN, which begins with arn:")
    principals, everybody_but = _principals(given)
    return Statement(
        effect=effect,
        sid=sid,
        actions=tuple(wildcard(action.lower()) for action in actions),
        every_action_but=not_actions,
        resources=tuple(PatternText(resource, variables=variables) for resource in resources),
        every_resource_but=not_resources,
        conditions=read_condition(given.get("Condition", {}), variables=variables),
        principals=principals,
        everybody_but=everybody_but,
    )


def _either(given: Mapping[str, Any], name: str, negation: str) -> tuple[list[str], bool]:
    if (name in given) is (negation in given):
        both = f"it has both {name} and {negation}" if name in given else f"it has neither {name} nor {negation}"
        raise BadPolicy(both)
    chosen = name if name in given else negation
    value = given[chosen]
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(each, str) and each for each in listed):
        raise BadPolicy(f"its {chosen} is not a text or a list of texts")
    return listed, chosen == negation


def _principals(given: Mapping[str, Any]) -> tuple[frozenset[str] | None, bool]:
    if "Principal" in given and "NotPrincipal" in given:
        raise BadPolicy("it has both Principal and NotPrincipal")
    if "NotPrincipal" in given:
        return read_principal(given["NotPrincipal"]), True
    return (read_principal(given["Principal"]), False) if "Principal" in given else (None, False)
