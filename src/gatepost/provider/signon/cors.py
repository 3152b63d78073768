"""Which scripts may talk to the endpoints that look at the cookie: those of origins that the application names."""

from urllib.parse import urlsplit

from gatepost.identity.applications import Application
from gatepost.provider.services import Settings
from gatepost.provider.web.request import Request
from gatepost.provider.web.response import Response

_METHODS = "GET, POST, OPTIONS"
# The list that PingOne's documentation gives.
_HEADERS = (
    "Accept, Accept-Language, Content-Language, Content-Type, Range, Authorization, Content-Length, Correlation-Id, "
    "Origin, Referer, X-Api-Key, X-client-version, X-Content-Type-Options"
)
# Nobody frames an answer, keeps it, or learns from it where it came from.
SECURITY = (
    ("cache-control", "no-store"),
    ("pragma", "no-cache"),
    ("x-frame-options", "DENY"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
)


def allows(settings: Settings, application: Application | None, origin: str) -> bool:
    """Tell whether scripts of an origin may talk, with cookies, about signing on to an application.

    An application that has no `corsSettings` lets in those of the origins that it redirects to and signs on at: a
    script that reads an answer gets the code in it.
    """
    if origin == _origin(settings.public_url):
        return True
    if application is None:
        return False
    if application.cors is not None:
        return any(_matches(each, origin) for each in application.cors)
    known = (*application.redirect_uris, application.login_page_url or "")
    return any("*" not in each and origin == _origin(each) for each in known if each.startswith(("https:", "http:")))


def finished(settings: Settings, request: Request, application: Application | None, response: Response) -> Response:
    """Return a response with the headers that every one of these endpoints has."""
    there = {name for name, _ in response.headers}
    added = [(name, value) for name, value in SECURITY if name not in there]
    origin = request.headers.get("origin")
    added.append(("vary", "Origin"))
    if origin is not None and allows(settings, application, origin):
        added += [
            ("access-control-allow-origin", origin),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "Correlation-Id"),
        ]
    return response.adding(*added)


def preflight(settings: Settings, request: Request, application: Application | None) -> Response:
    """Return the answer to a browser that asks what a script may send."""
    answer = Response(204, (("allow", _METHODS),))
    origin = request.headers.get("origin")
    if origin is not None and allows(settings, application, origin):
        answer = answer.adding(
            ("access-control-allow-methods", _METHODS),
            ("access-control-allow-headers", _HEADERS),
            ("access-control-max-age", "1800"),
        )
    return answer


def _matches(pattern: str, origin: str) -> bool:
    """Tell whether an origin is the one of a pattern such as `https://*.example.com`."""
    if "*" not in pattern:
        return pattern.casefold() == origin
    before, _, after = pattern.casefold().partition("*")
    within = origin[len(before) : len(origin) - len(after)]
    return (
        origin.startswith(before)
        and origin.endswith(after)
        and len(origin) > len(before) + len(after)
        and all(each.isalnum() or each in "-." for each in within)
    )


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".casefold()
