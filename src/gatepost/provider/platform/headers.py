"""The headers of every answer of the platform's API."""

from typing import Final

from gatepost.provider.web.request import Request
from gatepost.provider.web.response import Response

# The list that PingOne's documentation gives.
_REQUEST_HEADERS = (
    "Accept, Accept-Language, Content-Language, Content-Type, Range, Authorization, Content-Length, Cookie, "
    "Correlation-Id, Origin, Origin-Cookies, Referer, Referrer, X-Amz-Date, X-Amz-Security-Token, X-Api-Key, "
    "X-client-version, X-Content-Type-Options, X-Ping-External-Transaction-ID, X-Ping-External-Session-ID"
)
_ALWAYS: Final = (
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS"),
    ("access-control-allow-headers", _REQUEST_HEADERS),
    ("access-control-expose-headers", "Correlation-Id, Location"),
    ("access-control-max-age", "1800"),
    ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
    ("pragma", "no-cache"),
    ("expires", "0"),
    ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-xss-protection", "0"),
)
# RFC 6797 §7.2: over TLS alone
_SECURE: Final = (*_ALWAYS, ("strict-transport-security", "max-age=31536000; includeSubDomains"))
# Names by which a client finds its own requests again; they go into the audit.
EXTERNAL: Final = ("x-ping-external-transaction-id", "x-ping-external-session-id")
MOST_EXTERNAL: Final = 100


def finished(request: Request, response: Response, *, secure: bool) -> Response:
    """Return a response with the headers that every one has."""
    named = ("correlation-id", request.correlation_id)
    return response.adding(*(_SECURE if secure else _ALWAYS), named)
