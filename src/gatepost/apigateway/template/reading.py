"""What the readers of resources share."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from gatepost.apigateway.model.place import Place
from gatepost.apigateway.template.functions import FunctionTable
from gatepost.apigateway.template.intrinsics import Evaluator
from gatepost.apigateway.template.local_artifacts import LocalArtifacts
from gatepost.apigateway.template.node import Node
from gatepost.apigateway.template.report import Report
from gatepost.apigateway.template.resources import Resource, Resources, properties_node


class Reading:
    """A template while it is read.

    Attributes:
        resources: Its resources.
        evaluator: Replaces its intrinsic functions.
        artifacts: Its local files.
        report: Where problems go.
        region: The region.
        account: The account.
        issuers: The issuers that stand in for Cognito's, by Cognito's.
        events: Where a SAM template writes the event that makes a route: by API, method and path.
    """

    def __init__(
        self,
        resources: Resources,
        evaluator: Evaluator,
        artifacts: LocalArtifacts,
        report: Report,
        *,
        region: str,
        account: str,
        issuers: Mapping[str, str],
        events: Mapping[tuple[str, str, str], Place],
    ) -> None:
        self.resources = resources
        self.evaluator = evaluator
        self.artifacts = artifacts
        self.report = report
        self.region = region
        self.account = account
        self.issuers = issuers
        self.events = events
        self.files: list[str] = []
        self._nodes: dict[str, Node] = {}

    def node(self, resource: Resource) -> Node:
        """Return the properties of a resource, without intrinsic functions."""
        if resource.logical_id not in self._nodes:
            unread = properties_node(resource, None, self.report)
            properties = self.evaluator.evaluate(resource.properties, unread.place)
            self._nodes[resource.logical_id] = properties_node(resource, properties, self.report)
        return self._nodes[resource.logical_id]

    def of(self, *kinds: str) -> Iterator[tuple[str, Node]]:
        """Yield logical id and properties of every resource of these types whose condition holds."""
        for resource in self.resources:
            if resource.kind in kinds and self.evaluator.exists(resource):
                yield resource.logical_id, self.node(resource)

    @cached_property
    def functions(self) -> FunctionTable:
        """The functions."""
        table = FunctionTable(self.report)
        for logical_id, node in self.of("AWS::Lambda::Function"):
            table.read(
                logical_id, node, self.artifacts, dict(self.of("AWS::Lambda::LayerVersion")), self.region, self.account
            )
        for _, node in self.of("AWS::Lambda::Permission"):
            table.permit(node)
        return table
