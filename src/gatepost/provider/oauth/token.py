"""The token endpoint (RFC 6749 §3.2)."""

from gatepost.provider.oauth.client_authentication import authenticate
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, invalid_request
from gatepost.provider.oauth.grants.registry import GRANTS
from gatepost.provider.web.response import Response


async def answer(call: Call) -> Response:
    """Return tokens.

    Raises:
        OAuthError: When there are none for this client and this request.
    """
    client = await authenticate(call)
    grant_type = call.request.form.get("grant_type")
    if grant_type is None:
        raise invalid_request("grant_type is required")
    grant = GRANTS.get(grant_type)
    if grant is None:
        raise OAuthError("unsupported_grant_type", "There is no such grant type")
    if grant.permission not in client.application.grant_types:
        raise OAuthError("unauthorized_client", "The application may not use this grant type")
    return await grant.answer(call, client)
