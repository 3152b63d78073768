"""The API keys of a stage: those of the usage plans that name it."""

from gatepost.apigateway.template.ids import made_id
from gatepost.apigateway.template.node import Node
from gatepost.apigateway.template.reading import Reading


def api_keys(api_id: str, stage: str, reading: Reading) -> frozenset[str]:
    """Return the values of the keys that are good for a stage.

    Args:
        api_id: The id of the API.
        stage: The name of the stage.
        reading: The template.
    """
    plans = {
        made_id(logical_id, 6)
        for logical_id, node in reading.of("AWS::ApiGateway::UsagePlan")
        if _names(node, api_id, stage)
    }
    wanted = {
        node.text("KeyId")
        for _, node in reading.of("AWS::ApiGateway::UsagePlanKey")
        if node.text("UsagePlanId") in plans
    }
    keys = set()
    for logical_id, node in reading.of("AWS::ApiGateway::ApiKey"):
        if made_id(logical_id) in wanted and node.boolean("Enabled"):
            keys.add(_value(node, logical_id))
    return frozenset(keys)


def _names(plan: Node, api_id: str, stage: str) -> bool:
    for name in ("Throttle", "Quota"):
        limit = plan.get(name)
        if limit is not None:
            limit.notice("Requests are not counted here.")
    stages = plan.get("ApiStages")
    each = stages.elements() if stages is not None else ()
    return any(one.text("ApiId") == api_id and one.text("Stage") == stage for one in each)


def _value(node: Node, logical_id: str) -> str:
    value = node.text("Value")
    if value is None:
        value = made_id(f"{logical_id}.Value", 40)
        node.notice(f"AWS chooses the value of this key; here it is {value}.")
    return value
