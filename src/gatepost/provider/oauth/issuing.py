"""What a token request ends with: tokens are planned in its transaction, and made and signed after it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from gatepost.identity import audit, refresh_tokens, sessions, token_families
from gatepost.identity.applications import Application
from gatepost.identity.token_families import Family
from gatepost.provider.oauth import claims, fulfillment, minting
from gatepost.provider.oauth.claims import Planned
from gatepost.provider.oauth.client_authentication import Client
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import invalid_grant
from gatepost.provider.oauth.fulfillment import Source
from gatepost.provider.oauth.scopes import OFFLINE_ACCESS, OPENID, Allowed
from gatepost.provider.oauth.sign_on import SignOn
from gatepost.provider.web.response import Response

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration

# How long refreshing goes on without a new sign-on where the application does not say, in seconds: 180 days.
ROLLING = 180 * 86_400

_JSON = (("content-type", "application/json"),)
_encode = msgspec.json.Encoder().encode


class Issue(NamedTuple):
    """Tokens that are to be made.

    Attributes:
        allowed: What the application may.
        planned: The plan of the access token.
        sign_on: How the user signed on, or `None`.
        user: The user's members, or `None`.
        refresh_token: The refresh token that comes with it, or `None`.
        nonce: What the ID token has to repeat, or `None`.
        jkt: The thumbprint of the key that the access token is bound to, or `None`.
        more: What else the response says.
        exchanged: The claims of the subject's token and the actor's token, where these are exchanged.
        act: Who acts for the subject (RFC 8693 §4.1), or `None`.
    """

    allowed: Allowed
    planned: Planned
    sign_on: SignOn | None = None
    user: Mapping[str, Any] | None = None
    refresh_token: str | None = None
    nonce: str | None = None
    jkt: str | None = None
    more: Mapping[str, Any] | None = None
    exchanged: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None] = (None, None)
    act: Mapping[str, Any] | None = None


def response(call: Call, client: Client, issue: Issue) -> Response:
    """Return the response to a token request (RFC 6749 §5.1).

    Raises:
        OAuthError: When an attribute that is required has no value.
    """
    configuration, application = call.configuration, client.application
    subject_token, actor_token = issue.exchanged
    source = Source(application, issue.user, client.assertion, subject_token, actor_token)
    access = claims.access_token(
        configuration,
        issuer=call.issuer,
        client_id=application.id,
        allowed=issue.allowed,
        planned=issue.planned,
        mapped=fulfillment.access_claims(configuration, issue.allowed, source),
        sign_on=issue.sign_on,
        jkt=issue.jkt,
        act=issue.act,
    )
    openid = issue.sign_on is not None and OPENID in issue.allowed.scopes and issue.act is None
    mapped = fulfillment.id_claims(configuration, issue.allowed, source) if openid else {}
    body: dict[str, Any] = {
        "access_token": minting.access_token(configuration, application, access),
        "token_type": "Bearer" if issue.jkt is None else "DPoP",
        "expires_in": issue.planned.lifetime,
    }
    if issue.allowed.scopes:
        body["scope"] = " ".join(issue.allowed.scopes)
    if openid and issue.sign_on is not None:
        token = claims.id_token(
            configuration,
            issuer=call.issuer,
            client_id=application.id,
            sign_on=issue.sign_on,
            issued_at=issue.planned.issued_at,
            mapped=mapped,
            nonce=issue.nonce,
            access_token=body["access_token"],
        )
        body["id_token"] = minting.id_token(configuration, application, token)
    if issue.refresh_token is not None:
        body["refresh_token"] = issue.refresh_token
    return Response(200, _JSON, _encode({**body, **(issue.more or {})}))


def check_session(connection: Connection, call: Call, sign_on: SignOn) -> None:
    """Refuse tokens of a session that has ended: what it brings ends with it, and so what it was to bring.

    Raises:
        OAuthError: `invalid_grant`, when it has.
    """
    if sign_on.session_id is not None and not sessions.goes_on(
        connection, call.environment_id, sign_on.session_id, now=call.now
    ):
        raise invalid_grant("The session in which the user signed on has ended")


def begin_family(
    connection: Connection,
    call: Call,
    client: Client,
    *,
    family_id: str,
    allowed: Allowed,
    planned: Planned,
    sign_on: SignOn,
    jkt: str | None,
) -> str | None:
    """Begin the family of what a sign-on brings, and return its first refresh token, if the application gets one.

    A public client's refresh tokens are bound to the key of its proof (RFC 9449 §5).
    """
    application = client.application
    refreshing = gets_refresh_token(call.configuration, application, allowed)
    document = {"scopes": list(allowed.scopes), **sign_on.document()}
    if jkt is not None and client.public:
        document["jkt"] = jkt
    expires_at = call.now + rolling(application) * 1000 if refreshing else planned.noted[1]
    family = Family(
        family_id,
        call.environment_id,
        application.id,
        sign_on.user_id,
        sign_on.session_id,
        document,
        call.now,
        expires_at,
    )
    token_families.start(connection, family, planned.noted)
    if not refreshing:
        return None
    lifetime = application.refresh_token_duration * 1000
    return refresh_tokens.issue(connection, family, now=call.now, lifetime=lifetime)


def note_reuse(connection: Connection, call: Call, client: Client, kind: str) -> None:
    """Note for administrators that something was used twice, and everything that came of it has ended."""
    document = {"application": {"id": client.application.id}, "kind": kind, "address": call.request.client}
    audit.record(connection, call.environment_id, "TOKEN.REUSED", "FAILED", document, call.now)


def gets_refresh_token(configuration: "Configuration", application: Application, allowed: Allowed) -> bool:
    """Tell whether an application gets a refresh token.

    One that was granted `offline_access` gets it when it asks for that, another one always.
    """
    if "REFRESH_TOKEN" not in application.grant_types:
        return False
    granted = configuration.granted_scopes(application.id)
    return OFFLINE_ACCESS in allowed.scopes if OFFLINE_ACCESS in granted else True


def rolling(application: Application) -> int:
    """Return for how many seconds refreshing may go on after a sign-on."""
    return max(application.refresh_token_rolling_duration or ROLLING, application.refresh_token_duration)
