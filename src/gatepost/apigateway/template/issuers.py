"""Issuers that stand in for Cognito's, since a user pool cannot be had on this machine.

`Metadata: {Gatepost: {Issuer: http://127.0.0.1:9000}}` at a user pool names the one that is asked instead; for a pool
that is not in the template, `Metadata: {Gatepost: {Issuers: {eu-west-1_abc: http://127.0.0.1:9000}}}` at the top.
"""

from collections.abc import Mapping
from typing import Any

from gatepost.apigateway.template.ids import made_id
from gatepost.apigateway.template.intrinsics import Evaluator
from gatepost.apigateway.template.resources import Resources


def stand_ins(template: Mapping[str, Any], resources: Resources, evaluator: Evaluator, region: str) -> dict[str, str]:
    """Return the issuers that stand in, by Cognito's own."""
    found = {}
    for resource in resources:
        own = _section(resource.body).get("Issuer")
        if resource.kind == "AWS::Cognito::UserPool" and own is not None:
            pool = f"{region}_{made_id(resource.logical_id, 9)}"
            found[cognito(pool)] = evaluator.evaluate(own, resource.place)
    named = _section(template).get("Issuers")
    for pool, issuer in named.items() if isinstance(named, dict) else ():
        place = next(iter(resources)).place if list(resources) else None
        identity = str(pool).rsplit("/", 1)[-1]  # an ARN's last part is the id
        found[cognito(identity)] = evaluator.evaluate(issuer, place) if place is not None else issuer
    return {name: str(issuer) for name, issuer in found.items()}


def cognito(pool: str) -> str:
    """Return Cognito's issuer for a user pool by its id."""
    return f"https://cognito-idp.{pool.split('_', 1)[0]}.amazonaws.com/{pool}"


def _section(body: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = body.get("Metadata")
    section = metadata.get("Gatepost") if isinstance(metadata, dict) else None
    return section if isinstance(section, dict) else {}
