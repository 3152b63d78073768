"""A REST API's resource policy (API Gateway developer guide, "Control access to a REST API with resource policies")."""

import json
from collections.abc import Mapping

from gatepost.apigateway.template.node import Node, Value
from gatepost.apigateway.template.reading import Reading

_SHORT = "execute-api:/"


def resource_policy(node: Node, document: Node | None, reading: Reading, api_id: str) -> Mapping[str, Value] | None:
    """Return the policy with its resources written in full, or `None`.

    Args:
        node: The API's properties.
        document: Its OpenAPI document, or `None`.
        reading: The template.
        api_id: The id of the API.
    """
    found = node.get("Policy") or (document.get("x-amazon-apigateway-policy") if document is not None else None)
    if found is None:
        return None
    policy = found.value
    if isinstance(policy, str):
        try:
            policy = json.loads(policy)
        except ValueError:
            policy = None
    if not isinstance(policy, dict) or not isinstance(policy.get("Statement"), dict | list):
        found.problem("The resource policy has to be a policy document with statements.")
        return None
    if "aws:SourceVpc" in json.dumps(policy):
        found.notice("Requests come from no VPC here, so conditions on aws:SourceVpc and aws:SourceVpce never hold.")
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    arn = f"arn:aws:execute-api:{reading.region}:{reading.account}:{api_id}/"
    full = []
    for statement in statements:
        if not isinstance(statement, dict):
            found.problem("A statement of the resource policy has to be a mapping.")
            continue
        full.append({name: _expanded(value, arn) if "Resource" in name else value for name, value in statement.items()})
    return {**policy, "Statement": full}


def _expanded(resource: Value, arn: str) -> Value:
    if isinstance(resource, list):
        return [_expanded(each, arn) for each in resource]
    if isinstance(resource, str) and resource.startswith(_SHORT):
        return arn + resource.removeprefix(_SHORT)
    return resource
