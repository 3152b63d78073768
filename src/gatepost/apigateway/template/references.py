"""References to parameters and resources: `Ref` and `Fn::GetAtt`."""

from collections.abc import Callable, Mapping

from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.conditions import Conditions
from gatepost.apigateway.template.intrinsic_results import NO_VALUE, UNKNOWN
from gatepost.apigateway.template.node import Value
from gatepost.apigateway.template.report import Report
from gatepost.apigateway.template.resource_values import Values
from gatepost.apigateway.template.resources import NAMING, Resource, Resources


class References:
    """Finds what is referred to in a template."""

    def __init__(
        self,
        template: Mapping[str, Value],
        parameters: Mapping[str, str | list[str]],
        resources: Resources,
        values: Values,
        conditions: Conditions,
        evaluate: Callable[[Value, Place], Value],
        report: Report,
    ) -> None:
        self._template = template
        self._parameters = parameters
        self._resources = resources
        self._values = values
        self._conditions = conditions
        self._evaluate = evaluate
        self._report = report
        self._open: list[str] = []

    def ref(self, name: Value, place: Place) -> Value:
        """Return what `Ref` gives: the value of a parameter, or what names a resource."""
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

    def attribute(self, name: str, attribute: str, place: Place) -> Value:
        """Return what `Fn::GetAtt` gives."""
        resource = self._existing(name, place)
        if resource is None:
            return UNKNOWN
        found = self._values.attribute(name, resource.kind, attribute, self._naming(resource))
        if found is None:
            self._report.problem(place, f"{resource.kind} has no attribute {attribute} here.")
            return UNKNOWN
        if found.made_up:
            self._report.notice(place, f"{name}.{attribute} is {found.value} here, which is made up.")
        return found.value

    def in_text(self, name: str, place: Place) -> Value:
        """Return what `${name}` stands for in `Fn::Sub`."""
        if "." in name and name not in self._parameters:
            resource, _, attribute = name.partition(".")
            return self.attribute(resource, attribute, place)
        return self.ref(name, place)

    def _existing(self, name: str, place: Place) -> Resource | None:
        declared = self._template.get("Parameters")
        if isinstance(declared, dict) and name in declared:
            return None  # the parameter's value was reported
        resource = self._resources.get(name)
        if resource is None:
            self._report.problem(place, f"There is no parameter or resource {name}.")
        elif not self._conditions.exists(resource):
            self._report.problem(place, f"The resource {name} is not there, since its condition does not hold.")
            return None
        return resource

    def _naming(self, resource: Resource) -> dict[str, Value]:
        if resource.logical_id in self._open:
            self._report.problem(resource.place, f"{resource.logical_id} depends on itself.")
            return {}
        self._open.append(resource.logical_id)
        properties = resource.properties
        named = {name: self._evaluate(properties[name], resource.place) for name in NAMING if name in properties}
        self._open.pop()
        return named
