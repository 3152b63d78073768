"""The revocation endpoint (RFC 7009)."""

from sqlalchemy import Connection

from gatepost.errors import TokenRejected
from gatepost.identity import refresh_tokens, revoked_tokens, token_families
from gatepost.provider.oauth import presented_tokens
from gatepost.provider.oauth.client_authentication import authenticate
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, invalid_request
from gatepost.provider.oauth.once import writing
from gatepost.provider.web.response import Response


async def answer(call: Call) -> Response:
    """Revoke a token of the client that asks: an access token alone, a refresh token with all that came of it.

    A token that is unknown or not good any more needs nothing, and is no error (RFC 7009 §2.2).

    Raises:
        OAuthError: When the token is another client's.
    """
    client = await authenticate(call)
    token = call.request.form.get("token")
    if token is None:
        raise invalid_request("token is required")
    access = _access_token(call, token, client.application.id)

    def revoke(connection: Connection) -> OAuthError | None:
        if access is not None:
            revoked_tokens.revoke(connection, call.environment_id, [access])
            return None
        family = refresh_tokens.family_of(connection, call.environment_id, token, call.now)
        if family is None:
            return None
        if family.application_id != client.application.id:
            return _another_clients()
        token_families.revoke(connection, family.id, call.now)
        return None

    await writing(call.services, client.once, revoke)
    return Response(200)


def _access_token(call: Call, token: str, client_id: str) -> tuple[str, int] | None:
    try:
        claims = presented_tokens.access_token(call.configuration, call.issuer, token, call.services.clock())
    except TokenRejected:
        return None
    if claims["client_id"] != client_id:
        raise _another_clients()
    return claims["jti"], int(claims["exp"]) * 1000


def _another_clients() -> OAuthError:
    return OAuthError("unauthorized_client", "The token was issued to another client")
