"""A request as IAM policies see it."""

from gatepost.apigateway.exchange import Exchange
from gatepost.apigateway.iam.iam_request import ANONYMOUS, IamRequest

INVOKE = "execute-api:Invoke"


def iam_request(exchange: Exchange, arn: str, principal: str = ANONYMOUS) -> IamRequest:
    """Return what policies are asked about.

    Args:
        exchange: The request.
        arn: The ARN of what it wants to invoke.
        principal: The ARN of who it is, where that is known.
    """
    request = exchange.request
    return IamRequest(
        INVOKE,
        arn,
        request.source_ip,
        request.time,
        user_agent=request.header("user-agent"),
        referer=request.header("referer"),
        principal=principal,
    )
