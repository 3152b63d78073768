"""Intrinsic functions (CloudFormation user guide, "Intrinsic function reference")."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping

from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.conditions import Conditions, equal
from gatepost.apigateway.template.intrinsic_results import NO_VALUE, UNKNOWN, Malformed
from gatepost.apigateway.template.node import PlacedText, Unknown, Value, below, mark_of
from gatepost.apigateway.template.placed import like
from gatepost.apigateway.template.references import References
from gatepost.apigateway.template.report import Report
from gatepost.apigateway.template.resource_values import Values
from gatepost.apigateway.template.resources import Resource, Resources

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


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
        self._report = report
        self._conditions = conditions = Conditions(template, self.evaluate, report)
        self._references = References(template, parameters, resources, values, conditions, self.evaluate, report)
        self._functions: dict[str, Callable[[Value, Place], Value]] = {
            "Ref": self._references.ref,
            "Condition": lambda name, place: conditions.holds(str(name), place),
            "Fn::And": lambda parts, place: all(conditions.truth(part, place) for part in self._list(parts, place)),
            "Fn::Base64": lambda text, place: b64encode(self.text(text, place).encode()).decode(),
            "Fn::Equals": self._equals,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAZs": lambda region, place: [f"{self.text(region, place) or values.region}{z}" for z in "abc"],
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Length": lambda parts, place: len(self._list(self.evaluate(parts, place), place)),
            "Fn::Not": lambda parts, place: not conditions.truth(self._list(parts, place, 1)[0], place),
            "Fn::Or": lambda parts, place: any(conditions.truth(part, place) for part in self._list(parts, place)),
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
            except Malformed as error:
                return self._refuse(where, f"{name} {error}.")
            if type(result) is str:
                return PlacedText(result, mark_of(value))
            return result
        if isinstance(value, list):
            parts = (self.evaluate(each, below(place, position, each)) for position, each in enumerate(value))
            return like(value, [part for part in parts if part is not NO_VALUE])
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
        raise Malformed("needs a text here")

    def exists(self, resource: Resource) -> bool:
        """Tell whether a resource's condition holds, or whether it has none."""
        return self._conditions.exists(resource)

    def _mapping(self, value: dict[Value, Value], place: Place) -> Value:
        made = {}
        for key, member in value.items():
            result = self.evaluate(member, below(place, key, member))
            if result is not NO_VALUE:
                made[key] = result
        return like(value, made)

    def _get_att(self, way: Value, place: Place) -> Value:
        if isinstance(way, list) and len(way) == 2:
            return self._references.attribute(str(way[0]), self.text(way[1], place), place)
        if isinstance(way, str) and "." in way:
            name, _, attribute = way.partition(".")
            return self._references.attribute(name, attribute, place)
        raise Malformed("needs a resource and an attribute")

    def _if(self, parts: Value, place: Place) -> Value:
        name, yes, no = self._list(parts, place, 3)
        return self.evaluate(yes if self._conditions.holds(str(name), place) else no, place)

    def _equals(self, parts: Value, place: Place) -> bool:
        left, right = (self.evaluate(part, place) for part in self._list(parts, place, 2))
        return equal(left, right)

    def _find_in_map(self, parts: Value, place: Place) -> Value:
        if not isinstance(parts, list) or len(parts) not in {3, 4}:
            raise Malformed("needs a map and two keys")
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
            raise Malformed(f"asks for element {index} of {len(listed)}")
        return listed[int(index)]

    def _split(self, parts: Value, place: Place) -> Value:
        separator, text = self._list(parts, place, 2)
        if not separator:
            raise Malformed("needs a separator")
        whole = self.text(text, place)
        return whole if isinstance(whole, Unknown) else whole.split(str(separator))

    def _sub(self, value: Value, place: Place) -> Value:
        text, own = self._list(value, place, 2) if isinstance(value, list) else (value, {})
        if not isinstance(text, str) or not isinstance(own, dict):
            raise Malformed("needs a text, and may have a mapping")
        unknown = False

        def replaced(found: re.Match[str]) -> str:
            nonlocal unknown
            name = found[1].strip()
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            result = self.evaluate(own[name], place) if name in own else self._references.in_text(name, place)
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
            raise Malformed("needs a list")
        if length is not None and len(value) != length:
            raise Malformed(f"needs a list of {length}")
        return value

    def _refuse(self, place: Place, message: str) -> Unknown:
        self._report.problem(place, message)
        return UNKNOWN


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
