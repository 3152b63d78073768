"""The grant of a device's code (RFC 8628 §3.4)."""

from collections.abc import Mapping

from sqlalchemy import Connection

from gatepost.identity import device_codes
from gatepost.identity.device_codes import DeviceRequest
from gatepost.identity.ids import new_id
from gatepost.provider.oauth import claims, dpop, issuing, people, scopes
from gatepost.provider.oauth.client_authentication import Client
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, invalid_grant, invalid_request
from gatepost.provider.oauth.issuing import Issue
from gatepost.provider.oauth.once import writing
from gatepost.provider.oauth.sign_on import SignOn
from gatepost.provider.web.response import Response

# RFC 8628 §3.5
_REFUSALS: Mapping[str, tuple[str, str]] = {
    "pending": ("authorization_pending", "The user has not answered yet"),
    "slow_down": ("slow_down", "The device asks more often than it may"),
    "denied": ("access_denied", "The user said no"),
    "expired": ("expired_token", "The device code has expired"),
    "unknown": ("invalid_grant", "There is no such device code"),
}


async def answer(call: Call, client: Client) -> Response:
    """Return the tokens that a user allowed a device.

    Raises:
        OAuthError: When there are none, or not yet.
    """
    code = call.request.form.get("device_code")
    if code is None:
        raise invalid_request("device_code is required")
    application = client.application
    proof = dpop.proof_of(call)

    def poll(connection: Connection) -> Issue | OAuthError:
        polled = device_codes.poll(
            connection,
            call.environment_id,
            application.id,
            code,
            now=call.now,
            interval=application.device_polling_interval * 1000,
        )
        if polled.request is None:
            return OAuthError(*_REFUSALS[polled.outcome])
        try:
            return _issue(connection, call, client, polled.request, dpop.thumbprint(proof))
        except OAuthError as error:
            return error

    return issuing.response(call, client, await writing(call.services, client.once + dpop.once(proof), poll))


def _issue(connection: Connection, call: Call, client: Client, request: DeviceRequest, jkt: str | None) -> Issue:
    application = client.application
    sign_on = SignOn.of(request.document)
    issuing.check_session(connection, call, sign_on)
    user = people.signed_on(connection, call.configuration, application, sign_on.user_id)
    if user is None:
        raise invalid_grant("The user may not sign on any more")
    allowed = scopes.for_user(call.configuration, application, tuple(request.document["scopes"]))
    planned = claims.plan(call.configuration, allowed, call.now)
    refresh_token = issuing.begin_family(
        connection,
        call,
        client,
        family_id=new_id(),
        allowed=allowed,
        planned=planned,
        sign_on=sign_on,
        jkt=jkt,
    )
    return Issue(allowed, planned, sign_on, user, refresh_token, jkt=jkt)
