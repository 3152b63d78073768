"""The mail that stayed here, for who develops: `/_gatepost/outbox`, on this machine alone."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from ipaddress import ip_address
from urllib.parse import urlsplit

from gatepost.identity import outbox, times
from gatepost.identity.outbox import Message
from gatepost.provider.pages import plain
from gatepost.provider.services import Services
from gatepost.provider.web.request import Request
from gatepost.provider.web.response import NO_STORE, Response, json_response
from gatepost.provider.web.router import Handler

PATH = "/_gatepost/outbox"
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1.5rem}"
    "article{border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-radius:.5rem;"
    "padding:1rem 1.25rem;margin:1rem 0}h1{font-size:1.5rem}h2{font-size:1rem;margin:0}"
    "p{margin:.25rem 0;opacity:.75;font-size:.875rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.75rem 0 0}"
)
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Outbox</title><style>{style}</style></head>
<body><main><h1>Outbox</h1>{body}</main></body></html>
"""


def routes(services: Services) -> Iterable[tuple[str, str, Handler]]:
    """Yield the route, in development; elsewhere there is none."""
    if not services.settings.development:
        return

    async def show(request: Request) -> Response:
        if not _from_here(request, services.settings.public_url):
            text = "The outbox is shown on the machine that the server runs on, and nowhere else."
            return plain.error("Not from here", text, PATH, 403)
        found = await services.store.read_async(lambda connection: outbox.listed(connection))
        if "text/html" in request.headers.get("accept", ""):
            return _page(found)
        return json_response({"messages": [_written(each) for each in found]}, headers=NO_STORE)

    yield "GET", PATH, show


def _from_here(request: Request, public_url: str) -> bool:
    """Tell whether somebody on this machine asks, and by a name of it: any other may be one that a stranger chose."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return _is_loopback(request.client) and (_is_loopback(host) or host == urlsplit(public_url).hostname)


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _written(message: Message) -> dict[str, str]:
    return {
        "id": message.id,
        "environmentId": message.environment_id,
        "to": message.recipient,
        "subject": message.subject,
        "text": message.text,
        "createdAt": times.write(message.created_at),
    }


def _page(found: tuple[Message, ...]) -> Response:
    articles = "".join(
        f"<article><h2>{escape(each.subject)}</h2><p>to {escape(each.recipient)}, {times.write(each.created_at)}</p>"
        f"<pre>{escape(each.text)}</pre></article>"
        for each in found
    )
    body = articles or "<p>No mail yet.</p>"
    headers = (("content-type", "text/html; charset=utf-8"), ("content-security-policy", _POLICY), *NO_STORE)
    return Response(200, headers, _PAGE.format(style=_STYLE, body=body).encode())
