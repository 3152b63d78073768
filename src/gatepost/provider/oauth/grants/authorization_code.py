"""The grant of a code (RFC 6749 §4.1.3)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from gatepost.identity import authorization_codes
from gatepost.provider.oauth import claims, dpop, issuing, people, pkce, scopes
from gatepost.provider.oauth.client_authentication import Client
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, invalid_grant, invalid_request
from gatepost.provider.oauth.issuing import Issue
from gatepost.provider.oauth.once import writing
from gatepost.provider.oauth.sign_on import SignOn
from gatepost.provider.web.response import Response

_NO_CODE = "The code is unknown, was used before, or has expired"


async def answer(call: Call, client: Client) -> Response:
    """Return the tokens that a code stands for.

    Whatever is wrong with a request that brings a code which is good, the code is used up.

    Raises:
        OAuthError: When there are none.
    """
    code = call.request.form.get("code")
    if code is None:
        raise invalid_request("code is required")
    proof = dpop.proof_of(call)
    jkt = dpop.thumbprint(proof)

    def redeem(connection: Connection) -> Issue | OAuthError:
        redeemed = authorization_codes.redeem(connection, call.environment_id, client.application.id, code, call.now)
        if redeemed.outcome == "reused":
            issuing.note_reuse(connection, call, client, "authorization_code")
        if redeemed.outcome != "redeemed":
            return invalid_grant(_NO_CODE)
        try:
            _check(call, client, redeemed.document, jkt)
            return _issue(connection, call, client, redeemed.document, redeemed.family_id, jkt)
        except OAuthError as error:
            return error

    return issuing.response(call, client, await writing(call.services, client.once + dpop.once(proof), redeem))


def _check(call: Call, client: Client, document: Mapping[str, Any], jkt: str | None) -> None:
    form = call.request.form
    if document.get("redirectUri") is not None and form.get("redirect_uri") != document["redirectUri"]:
        raise invalid_grant("redirect_uri is not the one that the code was asked for with")
    pkce.check_verifier(
        document.get("codeChallenge"),
        document.get("codeChallengeMethod"),
        form.get("code_verifier"),
        client.application.pkce_enforcement,
    )
    if document.get("dpopJkt") is not None and document["dpopJkt"] != jkt:
        raise dpop.invalid_proof("The code is bound to another key")  # RFC 9449 §10


def _issue(
    connection: Connection, call: Call, client: Client, document: Mapping[str, Any], family_id: str, jkt: str | None
) -> Issue:
    sign_on = SignOn.of(document)
    issuing.check_session(connection, call, sign_on)
    user = people.signed_on(connection, call.configuration, client.application, sign_on.user_id)
    if user is None:
        raise invalid_grant("The user may not sign on any more")
    wanted = scopes.parsed(call.request.form.get("scope"))
    allowed = scopes.narrowed(call.configuration, client.application, tuple(document["scopes"]), wanted)
    planned = claims.plan(call.configuration, allowed, call.now)
    refresh_token = issuing.begin_family(
        connection,
        call,
        client,
        family_id=family_id,
        allowed=allowed,
        planned=planned,
        sign_on=sign_on,
        jkt=jkt,
    )
    return Issue(allowed, planned, sign_on, user, refresh_token, document.get("nonce"), jkt)
