"""The endpoint for user information (OpenID Connect Core 1.0 §5.3)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from gatepost.errors import TokenRejected
from gatepost.provider.oauth import dpop, fulfillment, people, presented_tokens
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, invalid_request
from gatepost.provider.oauth.fulfillment import Source
from gatepost.provider.oauth.once import reading
from gatepost.provider.oauth.scopes import OPENID, Allowed
from gatepost.provider.web.response import Response, json_response
from gatepost.verification.dpop_proof import Proof

_FORM = "application/x-www-form-urlencoded"


async def answer(call: Call) -> Response:
    """Return what an access token lets its bearer know of the user.

    Raises:
        OAuthError: When it is not good, or not for this.
    """
    scheme, token = _presented(call)
    claims = _checked(call, scheme, token)
    application = call.configuration.applications.get(claims["client_id"])
    user_id = claims.get("p1.userId")
    if application is None or not application.enabled or user_id is None:
        raise _invalid_token(scheme)
    scopes = str(claims.get("scope", "")).split(" ")
    if OPENID not in scopes:
        text = "The access token has not the scope openid"
        challenge = f'{scheme} realm="gatepost", error="insufficient_scope", scope="openid"'
        raise OAuthError("insufficient_scope", text, status=403, challenge=challenge)
    proof = _proof(call, scheme, token, claims)

    def read(connection: Connection) -> Mapping[str, Any] | None:
        if presented_tokens.ended(connection, call.environment_id, claims):
            return None
        return people.signed_on(connection, call.configuration, application, user_id)

    try:
        user = await reading(call.services, dpop.once(proof), read)
    except OAuthError as error:
        raise _no_proof(error) from None
    if user is None:
        raise _invalid_token(scheme)
    allowed = Allowed(tuple(scopes), (), frozenset(scopes))
    information = fulfillment.user_information(call.configuration, allowed, Source(application, user))
    return json_response({"sub": user_id, **information})


def _presented(call: Call) -> tuple[str, str]:
    """Return the scheme and the access token of a request (RFC 6750 §2, RFC 9449 §7.1)."""
    authorization = call.request.headers.get("authorization")
    in_form = None
    if call.request.method == "POST" and call.request.media_type == _FORM:
        in_form = call.request.form.get("access_token")
    if authorization is not None and in_form is not None:
        raise invalid_request("The access token stands in one place, and not in two")
    if in_form is not None:
        return "Bearer", in_form
    scheme, _, token = (authorization or "").partition(" ")
    scheme = {"bearer": "Bearer", "dpop": "DPoP"}.get(scheme.lower(), "")
    if not scheme or not token.strip():
        text = "An access token is required"
        raise OAuthError("invalid_token", text, status=401, challenge='Bearer realm="gatepost"')
    return scheme, token.strip()


def _checked(call: Call, scheme: str, token: str) -> dict[str, Any]:
    try:
        return presented_tokens.access_token(call.configuration, call.issuer, token, call.services.clock())
    except TokenRejected:
        raise _invalid_token(scheme) from None


def _proof(call: Call, scheme: str, token: str, claims: Mapping[str, Any]) -> Proof | None:
    """Return the proof that belongs to the token; one that is bound is no bearer token (RFC 9449 §7.2)."""
    bound = claims.get("cnf")
    if (scheme == "DPoP") != (bound is not None):
        raise _invalid_token(scheme)
    if bound is None:
        return None
    try:
        proof = dpop.proof_of(call, access_token=token)
    except OAuthError as error:
        raise _no_proof(error) from None
    if proof is None or bound != {"jkt": proof.thumbprint}:
        raise _invalid_token(scheme)
    return proof


def _no_proof(error: OAuthError) -> OAuthError:
    challenge = f'DPoP error="invalid_dpop_proof", algs="{" ".join(dpop.ALGORITHMS)}"'
    return OAuthError(error.error, error.description, status=401, challenge=challenge)


def _invalid_token(scheme: str) -> OAuthError:
    text = "The access token is missing, expired, revoked or not good"
    algs = f', algs="{" ".join(dpop.ALGORITHMS)}"' if scheme == "DPoP" else ""
    challenge = f'{scheme} realm="gatepost", error="invalid_token"{algs}'
    return OAuthError("invalid_token", text, status=401, challenge=challenge)
