"""The answer to a request for authorization: a code, an access token, an ID token."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection

from gatepost.identity import authorization_codes, token_families
from gatepost.identity.applications import Application
from gatepost.identity.ids import new_id
from gatepost.identity.token_families import Family
from gatepost.provider.oauth import claims, fulfillment, minting, people, scopes
from gatepost.provider.oauth.claims import Planned
from gatepost.provider.oauth.failures import OAuthError
from gatepost.provider.oauth.fulfillment import Source
from gatepost.provider.oauth.requests import AuthorizationRequest
from gatepost.provider.oauth.response_modes import returned
from gatepost.provider.oauth.scopes import Allowed
from gatepost.provider.oauth.sign_on import SignOn

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration

CODE_LIFETIME = 60_000  # milliseconds


class Authorized(NamedTuple):
    """A request that a user allowed: what is in the store of it, and what its tokens are made of.

    Attributes:
        request: The request.
        application: The application.
        allowed: What it may.
        sign_on: How the user signed on.
        user: The user's members.
        planned: The plan of the access token, or of nothing but a time.
        code: The code, or `None`.
    """

    request: AuthorizationRequest
    application: Application
    allowed: Allowed
    sign_on: SignOn
    user: Mapping[str, Any]
    planned: Planned
    code: str | None


def authorize(
    connection: Connection, configuration: "Configuration", request: AuthorizationRequest, sign_on: SignOn, now: int
) -> Authorized:
    """Issue the code that a request asks for, and note the access token: in the transaction that ends the flow.

    Args:
        connection: A transaction that writes.
        configuration: The environment's configuration.
        request: The request.
        sign_on: How the user signed on.
        now: The time, in milliseconds since 1970.

    Raises:
        OAuthError: When the application or the user is gone, or nothing is granted any more.
    """
    application = configuration.applications.get(request.application_id)
    if application is None or not application.enabled:
        raise OAuthError("unauthorized_client", "The application is not there any more")
    user = people.signed_on(connection, configuration, application, sign_on.user_id)
    if user is None:
        raise OAuthError("access_denied", "The user may not sign on")
    allowed = scopes.for_user(configuration, application, request.scopes)
    planned = claims.plan(configuration, allowed, now)
    code = None
    if "code" in request.response_types:
        code = _issue_code(connection, configuration, request, allowed, sign_on, now)
    if "token" in request.response_types:
        _note_access(connection, configuration, request, allowed, sign_on, planned, now)
    return Authorized(request, application, allowed, sign_on, user, planned, code)


def complete(configuration: "Configuration", issuer: str, authorized: Authorized) -> dict[str, str]:
    """Return the parameters of the answer, tokens signed: after the transaction.

    Raises:
        OAuthError: When an attribute that is required has no value.
    """
    request, application = authorized.request, authorized.application
    source = Source(application, authorized.user)
    parameters: dict[str, str] = {}
    access_token = None
    if authorized.code is not None:
        parameters["code"] = authorized.code
    if "token" in request.response_types:
        access = claims.access_token(
            configuration,
            issuer=issuer,
            client_id=application.id,
            allowed=authorized.allowed,
            planned=authorized.planned,
            mapped=fulfillment.access_claims(configuration, authorized.allowed, source),
            sign_on=authorized.sign_on,
        )
        access_token = minting.access_token(configuration, application, access)
        parameters |= {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": str(authorized.planned.lifetime),
            "scope": " ".join(authorized.allowed.scopes),
        }
    if "id_token" in request.response_types:
        token = claims.id_token(
            configuration,
            issuer=issuer,
            client_id=application.id,
            sign_on=authorized.sign_on,
            issued_at=authorized.planned.issued_at,
            mapped=fulfillment.id_claims(configuration, authorized.allowed, source),
            nonce=request.nonce,
            access_token=access_token,
            code=authorized.code,
        )
        parameters["id_token"] = minting.id_token(configuration, application, token)
    return returned(request.return_to, issuer, parameters)


def refused(request: AuthorizationRequest, issuer: str, error: str, description: str) -> dict[str, str]:
    """Return the parameters of the answer that says no (RFC 6749 §4.1.2.1)."""
    return returned(request.return_to, issuer, {"error": error, "error_description": description})


def _issue_code(
    connection: Connection,
    configuration: "Configuration",
    request: AuthorizationRequest,
    allowed: Allowed,
    sign_on: SignOn,
    now: int,
) -> str:
    document = {
        **sign_on.document(),
        "scopes": list(allowed.scopes),
        "redirectUri": request.redirect_uri,
        "codeChallenge": request.code_challenge,
        "codeChallengeMethod": request.code_challenge_method,
        "nonce": request.nonce,
        "dpopJkt": request.dpop_jkt,
    }
    return authorization_codes.issue(
        connection, configuration.environment.id, request.application_id, document, now=now, lifetime=CODE_LIFETIME
    )


def _note_access(
    connection: Connection,
    configuration: "Configuration",
    request: AuthorizationRequest,
    allowed: Allowed,
    sign_on: SignOn,
    planned: Planned,
    now: int,
) -> None:
    """Note an access token that goes through the browser, so that it ends with the session."""
    family = Family(
        new_id(),
        configuration.environment.id,
        request.application_id,
        sign_on.user_id,
        sign_on.session_id,
        {"scopes": list(allowed.scopes), **sign_on.document()},
        now,
        planned.noted[1],
    )
    token_families.start(connection, family, planned.noted)
