"""What the gateway answers when it refuses a request, or when what should answer it does not."""

from gatepost.apigateway.answers.gateway_response import gateway_response
from gatepost.apigateway.answers.gateway_response_kinds import KINDS
from gatepost.apigateway.exchange import Exchange, Response
from gatepost.apigateway.model.assumptions import Assumptions

# HTTP APIs cannot be told to answer otherwise, so that each answer is made once.
_HTTP = {
    kind: Response(
        about.http_status, (("content-type", "application/json"),), f'{{"message":"{about.http_message}"}}'.encode()
    )
    for kind, about in KINDS.items()
}


def failure_response(exchange: Exchange, assumptions: Assumptions) -> Response:
    """Return the answer to `exchange.failure`, to the byte as AWS gives it, without the headers that hold request ids.

    Raises:
        ValueError: When nothing failed.
    """
    failure = exchange.failure
    if failure is None:
        raise ValueError("the exchange has not failed")
    if exchange.api.kind == "REST":
        return gateway_response(exchange, failure, assumptions)
    answer = _HTTP[failure.kind]
    if failure.www_authenticate is None:
        return answer
    return Response(answer.status, (*answer.headers, ("www-authenticate", failure.www_authenticate)), answer.body)
