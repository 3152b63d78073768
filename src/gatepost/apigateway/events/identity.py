"""What authorizers found out, as it stands in `requestContext` of the events for functions behind them."""

from typing import Any

from gatepost.apigateway.exchange import IamIdentity, Identity, JwtIdentity, LambdaIdentity
from gatepost.apigateway.model.assumptions import Assumptions


def authorizer_2_0(identity: Identity, assumptions: Assumptions) -> dict[str, Any]:
    """Return `requestContext.authorizer` of format 2.0, one member for each kind of authorizer."""
    if isinstance(identity, JwtIdentity):
        scopes = None if identity.scopes is None else list(identity.scopes)
        return {"jwt": {"claims": dict(identity.claims), "scopes": scopes}}
    if isinstance(identity, IamIdentity):
        return {"iam": _iam(identity)}
    context = None if identity.context is None else dict(identity.context)
    if assumptions.principal_in_lambda and identity.principal is not None:
        context = {**(context or {}), "principalId": identity.principal}
    return {"lambda": context}


def authorizer_1_0(identity: Identity | None) -> dict[str, Any]:
    """Return `requestContext.authorizer` of an HTTP API's format 1.0."""
    if isinstance(identity, JwtIdentity):
        scopes = None if identity.scopes is None else list(identity.scopes)
        return {"claims": dict(identity.claims), "scopes": scopes}
    if isinstance(identity, LambdaIdentity):
        principal = {} if identity.principal is None else {"principalId": identity.principal}
        return {**(identity.context or {}), **principal}
    return {"claims": None, "scopes": None}


def authorizer_rest(identity: Identity | None) -> dict[str, Any] | None:
    """Return `requestContext.authorizer` of a REST API, or `None` where that member is absent."""
    if isinstance(identity, JwtIdentity):
        return {"claims": dict(identity.claims)}
    if isinstance(identity, LambdaIdentity):
        context = {**(identity.context or {}), "integrationLatency": identity.latency}
        return context if identity.principal is None else {**context, "principalId": identity.principal}
    return None


def account_of(identity: IamIdentity) -> str | None:
    """Return the account in the principal's ARN."""
    parts = identity.arn.split(":")
    return parts[4] if len(parts) > 4 and parts[4] else None


def _iam(identity: IamIdentity) -> dict[str, Any]:
    name = identity.arn.rpartition("/")[2]
    return {
        "accessKey": None,
        "accountId": account_of(identity),
        "callerId": name,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": identity.arn,
        "userId": name,
    }
