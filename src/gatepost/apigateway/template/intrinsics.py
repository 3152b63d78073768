"""Intrinsic functions (CloudFormation user guide, "Intrinsic function reference")."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping

from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.node import PlacedText, Unknown, Value, below, mark_of
from gatepost.apigateway.template.report import Report
from gatepost.apigateway.template.resource_values import Values
from gatepost.apigateway.template.resources import NAMING, Resource, Resources

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
NO_VALUE = object()
"""What `!Ref AWS::NoValue` gives: the member that holds it is not there."""

UNKNOWN = Unknown("")


class Evaluator:
    """Replaces intrinsic functions by their values.

    What has no value is reported once, and reads as `Unknown`.
    """

    def __init__(
        self,
        template: Mapping[str, Value],
        parameters: Mapping[str, str | list[str]],
        resources: Resources,
        values: Values,
        report: Report,
    ) -> None:
        self._template = template
        self._parameters = parameters
        self._resources = resources
        self._values = values
        self._report = report
        self._truths: dict[str, bool] = {}
        self._open: list[str] = []
        self._functions: dict[str, Callable[[Value, Place], Value]] = {
            "Ref": self._ref,
            "Condition": lambda name, place: self.condition(str(name), place),
            "Fn::And": lambda parts, place: all(self._truth(part, place) for part in self._list(parts, place)),
            "Fn::Base64": lambda text, place: b64encode(self.text(text, place).encode()).decode(),
            "Fn::Equals": self._equals,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAZs": lambda region, place: [f"{self.text(region, place) or values.region}{z}" for z in "abc"],
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Length": lambda parts, place: len(self._list(self.evaluate(parts, place), place)),
            "Fn::Not": lambda parts, place: not self._truth(self._list(parts, place, 1)[0], place),
            "Fn::Or": lambda parts, place: any(self._truth(part, place) for part in self._list(parts, place)),
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
            "Fn::ToJsonString": lambda value, place: json.dumps(self.evaluate(value, place)),
        }

    def evaluate(self, value: Value, place: Place) -> Value:
        """Return `value` with its intrinsic functions replaced.

        Args:
            value: What was written.
            place: Where it stands.
        """
        if isinstance(value, dict):
            name = _function(value)
            if name is None:
                return self._mapping(value, place)
            where = below(place, name, value)._replace(member=place.member)
            if name not in self._functions:
                return self._refuse(where, _unsupported(name))
            try:
                result = self._functions[name](value[name], where)
            except _Malformed as error:
                return self._refuse(where, f"{name} {error}.")
            if type(result) is str:
                return PlacedText(result, mark_of(value))
            return result
        if isinstance(value, list):
            parts = (self.evaluate(each, below(place, position, each)) for position, each in enumerate(value))
            return _like(value, [part for part in parts if part is not NO_VALUE])
        return value

    def text(self, value: Value, place: Place) -> str:
        """Return the value of what has to be a text."""
        result = self.evaluate(value, place)
        if isinstance(result, bool):
            return "true" if result else "false"
        if isinstance(result, str):
            return result
        if isinstance(result, int | float):
            return str(result)
        raise _Malformed("needs a text here")

    def condition(self, name: str, place: Place) -> bool:
        """Tell whether the condition `name` holds."""
        if name in self._truths:
            return self._truths[name]
        conditions = self._template.get("Conditions")
        if not isinstance(conditions, dict) or name not in conditions:
            self._report.problem(place, f"There is no condition {name}.")
            return False
        if name in self._open:
            self._report.problem(place, f"The condition {name} depends on itself.")
            return False
        self._open.append(name)
        key = next(key for key in conditions if key == name)
        self._truths[name] = self._truth(conditions[name], below(place._replace(resource="Conditions"), key, None))
        self._open.pop()
        return self._truths[name]

    def exists(self, resource: Resource) -> bool:
        """Tell whether a resource's condition holds, or whether it has none."""
        name = resource.body.get("Condition")
        return name is None or self.condition(str(name), resource.place)

    def _mapping(self, value: dict[Value, Value], place: Place) -> Value:
        made = {}
        for key, member in value.items():
            result = self.evaluate(member, below(place, key, member))
            if result is not NO_VALUE:
                made[key] = result
        return _like(value, made)

    def _truth(self, value: Value, place: Place) -> bool:
        result = self.evaluate(value, place)
        if isinstance(result, bool):
            return result
        if isinstance(result, str) and result in {"true", "false"}:
            return result == "true"
        if not isinstance(result, Unknown):
            self._report.problem(place, "A condition is expected here.")
        return False

    def _ref(self, name: Value, place: Place) -> Value:
        if name == "AWS::NoValue":
            return NO_VALUE
        if isinstance(name, str) and name in self._parameters:
            return self._parameters[name]
        resource = self._existing(str(name), place)
        if resource is None:
            return UNKNOWN
        found = self._values.ref(resource.logical_id, resource.kind, self._naming(resource))
        if found.made_up:
            self._report.notice(place, f"{name} is {found.value} here, which is made up.")
        return found.value

    def _get_att(self, way: Value, place: Place) -> Value:
        if isinstance(way, list) and len(way) == 2:
            name, attribute = str(way[0]), self.text(way[1], place)
        elif isinstance(way, str) and "." in way:
            name, attribute = way.split(".", 1)
        else:
            raise _Malformed("needs a resource and an attribute")
        resource = self._existing(name, place)
        if resource is None:
            return UNKNOWN
        found = self._values.attribute(name, resource.kind, attribute, self._naming(resource))
        if found is None:
            return self._refuse(place, f"{resource.kind} has no attribute {attribute} here.")
        if found.made_up:
            self._report.notice(place, f"{name}.{attribute} is {found.value} here, which is made up.")
        return found.value

    def _existing(self, name: str, place: Place) -> Resource | None:
        declared = self._template.get("Parameters")
        if isinstance(declared, dict) and name in declared:
            return None  # the parameter's value was reported
        resource = self._resources.get(name)
        if resource is None:
            self._report.problem(place, f"There is no parameter or resource {name}.")
        elif not self.exists(resource):
            self._report.problem(place, f"The resource {name} is not there, since its condition does not hold.")
            return None
        return resource

    def _naming(self, resource: Resource) -> dict[str, Value]:
        if resource.logical_id in self._open:
            self._report.problem(resource.place, f"{resource.logical_id} depends on itself.")
            return {}
        self._open.append(resource.logical_id)
        properties = resource.properties
        named = {name: self.evaluate(properties[name], resource.place) for name in NAMING if name in properties}
        self._open.pop()
        return named

    def _if(self, parts: Value, place: Place) -> Value:
        name, yes, no = self._list(parts, place, 3)
        return self.evaluate(yes if self.condition(str(name), place) else no, place)

    def _equals(self, parts: Value, place: Place) -> bool:
        left, right = (self.evaluate(part, place) for part in self._list(parts, place, 2))
        return bool(_plain(left) == _plain(right))

    def _find_in_map(self, parts: Value, place: Place) -> Value:
        if not isinstance(parts, list) or len(parts) not in {3, 4}:
            raise _Malformed("needs a map and two keys")
        keys = [self.text(part, place) for part in parts[:3]]
        if any(isinstance(key, Unknown) for key in keys):
            return UNKNOWN
        found: Value = self._template.get("Mappings")
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if found is None and len(parts) == 4 and isinstance(parts[3], dict) and "DefaultValue" in parts[3]:
            return self.evaluate(parts[3]["DefaultValue"], place)
        if found is None:
            return self._refuse(place, f"The template's Mappings have no {'.'.join(keys)}.")
        return found

    def _join(self, parts: Value, place: Place) -> Value:
        separator, elements = self._list(parts, place, 2)
        listed = self._list(self.evaluate(elements, place), place)
        texts = [self.text(each, place) for each in listed]
        return UNKNOWN if any(isinstance(text, Unknown) for text in texts) else str(separator).join(texts)

    def _select(self, parts: Value, place: Place) -> Value:
        position, elements = self._list(parts, place, 2)
        evaluated = self.evaluate(elements, place)
        if isinstance(evaluated, Unknown):
            return evaluated
        listed = self._list(evaluated, place)
        index = self.text(position, place)
        if not index.isdecimal() or int(index) >= len(listed):
            raise _Malformed(f"asks for element {index} of {len(listed)}")
        return listed[int(index)]

    def _split(self, parts: Value, place: Place) -> Value:
        separator, text = self._list(parts, place, 2)
        if not separator:
            raise _Malformed("needs a separator")
        whole = self.text(text, place)
        return whole if isinstance(whole, Unknown) else whole.split(str(separator))

    def _sub(self, value: Value, place: Place) -> Value:
        text, own = self._list(value, place, 2) if isinstance(value, list) else (value, {})
        if not isinstance(text, str) or not isinstance(own, dict):
            raise _Malformed("needs a text, and may have a mapping")
        unknown = False

        def replaced(found: re.Match[str]) -> str:
            nonlocal unknown
            name = found[1].strip()
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in own:
                result: Value = self.evaluate(own[name], place)
            elif "." in name and name not in self._parameters:
                result = self._get_att(name, place)
            else:
                result = self._ref(name, place)
            unknown = unknown or isinstance(result, Unknown)
            return self.text(result, place)

        result = _VARIABLE.sub(replaced, text)
        return UNKNOWN if unknown else result

    def _list(self, value: Value, place: Place, length: int | None = None) -> list[Value]:
        if isinstance(value, Unknown):
            return []
        if isinstance(value, dict) and length is None:
            value = self.evaluate(value, place)
        if not isinstance(value, list):
            raise _Malformed("needs a list")
        if length is not None and len(value) != length:
            raise _Malformed(f"needs a list of {length}")
        return value

    def _refuse(self, place: Place, message: str) -> Unknown:
        self._report.problem(place, message)
        return UNKNOWN


class _Malformed(Exception):
    """A function has other arguments than it needs."""


def _function(value: dict[Value, Value]) -> str | None:
    if len(value) != 1:
        return None
    name = next(iter(value))
    if name == "Condition" and not isinstance(value[name], str):
        return None
    return str(name) if name in {"Ref", "Condition"} or str(name).startswith("Fn::") else None


def _unsupported(name: str) -> str:
    if name == "Fn::ImportValue":
        return "Fn::ImportValue asks another stack, which is not here. Use a parameter, and give its value."
    if name == "Fn::Transform":
        return "Fn::Transform: only AWS::Include of a local file is supported."
    return f"{name} is not supported."


def _plain(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else value


def _like(written: Value, made: Value) -> Value:
    """Return `made` with the mark of what was written in its place."""
    mark = mark_of(written)
    if mark is None:
        return made
    placed = _PlacedMapping(made) if isinstance(made, dict) else _PlacedList(made)
    placed.start_mark = mark
    return placed


class _PlacedMapping(dict[Value, Value]):
    start_mark: object = None


class _PlacedList(list[Value]):
    start_mark: object = None
