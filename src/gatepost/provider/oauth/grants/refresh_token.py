"""The grant of a refresh token (RFC 6749 §6), which another one takes the place of (RFC 9700 §4.14.2)."""

from sqlalchemy import Connection

from gatepost.identity import refresh_tokens, token_families
from gatepost.identity.token_families import Family
from gatepost.provider.oauth import claims, dpop, issuing, people, scopes
from gatepost.provider.oauth.client_authentication import Client
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, invalid_grant, invalid_request
from gatepost.provider.oauth.issuing import Issue
from gatepost.provider.oauth.once import writing
from gatepost.provider.oauth.sign_on import SignOn
from gatepost.provider.web.response import Response

_NO_TOKEN = "The refresh token is unknown, was used before, or has expired"


async def answer(call: Call, client: Client) -> Response:
    """Return new tokens.

    A second use of a refresh token ends its family. A request that is refused for something else uses nothing up.

    Raises:
        OAuthError: When there are none.
    """
    token = call.request.form.get("refresh_token")
    if token is None:
        raise invalid_request("refresh_token is required")
    application = client.application
    proof = dpop.proof_of(call)

    def rotate(connection: Connection) -> Issue | OAuthError:
        if not _protected(client) and (
            refresh_tokens.family_of(connection, call.environment_id, token, call.now) is None
        ):
            return invalid_grant(_NO_TOKEN)
        rotation = refresh_tokens.rotate(
            connection,
            call.environment_id,
            application.id,
            token,
            now=call.now,
            lifetime=application.refresh_token_duration * 1000,
            grace=application.refresh_token_grace * 1000,
        )
        if rotation.outcome == "reused":
            issuing.note_reuse(connection, call, client, "refresh_token")
        if rotation.family is None:
            return invalid_grant(_NO_TOKEN)
        issue = _issue(connection, call, client, rotation.family, dpop.thumbprint(proof))
        return issue._replace(refresh_token=rotation.token)

    return issuing.response(call, client, await writing(call.services, client.once + dpop.once(proof), rotate))


def _issue(connection: Connection, call: Call, client: Client, family: Family, jkt: str | None) -> Issue:
    application = client.application
    if family.document.get("jkt") is not None and family.document["jkt"] != jkt:
        raise dpop.invalid_proof("The refresh token is bound to another key")
    sign_on = SignOn.of(family.document)
    user = people.signed_on(connection, call.configuration, application, sign_on.user_id)
    if user is None:
        raise invalid_grant("The user may not sign on any more")
    wanted = scopes.parsed(call.request.form.get("scope"))
    allowed = scopes.narrowed(call.configuration, application, tuple(family.document["scopes"]), wanted)
    planned = claims.plan(call.configuration, allowed, call.now)
    token_families.note_access(connection, family, planned.noted, call.now)
    return Issue(allowed, planned, sign_on, user, jkt=jkt)


def _protected(client: Client) -> bool:
    """Tell whether a second use has to end the family; within a time of grace one cannot tell it from a first one."""
    return client.application.replay_protection or client.application.refresh_token_grace > 0
