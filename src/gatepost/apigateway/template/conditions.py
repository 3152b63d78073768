"""Conditions: which of them hold (CloudFormation user guide, "Conditions section structure reference")."""

from collections.abc import Callable, Mapping

from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.node import Unknown, Value, below
from gatepost.apigateway.template.report import Report
from gatepost.apigateway.template.resources import Resource


class Conditions:
    """The conditions of a template, each of which is asked once."""

    def __init__(
        self, template: Mapping[str, Value], evaluate: Callable[[Value, Place], Value], report: Report
    ) -> None:
        """Ask none yet.

        Args:
            template: The template.
            evaluate: Replaces the intrinsic functions of a value.
            report: Where problems go.
        """
        self._template = template
        self._evaluate = evaluate
        self._report = report
        self._found: dict[str, bool] = {}
        self._open: list[str] = []

    def holds(self, name: str, place: Place) -> bool:
        """Tell whether the condition `name`, which is named at `place`, holds."""
        if name in self._found:
            return self._found[name]
        conditions = self._template.get("Conditions")
        if not isinstance(conditions, dict) or name not in conditions:
            self._report.problem(place, f"There is no condition {name}.")
            return False
        if name in self._open:
            self._report.problem(place, f"The condition {name} depends on itself.")
            return False
        self._open.append(name)
        key = next(key for key in conditions if key == name)
        self._found[name] = self.truth(conditions[name], below(place._replace(resource="Conditions"), key, None))
        self._open.pop()
        return self._found[name]

    def exists(self, resource: Resource) -> bool:
        """Tell whether a resource's condition holds, or whether it has none."""
        name = resource.body.get("Condition")
        return name is None or self.holds(str(name), resource.place)

    def truth(self, value: Value, place: Place) -> bool:
        """Return the value of what has to be true or false."""
        result = self._evaluate(value, place)
        if isinstance(result, bool):
            return result
        if isinstance(result, str) and result in {"true", "false"}:
            return result == "true"
        if not isinstance(result, Unknown):
            self._report.problem(place, "A condition is expected here.")
        return False


def equal(left: Value, right: Value) -> bool:
    """Compare as `Fn::Equals` does, for which everything is a text."""
    return bool(_plain(left) == _plain(right))


def _plain(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else value
