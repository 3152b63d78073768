"""A REST API's resource policy, before and after its authorizers.

Source: Amazon API Gateway Developer Guide, "How API Gateway resource policies affect authorization workflow".
"""

from collections.abc import Mapping
from typing import Any

from gatepost.apigateway.authorizers.asked_policy import INVOKE, iam_request
from gatepost.apigateway.events.arn import judged_arns
from gatepost.apigateway.exchange import Exchange, Failure, IamIdentity
from gatepost.apigateway.iam.evaluation import Verdict, evaluate_each
from gatepost.apigateway.iam.iam_request import ANONYMOUS
from gatepost.apigateway.iam.policy import Policy, read_policy
from gatepost.apigateway.model.api import Api
from gatepost.apigateway.model.assumptions import Assumptions

_SHORT = "execute-api:/"


class ResourcePolicy:
    """The resource policy of one API.

    Attributes:
        policy: The policy, read.
    """

    def __init__(self, api: Api, document: Mapping[str, Any], assumptions: Assumptions) -> None:
        """Read the policy.

        Raises:
            BadPolicy: When it is malformed.
        """
        self.policy: Policy = read_policy(_completed(document, api.arn))
        self._account = api.account
        self._assumptions = assumptions

    def denies(self, exchange: Exchange) -> bool:
        """Tell whether it denies the request explicitly, whatever else is said, and leave the failure if it does."""
        verdict, arn = self._verdict(exchange)
        if verdict.effect != "Deny":
            return False
        self._refuse(exchange, verdict, arn)
        return True

    def check(self, exchange: Exchange) -> None:
        """Leave a failure in `exchange` unless it allows the request explicitly."""
        verdict, arn = self._verdict(exchange)
        if verdict.allowed:
            exchange.note("resource policy", True, f"{verdict} of {arn}")
        else:
            self._refuse(exchange, verdict, arn)

    def _verdict(self, exchange: Exchange) -> tuple[Verdict, str]:
        """Return what it says, and about which ARN."""
        identity = exchange.identity
        principal = identity.arn if isinstance(identity, IamIdentity) else ANONYMOUS
        arns = judged_arns(exchange, self._assumptions)
        verdict, about = evaluate_each((self.policy,), [iam_request(exchange, arn, principal) for arn in arns])
        return verdict, about.resource

    def _refuse(self, exchange: Exchange, verdict: Verdict, arn: str) -> None:
        exchange.note("resource policy", False, f"{verdict} of {arn}")
        who = exchange.identity.arn if isinstance(exchange.identity, IamIdentity) else "anonymous"
        # The account's number is covered but for its end, as seen on AWS.
        shown = arn.replace(f":{self._account}:", f":{'*' * 8}{self._account[-4:]}:", 1)
        how = " with an explicit deny" if verdict.effect == "Deny" else ""
        message = f"User: {who} is not authorized to perform: {INVOKE} on resource: {shown}{how}"
        exchange.failure = Failure("ACCESS_DENIED", message=message)


def _completed(document: Mapping[str, Any], arn: str) -> Mapping[str, Any]:
    """Return the document with the short form of its resources, `execute-api:/stage/*`, written out."""
    if "Statement" not in document:
        return document
    given = document["Statement"]
    statements = given if isinstance(given, list) else [given]
    completed = [
        {name: _long(value, arn) if name in {"Resource", "NotResource"} else value for name, value in each.items()}
        if isinstance(each, Mapping)
        else each
        for each in statements
    ]
    return {**document, "Statement": completed}


def _long(value: object, arn: str) -> object:
    if isinstance(value, list):
        return [_long(each, arn) for each in value]
    if isinstance(value, str) and value.startswith(_SHORT):
        return f"{arn}/{value.removeprefix(_SHORT)}"
    return value
