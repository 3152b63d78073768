"""The endpoint for pushed authorization requests (RFC 9126)."""

from sqlalchemy import Connection

from gatepost.identity import pushed_requests
from gatepost.provider.oauth import dpop, requests
from gatepost.provider.oauth.client_authentication import authenticate
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, invalid_request
from gatepost.provider.oauth.once import writing
from gatepost.provider.oauth.requests import AuthorizationFailed
from gatepost.provider.web.response import Response, json_response

# What proves who the client is is no part of the request.
_NOT_PUSHED = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


async def answer(call: Call) -> Response:
    """Keep a request for authorization that is good, and return its `request_uri`.

    Raises:
        OAuthError: When the client or the request is refused.
    """
    client = await authenticate(call)
    application = client.application
    sent = call.request.form.as_dict()
    if "request_uri" in sent:
        raise invalid_request("A pushed request has no request_uri")
    parameters = {name: value for name, value in sent.items() if name not in _NOT_PUSHED}
    parameters["client_id"] = application.id
    proof = dpop.proof_of(call)
    try:
        whole = dict(await requests.merged(call, application, parameters))
        # RFC 9449 §10.1, whether or not a request object speaks of a key
        if proof is not None and whole.setdefault("dpop_jkt", proof.thumbprint) != proof.thumbprint:
            raise dpop.invalid_proof("dpop_jkt is the thumbprint of another key")
        requests.judged(call, application, whole)
    except AuthorizationFailed as error:
        raise OAuthError(error.error, error.description) from None

    def push(connection: Connection) -> str:
        return pushed_requests.push(
            connection,
            call.environment_id,
            application.id,
            whole,
            now=call.now,
            lifetime=application.par_timeout * 1000,
        )

    uri = await writing(call.services, client.once + dpop.once(proof), push)
    return json_response({"request_uri": uri, "expires_in": application.par_timeout}, 201)
