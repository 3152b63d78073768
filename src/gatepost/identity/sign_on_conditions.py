"""Conditions of sign-on actions: when a step is gone through.

A condition is a JSON object of one of these forms; `V` is a variable such as `${user.population.id}`:

* `{"and": [...]}`, `{"or": [...]}`, `{"not": {...}}`
* `{"secondsSince": V, "greater": 600}`: more seconds than that have passed, or it never happened
* `{"value": V, "equals": "x"}`, and `startsWith`, `endsWith`, `contains` in the place of `equals`
* `{"ipRange": ["10.0.0.0/8"], "contains": V}`: the address is in one of these networks
"""

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from gatepost.identity.refusals import Violation

# Returns the value of a path such as `user.population.id`, or `None`; times are in milliseconds since 1970.
Values = Callable[[str], object]

_VARIABLE = re.compile(
    r"\$\{(identifier|user\.[A-Za-z0-9_.]{1,200}|flow\.request\.http\.remoteIp"
    r"|session\.lastSignOn\.withAuthenticator\.[A-Za-z_]{1,40}\.at)\}"
)
_COMPARISONS = ("equals", "startsWith", "endsWith", "contains")
_MOST_PARTS = 50
_DEPTH = 5
_MOST_NETWORKS = 100

Tell = Callable[[str, str], None]


def faults(condition: object, target: str) -> Iterator[Violation]:
    """Yield what is wrong with a condition."""
    told: list[Violation] = []
    parts = _parts(condition, target, _DEPTH, lambda at, text: told.append(Violation("INVALID_VALUE", at, text)))
    if parts > _MOST_PARTS:
        message = f"A condition has at most {_MOST_PARTS} parts."
        told.append(Violation("SIZE_LIMIT_EXCEEDED", target, message, {"maximumValue": _MOST_PARTS}))
    yield from told


def holds(condition: Mapping[str, Any] | None, values: Values, now: int) -> bool:
    """Tell whether a condition that `faults` found nothing wrong with holds.

    Args:
        condition: The condition, or `None` for one that always holds.
        values: Gives the variables' values.
        now: The time, in milliseconds since 1970.
    """
    if condition is None:
        return True
    if "and" in condition:
        return all(holds(each, values, now) for each in condition["and"])
    if "or" in condition:
        return any(holds(each, values, now) for each in condition["or"])
    if "not" in condition:
        return not holds(condition["not"], values, now)
    if "secondsSince" in condition:
        at = values(_path(condition["secondsSince"]))
        return not isinstance(at, int) or now - at > condition["greater"] * 1000
    if "ipRange" in condition:
        return _within(values(_path(condition["contains"])), condition["ipRange"])
    return _compared(condition, values(_path(condition["value"])))


def last_sign_on_older_than(condition: Mapping[str, Any] | None) -> int | None:
    """Return the seconds that the condition lets a sign-on with a password last, when it is of that plain form."""
    if condition is None or condition.get("secondsSince") != "${session.lastSignOn.withAuthenticator.pwd.at}":
        return None
    return int(condition["greater"])


def _parts(condition: object, target: str, depth: int, tell: Tell) -> int:
    """Look at a condition, and return of how many parts it is."""
    if not isinstance(condition, dict):
        tell(target, "A condition is an object.")
        return 1
    if depth == 0:
        tell(target, f"Conditions stand within each other at most {_DEPTH} deep.")
        return 1
    for name in ("and", "or"):
        if name in condition:
            return _list_parts(condition, name, target, depth, tell)
    if "not" in condition:
        _only(condition, {"not"}, target, tell)
        return 1 + _parts(condition["not"], f"{target}.not", depth - 1, tell)
    _leaf(condition, target, tell)
    return 1


def _list_parts(condition: dict[str, Any], name: str, target: str, depth: int, tell: Tell) -> int:
    _only(condition, {name}, target, tell)
    within = condition[name]
    if not isinstance(within, list) or not 0 < len(within) <= _MOST_PARTS:
        tell(f"{target}.{name}", f"The value must be a list of 1 to {_MOST_PARTS} conditions.")
        return 1
    return 1 + sum(_parts(each, f"{target}.{name}[{at}]", depth - 1, tell) for at, each in enumerate(within))


def _leaf(condition: dict[str, Any], target: str, tell: Tell) -> None:
    if "secondsSince" in condition:
        _only(condition, {"secondsSince", "greater"}, target, tell)
        _variable(condition, "secondsSince", target, tell)
        greater = condition.get("greater")
        if isinstance(greater, bool) or not isinstance(greater, int) or not 0 <= greater < 2**31:
            tell(f"{target}.greater", "The value must be a number of seconds.")
    elif "ipRange" in condition:
        _only(condition, {"ipRange", "contains"}, target, tell)
        _variable(condition, "contains", target, tell)
        _networks(condition["ipRange"], f"{target}.ipRange", tell)
    else:
        comparisons = [name for name in _COMPARISONS if name in condition]
        _only(condition, {"value", *comparisons[:1]}, target, tell)
        _variable(condition, "value", target, tell)
        if not comparisons:
            tell(target, "A condition of this form is not known.")
        elif not isinstance(condition[comparisons[0]], str | bool | int | float):
            tell(f"{target}.{comparisons[0]}", "The value must be a string, a number, true or false.")


def _only(condition: dict[str, Any], allowed: set[str], target: str, tell: Tell) -> None:
    for name in condition.keys() - allowed:
        tell(f"{target}.{name}", "This member has no meaning here.")


def _variable(condition: dict[str, Any], name: str, target: str, tell: Tell) -> None:
    text = condition.get(name)
    if not isinstance(text, str) or not _VARIABLE.fullmatch(text):
        tell(f"{target}.{name}", "The value must be a variable that conditions have, such as ${user.population.id}.")


def _networks(networks: object, target: str, tell: Tell) -> None:
    if not isinstance(networks, list) or not 0 < len(networks) <= _MOST_NETWORKS:
        tell(target, f"The value must be a list of 1 to {_MOST_NETWORKS} networks.")
        return
    for at, each in enumerate(networks):
        try:
            if not isinstance(each, str):
                raise TypeError
            ip_network(each, strict=False)
        except (TypeError, ValueError):
            tell(f"{target}[{at}]", "The value must be a network such as 10.0.0.0/8.")


def _path(variable: str) -> str:
    return variable[2:-1]


def _within(address: object, networks: list[str]) -> bool:
    try:
        found = ip_address(str(address))
    except ValueError:
        return False
    return any(found in ip_network(each, strict=False) for each in networks)


def _compared(condition: Mapping[str, Any], value: object) -> bool:
    if "equals" in condition:
        return value is not None and _text(value) == _text(condition["equals"])
    if isinstance(value, list):
        return "contains" in condition and condition["contains"] in value
    if value is None:
        return False
    text = _text(value)
    if "startsWith" in condition:
        return text.startswith(_text(condition["startsWith"]))
    if "endsWith" in condition:
        return text.endswith(_text(condition["endsWith"]))
    return _text(condition["contains"]) in text


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
