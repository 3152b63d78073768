"""The device authorization endpoint (RFC 8628 §3.1)."""

from urllib.parse import urlencode

from sqlalchemy import Connection

from gatepost.identity import device_codes
from gatepost.provider.oauth import scopes
from gatepost.provider.oauth.client_authentication import authenticate
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError
from gatepost.provider.oauth.once import writing
from gatepost.provider.web.response import Response, json_response


async def answer(call: Call) -> Response:
    """Return a device's code, and what the person has to type where.

    Raises:
        OAuthError: When the application may not use device codes, or gets none of the scopes.
    """
    client = await authenticate(call)
    application = client.application
    if "DEVICE_CODE" not in application.grant_types:
        raise OAuthError("unauthorized_client", "The application may not use device codes")
    wanted = scopes.parsed(call.request.form.get("scope"))
    allowed = scopes.for_user(call.configuration, application, wanted)

    def ask(connection: Connection) -> tuple[str, str]:
        return device_codes.ask(
            connection,
            call.environment_id,
            application.id,
            {"scopes": list(allowed.scopes)},
            now=call.now,
            lifetime=application.device_timeout * 1000,
        )

    code, letters = await writing(call.services, client.once, ask)
    user_code = f"{letters[:4]}-{letters[4:]}"
    page = (
        application.document.get("deviceCustomVerificationUri")
        or f"{call.services.auth_url(call.environment_id)}/device"
    )
    separator = "&" if "?" in page else "?"
    return json_response(
        {
            "device_code": code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}{separator}{urlencode({'user_code': user_code})}",
            "expires_in": application.device_timeout,
            "interval": application.device_polling_interval,
        }
    )
