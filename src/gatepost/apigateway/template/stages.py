"""The stages of an API."""

import re
from collections.abc import Iterator

from gatepost.apigateway.model.api import Stage
from gatepost.apigateway.template.node import Node
from gatepost.apigateway.template.reading import Reading

_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}|\$default")
# SAM's translator names the stage of a deployment so where the template names another one.
_SAM_STAGE = "Stage"


def stages_of(api_id: str, reading: Reading) -> list[Stage]:
    """Return the stages of an API.

    Args:
        api_id: The id of the API.
        reading: The template.
    """
    found = []
    for _, node in reading.of("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"):
        if node.text("RestApiId", "ApiId") == api_id:
            found.append(_stage(node))
    for _, node in reading.of("AWS::ApiGateway::Deployment"):
        name = node.text("StageName")
        if node.text("RestApiId") != api_id or name is None or (name == _SAM_STAGE and found):
            continue
        if all(stage.name != name for stage in found):
            found.append(_named(node["StageDescription"], node["StageName"], name))
    return found


def _stage(node: Node) -> Stage:
    name = node.required("StageName")
    if name and not _NAME.fullmatch(name):
        node["StageName"].problem(f"{name} is not a name for a stage.")
    return _named(node, node, name)


def _named(node: Node, at: Node, name: str) -> Stage:
    if node.get("CanarySetting", "CanarySettings") is not None:
        node["CanarySetting"].problem("A canary sends some requests to another deployment and is not supported.")
    for member, what in _ignored(node):
        member.notice(f"{what} here.")
    log = node.get("AccessLogSetting", "AccessLogSettings")
    return Stage(
        name=name,
        variables=node.mapping("Variables", "StageVariables"),
        access_log=log.text("Format") if log is not None else None,
        place=at.place,
    )


def _ignored(node: Node) -> Iterator[tuple[Node, str]]:
    if node.boolean("CacheClusterEnabled"):
        yield node["CacheClusterEnabled"], "Responses are not cached"
    for name in ("MethodSettings", "DefaultRouteSettings", "RouteSettings"):
        member = node.get(name)
        if member is not None:
            yield member, "Throttling, caching and logging by route are not done"
