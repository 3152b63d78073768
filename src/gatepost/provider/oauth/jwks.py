"""The keys that verify this environment's tokens (RFC 7517 §5)."""

from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.web.response import Response, json_response


async def answer(call: Call) -> Response:
    """Return the JWK set."""
    return json_response(call.configuration.published_keys(call.now))
