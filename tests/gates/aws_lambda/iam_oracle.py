"""An IAM policy, judged in the slowest and most obvious way: what API Gateway does with an authorizer's answer."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any


@cache
def matches(pattern: str, text: str) -> bool:
    """Tell whether `*` (any run, slashes and all) and `?` (one character) make `pattern` into `text`."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return matches(pattern[1:], text) or (bool(text) and matches(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and matches(pattern[1:], text[1:])


def allows(answer: Mapping[str, Any], arn: str, now: float | None = None) -> bool:
    """Tell whether the policy allows `arn`: some statement does, and none denies it."""
    effects = {
        statement["Effect"]
        for statement in answer["policyDocument"]["Statement"]
        if statement["Action"] == "execute-api:Invoke"
        and any(matches(resource, arn) for resource in _several(statement["Resource"]))
        and _holds(statement.get("Condition", {}), time.time() if now is None else now)
    }
    return effects == {"Allow"}


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _holds(condition: Mapping[str, Mapping[str, str]], now: float) -> bool:
    if not condition:
        return True
    assert set(condition) == {"DateLessThan"}
    (name, value), *rest = condition["DateLessThan"].items()
    assert (name, rest) == ("aws:CurrentTime", [])
    return now < datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
