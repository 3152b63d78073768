"""The grant of an application's own credentials (RFC 6749 §4.4)."""

from gatepost.provider.oauth import claims, dpop, issuing, scopes
from gatepost.provider.oauth.client_authentication import Client
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError
from gatepost.provider.oauth.issuing import Issue
from gatepost.provider.oauth.once import writing
from gatepost.provider.web.response import Response


async def answer(call: Call, client: Client) -> Response:
    """Return an access token for the application itself.

    Raises:
        OAuthError: When there is none for it.
    """
    if client.public:
        raise OAuthError("unauthorized_client", "An application that cannot authenticate has no credentials")
    proof = dpop.proof_of(call)
    wanted = scopes.parsed(call.request.form.get("scope"))
    allowed = scopes.for_itself(call.configuration, client.application, wanted)
    once = client.once + dpop.once(proof)
    if once:
        await writing(call.services, once, lambda _: None)
    planned = claims.plan(call.configuration, allowed, call.now)
    return issuing.response(call, client, Issue(allowed, planned, jkt=dpop.thumbprint(proof)))
