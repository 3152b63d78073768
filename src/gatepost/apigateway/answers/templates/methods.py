"""The methods of texts, lists, maps and entries."""

from collections.abc import Callable
from typing import TypeAlias

from gatepost.apigateway.answers.templates.budget import Budget
from gatepost.apigateway.answers.templates.values import Entry, Loop, Value, text_of

_Method: TypeAlias = Callable[..., Value]


def call(value: Value, name: str, arguments: list[Value], budget: Budget) -> Value:
    """Call a method; what the value has no such method for, or not such arguments, is null.

    Raises:
        TemplateFailed: When the result is too long.
    """
    if name == "toString":
        return text_of(value, budget)
    if name == "equals":
        return bool(value == arguments[0])
    known = _methods_of(value).get(name)
    if known is None:
        return None
    if isinstance(value, str) and name in {"concat", "replace"}:
        _leave_room(value, name, arguments, budget)
    try:
        return known(value, *arguments)
    except (TypeError, LookupError, AttributeError):
        return None


def member(value: Value, name: Value) -> Value:
    """Return a member of a map by name, an item of a list by number, or null."""
    if isinstance(value, dict):
        return value.get(name) if isinstance(name, str | int | float) else None
    if isinstance(value, list):
        return _item(value, name)
    if isinstance(value, Entry):
        return {"key": value.key, "value": value.value}.get(name)
    return value.named(name) if isinstance(value, Loop) else None


def _methods_of(value: Value) -> dict[str, _Method]:
    for kind, methods in _METHODS:
        if isinstance(value, kind):
            return methods
    return {}


def _leave_room(value: str, name: str, arguments: list[Value], budget: Budget) -> None:
    if name == "concat":
        budget.room(len(value) + len(arguments[0]) if isinstance(arguments[0], str) else 0)
    elif isinstance(arguments[0], str) and isinstance(arguments[1], str):
        budget.room(len(value) + value.count(arguments[0]) * len(arguments[1]))


def _item(items: list[Value], index: Value) -> Value:
    return items[index] if isinstance(index, int) and 0 <= index < len(items) else None


def _contains(items: list[Value], item: Value) -> bool:
    return item in items


def _add(items: list[Value], item: Value) -> bool:
    items.append(item)
    return True


def _put(items: dict[Value, Value], key: Value, value: Value) -> Value:
    before = items.get(key)
    items[key] = value
    return before


def _substring(text: str, first: int, last: int | None = None) -> str | None:
    end = len(text) if last is None else last
    return text[first:end] if 0 <= first <= end <= len(text) else None


_TEXT: dict[str, _Method] = {
    "concat": lambda text, other: text + other,
    "contains": lambda text, other: other in text,
    "endsWith": lambda text, other: text.endswith(other),
    "equalsIgnoreCase": lambda text, other: text.casefold() == other.casefold(),
    "indexOf": lambda text, other: text.find(other),
    "isEmpty": lambda text: not text,
    "length": len,
    "replace": lambda text, old, new: text.replace(old, new),
    "startsWith": lambda text, other: text.startswith(other),
    "substring": _substring,
    "toLowerCase": lambda text: text.lower(),
    "toUpperCase": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
}
_LIST: dict[str, _Method] = {
    "add": _add,
    "contains": _contains,
    "get": _item,
    "isEmpty": lambda items: not items,
    "size": len,
}
_MAP: dict[str, _Method] = {
    "containsKey": lambda items, key: key in items,
    "entrySet": lambda items: [Entry(key, value) for key, value in items.items()],
    "get": member,
    "isEmpty": lambda items: not items,
    "keySet": list,
    "put": _put,
    "size": len,
    "values": lambda items: list(items.values()),
}
_ENTRY: dict[str, _Method] = {"getKey": lambda entry: entry.key, "getValue": lambda entry: entry.value}
_METHODS: tuple[tuple[type, dict[str, _Method]], ...] = (
    (str, _TEXT),
    (list, _LIST),
    (dict, _MAP),
    (Entry, _ENTRY),
)
