"""The introspection endpoint (RFC 7662): what a token says, to who it is for."""

from typing import Any

from sqlalchemy import Connection

from gatepost.errors import TokenRejected
from gatepost.identity import refresh_tokens
from gatepost.identity.resources import Resource
from gatepost.provider.oauth import presented_tokens
from gatepost.provider.oauth.client_authentication import Client, authenticate_asker
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import invalid_request
from gatepost.provider.oauth.once import reading
from gatepost.provider.web.response import Response, json_response

_INACTIVE: dict[str, Any] = {"active": False}


async def answer(call: Call) -> Response:
    """Return whether a token is good and what it says, to the application that got it or the resource that it is for.

    Raises:
        OAuthError: When who asks is neither an application nor a resource.
    """
    asker = await authenticate_asker(call)
    token = call.request.form.get("token")
    if token is None:
        raise invalid_request("token is required")
    claims = _claims(call, asker, token)
    once = asker.once if isinstance(asker, Client) else ()

    def look(connection: Connection) -> dict[str, Any]:
        if claims is None:
            return _refresh_token(connection, call, asker, token)
        return _INACTIVE if "jti" in claims and _ended(connection, call, claims) else _active(claims)

    return json_response(await reading(call.services, once, look))


def _claims(call: Call, asker: Client | Resource, token: str) -> dict[str, Any] | None:
    """Return the claims of a signed token that is for who asks, or `None`."""
    now = call.services.clock()
    if token.count(".") != 2:
        return None
    try:
        claims = presented_tokens.access_token(call.configuration, call.issuer, token, now)
    except TokenRejected:
        return _id_token(call, asker, token, now)
    if isinstance(asker, Resource):
        return claims if asker.audience in claims["aud"] else None
    return claims if claims["client_id"] == asker.application.id else None


def _id_token(call: Call, asker: Client | Resource, token: str, now: float) -> dict[str, Any] | None:
    if isinstance(asker, Resource):
        return None
    try:
        claims = presented_tokens.id_token(call.configuration, call.issuer, token, now)
    except TokenRejected:
        return None
    return claims if claims["aud"] == asker.application.id else None


def _ended(connection: Connection, call: Call, claims: dict[str, Any]) -> bool:
    application = call.configuration.applications.get(claims["client_id"])
    if application is None or not application.enabled:
        return True
    return presented_tokens.ended(connection, call.environment_id, claims)


def _active(claims: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of a token; no claim that a mapping made takes the place of what is said here."""
    said: dict[str, Any] = {"active": True}
    if "client_id" in claims:
        said["token_type"] = "DPoP" if "cnf" in claims else "Bearer"
    else:
        said["client_id"] = claims["aud"]
    return said | claims | said


def _refresh_token(connection: Connection, call: Call, asker: Client | Resource, token: str) -> dict[str, Any]:
    family = refresh_tokens.family_of(connection, call.environment_id, token, call.now)
    if family is None or isinstance(asker, Resource) or family.application_id != asker.application.id:
        return _INACTIVE
    return {
        "active": True,
        "client_id": family.application_id,
        "iss": call.issuer,
        "scope": " ".join(family.document["scopes"]),
        "sub": family.user_id,
        "iat": family.created_at // 1000,
    }
