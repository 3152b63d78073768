"""Lambda functions, their layers and who may invoke them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gatepost.apigateway.model.function import Function, Permission
from gatepost.apigateway.template.local_artifacts import LocalArtifacts
from gatepost.apigateway.template.node import Node
from gatepost.apigateway.template.report import Report

_URI = re.compile(r"arn:[^:]+:apigateway:[^:]*:lambda:path/[^/]+/functions/(?P<function>.+)/invocations")
_ARN = re.compile(
    r"arn:[^:]+:lambda:(?P<region>[^:]*):(?P<account>\d*):function:(?P<name>[^:]+)(?::(?P<qualifier>[^:]+))?"
)
# CloudFormation user guide, "Get values stored in other services using dynamic references".
_DYNAMIC = re.compile(r"\{\{resolve:[a-z-]+:")
_RUNTIME = re.compile(r"(?:python3\.|nodejs)\d+(?:\.x)?|provided\.al2(?:023)?")


class FunctionTable:
    """The functions of a template.

    What is wrong with a function keeps the gateway from starting only when something is served that needs it.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._functions: dict[str, Function] = {}
        self._reports: dict[str, Report] = {}
        self._names: dict[str, str] = {}

    def read(
        self,
        logical_id: str,
        node: Node,
        artifacts: LocalArtifacts,
        layers: Mapping[str, Node],
        region: str,
        account: str,
    ) -> None:
        """Read a function."""
        own = self._reports[logical_id] = Report()
        name = node.text("FunctionName") or logical_id
        node = Node(node.value, node.place, own)
        code, inline = _code(node, artifacts)
        variables = node.get("Environment")
        self._names[name] = logical_id
        self._functions[logical_id] = Function(
            logical_id=logical_id,
            name=name,
            arn=f"arn:aws:lambda:{region}:{account}:function:{name}",
            handler=node.required("Handler"),
            runtime=_runtime(node),
            code=code,
            inline_code=inline,
            layers=tuple(_layers(node, layers, artifacts)),
            environment=_variables(variables, self._report) if variables is not None else {},
            timeout=node.integer("Timeout") or 3,
            memory=node.integer("MemorySize") or 128,
            place=node.place,
        )

    def permit(self, node: Node) -> None:
        """Read a permission (`AWS::Lambda::Permission`)."""
        logical_id = self._named(node.text("FunctionName") or "")
        action = (node.text("Action") or "").lower()
        if logical_id is None or action not in {"lambda:invokefunction", "lambda:*", "*"}:
            return
        permission = Permission(node.text("Principal") or "", node.text("SourceArn"))
        function = self._functions[logical_id]
        self._functions[logical_id] = replace(function, permissions=(*function.permissions, permission))

    def use(self, node: Node, uri: str) -> str | None:
        """Return the logical id of the function that `uri` names, which will be needed.

        Args:
            node: Where it is named.
            uri: The URI of an integration or authorizer, or an ARN.
        """
        found = _URI.fullmatch(uri)
        logical_id = self._named(found["function"] if found is not None else uri)
        if logical_id is None:
            node.problem("This is no function of the template. Use !GetAtt FUNCTION.Arn.")
            return None
        for problem in self._reports[logical_id].problems:
            self._report.problem(problem.place, problem.message)
        return logical_id

    def all(self) -> dict[str, Function]:
        """Return the functions that can be called, and leave a notice about each that cannot."""
        able = {}
        for logical_id, function in self._functions.items():
            problems = self._reports[logical_id].problems
            if problems:
                self._report.notice(problems[0].place, f"{problems[0].message} No route needs it.")
            else:
                able[logical_id] = function
        return able

    def _named(self, text: str) -> str | None:
        found = _ARN.fullmatch(text)
        name = found["name"] if found is not None else text.split(":", 1)[0]
        return self._names.get(name)


def _variables(node: Node, report: Report) -> dict[str, str]:
    variables = node.mapping("Variables")
    for name, value in variables.items():
        dynamic = _DYNAMIC.search(value)
        if dynamic is not None:
            place = node["Variables"][name].place
            what = "Only AWS knows its value: the function gets the reference as it is written. Use a parameter."
            report.notice(place, f"{dynamic[0]}…}}}} is a dynamic reference. {what}")
    return variables


def _runtime(node: Node) -> str:
    if node.text("PackageType") == "Image":
        node["PackageType"].problem("A function from a container image needs a container engine and is not supported.")
        return ""
    runtime = node.required("Runtime")
    if runtime and not _RUNTIME.fullmatch(runtime):
        node["Runtime"].problem(f"{runtime} is not supported. Use python3.x, nodejsNN.x or provided.al2023.")
    return runtime


def _code(node: Node, artifacts: LocalArtifacts) -> tuple[Path | None, str | None]:
    code = node.get("Code")
    if code is None:
        node.problem("The function has no code: add CodeUri (SAM) or Code.")
        return None, None
    inline = code.text("ZipFile")
    if inline is not None:
        return None, inline
    if code.get("ImageUri") is not None:
        return None, None  # PackageType says it
    return _folder(code, artifacts), None


def _folder(node: Node, artifacts: LocalArtifacts) -> Path | None:
    path = artifacts.path(node.value)
    if path is None:
        node.problem("The code is not on this machine. Name a local folder.")
    elif not path.is_dir():
        what = "not a folder: unpack it" if path.exists() else "not there"
        node.problem(f"{path.name} is {what}.")
        return None
    return path


def _layers(node: Node, layers: Mapping[str, Node], artifacts: LocalArtifacts) -> list[Path]:
    folders = []
    named = node.get("Layers")
    for each in named.elements() if named is not None else ():
        arn = each.own_text()
        layer = next((own for name, own in layers.items() if f":layer:{own.text('LayerName') or name}:" in arn), None)
        if layer is None:
            each.problem("The layer is not in this template. Add it as AWS::Serverless::LayerVersion with a folder.")
            continue
        content = layer.get("Content")
        folder = _folder(Node(content.value, content.place, node.report), artifacts) if content is not None else None
        if folder is not None:
            folders.append(folder)
    return folders
