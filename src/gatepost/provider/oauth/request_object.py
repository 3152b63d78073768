"""Request objects (RFC 9101, OpenID Connect Core 1.0 §6): parameters that the client wrote into a JWT."""

from collections.abc import Mapping
from typing import Any

from gatepost.errors import TokenRejected
from gatepost.identity.applications import Application
from gatepost.identity.shapes.fitness import unfit
from gatepost.jose import base64url
from gatepost.jose.compact import take_apart
from gatepost.jose.strict_json import load_object
from gatepost.provider.oauth import client_keys
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError

_TYPES = frozenset({"", "jwt", "oauth-authz-req+jwt"})
_LEEWAY = 5
# What a JWT says of itself, and no parameter.
_OWN = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})


async def merged(call: Call, application: Application, parameters: Mapping[str, str]) -> Mapping[str, str]:
    """Return the parameters of a request with those of its request object, which go before the others.

    Where the application has to sign its requests, what stands outside does not count (RFC 9101 §6.3).

    Raises:
        OAuthError: `invalid_request_object`, when it is not good; `invalid_request`, when it is missing.
        KeysUnavailable: When the keys that it is signed with cannot be fetched.
    """
    token = parameters.get("request")
    if token is None:
        if application.require_signed_request_object:
            raise OAuthError("invalid_request", "The application has to send a signed request object")
        return parameters
    try:
        claims = await _claims(call, application, token)
    except TokenRejected:
        raise _invalid("The request object is not signed by the application") from None
    _check(call, application, claims)
    if unfit(claims):
        raise _invalid("The request object holds what is no text")
    inside = {name: _text(name, value) for name, value in claims.items() if name not in _OWN}
    if {"request", "request_uri"} & inside.keys():
        raise _invalid("A request object holds no request object")
    for name in ("client_id", "response_type"):
        if name in inside and name in parameters and inside[name] != parameters[name]:
            raise _invalid(f"{name} is another one in the request object")
    outside = {"client_id": application.id}
    if not application.require_signed_request_object:
        outside = {name: value for name, value in parameters.items() if name != "request"}
    return {**outside, **inside}


async def _claims(call: Call, application: Application, token: str) -> dict[str, Any]:
    header_text, payload_text, signature, _ = take_apart(token)
    header = load_object(base64url.decode(header_text))
    if str(header.get("typ", "")).lower().removeprefix("application/") not in _TYPES:
        raise _invalid("The JWT is no request object")
    if header.get("alg") == "none":
        if not application.support_unsigned_request_object or signature:
            raise _invalid("The application may not send request objects that are not signed")
        return load_object(base64url.decode(payload_text))
    return load_object((await client_keys.verified(call, application, token)).payload)


def _check(call: Call, application: Application, claims: Mapping[str, Any]) -> None:
    now = call.services.clock()
    if claims.get("iss", application.id) != application.id or claims.get("client_id", application.id) != application.id:
        raise _invalid("The request object is of another client")
    aud = claims.get("aud", call.issuer)
    if call.issuer not in (aud if isinstance(aud, list) else [aud]):
        raise _invalid("The request object is for another audience")
    for name in ("exp", "nbf"):
        if name in claims and type(claims[name]) not in {int, float}:
            raise _invalid(f"{name} of the request object is no time")
    if "exp" in claims and now >= claims["exp"] + _LEEWAY:
        raise _invalid("The request object has expired")
    if "nbf" in claims and now + _LEEWAY < claims["nbf"]:
        raise _invalid("The request object is not valid yet")


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if name == "max_age" and type(value) is int:
        return str(value)
    if name == "claims":
        return ""  # not supported, and ignored wherever it stands
    raise _invalid(f"{name} of the request object is no text")


def _invalid(description: str) -> OAuthError:
    return OAuthError("invalid_request_object", description)
