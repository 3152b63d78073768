"""The values in a template, and the text that stands for each."""

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from gatepost.apigateway.answers.templates.budget import Budget
from gatepost.apigateway.answers.templates.errors import TemplateFailed

MAX_NESTING = 64

# A text, a number, a truth value, null, a list, a map, `Entry` or `Loop`: only a running template tells them apart.
Value: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a map."""

    key: Value
    value: Value


@dataclass(frozen=True, slots=True)
class Loop:
    """`$foreach`."""

    index: int
    count: int
    last: bool

    def named(self, name: str) -> int | bool | None:
        """Return `hasNext`, `index`, `count`, `first` or `last`."""
        known: dict[str, int | bool] = {
            "hasNext": not self.last,
            "index": self.index,
            "count": self.count,
            "first": self.index == 0,
            "last": self.last,
        }
        return known.get(name)


def text_of(value: Value, budget: Budget, depth: int = 0) -> str:
    """Return the text of a value, as Java writes maps (`{a=1}`) and JSON libraries write lists.

    Raises:
        TemplateFailed: When it is too long, or nested too deep.
    """
    if isinstance(value, str):
        return value
    if depth > MAX_NESTING:
        raise TemplateFailed("a value of the template is nested too deep")
    if isinstance(value, dict):
        inner = ", ".join(f"{key}={text_of(each, budget, depth + 1)}" for key, each in value.items())
        return budget.text(f"{{{inner}}}")
    if isinstance(value, Entry):
        return budget.text(f"{value.key}={text_of(value.value, budget, depth + 1)}")
    if isinstance(value, Loop):
        return ""
    return json_of(value, budget, depth)


def json_of(value: Value, budget: Budget, depth: int = 0) -> str:
    """Return a value as JSON, without spaces.

    Raises:
        TemplateFailed: When it is too long, or nested too deep.
    """
    budget.work()
    if depth > MAX_NESTING:
        raise TemplateFailed("a value of the template is nested too deep")
    if isinstance(value, Entry):
        value = {value.key: value.value}
    if isinstance(value, dict):
        members = (f"{json.dumps(str(key))}:{json_of(each, budget, depth + 1)}" for key, each in value.items())
        return budget.text("{" + ",".join(members) + "}")
    if isinstance(value, list):
        return budget.text("[" + ",".join(json_of(each, budget, depth + 1) for each in value) + "]")
    return budget.text(json.dumps(value, ensure_ascii=False))
