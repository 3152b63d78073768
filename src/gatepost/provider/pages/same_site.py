"""Whether a form was sent from the page that it stands on (cross-site request forgery)."""

from hashlib import sha256
from hmac import compare_digest

from gatepost.provider.services import Settings
from gatepost.provider.web.request import Request

TOKEN = "token"


def token(environment_id: str, flow_id: str, cookie: str) -> str:
    """Return what the forms of a flow's pages carry: no other site knows the cookie that it is made of."""
    return sha256(f"page:{environment_id}:{flow_id}:{cookie}".encode()).hexdigest()


def is_token(sent: str | None, expected: str) -> bool:
    """Tell whether a form carries the token that it should."""
    return compare_digest((sent or "").encode(), expected.encode())


def from_here(settings: Settings, request: Request) -> bool:
    """Tell whether a browser says that a form was sent from a page of ours; one that says nothing may be right.

    Pages have `Referrer-Policy: no-referrer`, and so browsers write `Origin: null` for their forms (Fetch §3.2).
    """
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    return request.headers.get("origin", "null") in {"null", settings.public_url}
