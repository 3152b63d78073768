"""Slow and obvious versions of what `gatepost.apigateway.iam` does quickly."""

from collections.abc import Mapping, Sequence
from typing import Any


def matches(pattern: str, text: str) -> bool:
    """Tell whether `text` fits, by trying every way."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(matches(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in {"?", text[0]} and matches(pattern[1:], text[1:])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def applies(statement: Mapping[str, Any], action: str, resource: str, agent: str | None) -> bool:
    """Tell whether a statement is about a request; its conditions are about the user agent alone."""
    if "Action" in statement:
        right = any(matches(each.lower(), action.lower()) for each in _listed(statement["Action"]))
    else:
        right = not any(matches(each.lower(), action.lower()) for each in _listed(statement["NotAction"]))
    if "Resource" in statement:
        right = right and any(matches(each, resource) for each in _listed(statement["Resource"]))
    else:
        right = right and not any(matches(each, resource) for each in _listed(statement["NotResource"]))
    for operator, comparison in statement.get("Condition", {}).items():
        wanted = _listed(comparison["aws:UserAgent"])
        if operator == "StringLike":
            right = right and agent is not None and any(matches(each, agent) for each in wanted)
        elif operator == "StringNotLike":
            right = right and (agent is None or not any(matches(each, agent) for each in wanted))
        elif operator == "StringLikeIfExists":
            right = right and (agent is None or any(matches(each, agent) for each in wanted))
        else:
            raise AssertionError(operator)
    return right


def decide(statements: Sequence[Mapping[str, Any]], action: str, resource: str, agent: str | None) -> str | None:
    """Return `Deny`, `Allow` or `None`."""
    effects = {each["Effect"] for each in statements if applies(each, action, resource, agent)}
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else None
