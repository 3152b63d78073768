"""How the answer of the authorization endpoint goes back (OAuth 2.0 Multiple Response Types, Form Post)."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from gatepost.provider.web.response import NO_STORE, Response, redirect

QUERY, FRAGMENT, FORM_POST, PI_FLOW = "query", "fragment", "form_post", "pi.flow"
MODES = frozenset({QUERY, FRAGMENT, FORM_POST, PI_FLOW})

_SCRIPT = "document.forms[0].submit()"
_SCRIPT_HASH = b64encode(sha256(_SCRIPT.encode()).digest()).decode()
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Continue</title></head>
<body><form method="post" action="{action}">{fields}<noscript><p>Your browser runs no scripts.</p>
<button type="submit">Continue</button></noscript></form><script>{script}</script></body></html>
"""


class ReturnTo(NamedTuple):
    """Where an answer goes to.

    Attributes:
        redirect_uri: The URI, which was found to be the application's; `None` for `pi.flow` alone.
        response_mode: How it goes there.
        state: What it repeats, or `None`.
    """

    redirect_uri: str | None
    response_mode: str
    state: str | None = None


def returned(return_to: ReturnTo, issuer: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of an answer, with `state` and `iss` (RFC 9207)."""
    found = dict(parameters)
    if return_to.state is not None:
        found["state"] = return_to.state
    return found | {"iss": issuer}


def sent(return_to: ReturnTo, parameters: Mapping[str, str]) -> Response:
    """Return the response that brings an answer to the application through the browser.

    Args:
        return_to: Where to; its mode is not `pi.flow`, whose answers go into the flow.
        parameters: The answer, as `returned` made it.

    Raises:
        ValueError: When there is nowhere to send it to.
    """
    uri = return_to.redirect_uri
    if uri is None or return_to.response_mode == PI_FLOW:
        raise ValueError("an answer in the mode pi.flow is part of the flow")
    if return_to.response_mode == FORM_POST:
        return _form_post(uri, parameters)
    encoded = urlencode(parameters)
    if return_to.response_mode == FRAGMENT:
        return redirect(f"{uri}#{encoded}")
    return redirect(f"{uri}{_separator(uri)}{encoded}")


def _separator(uri: str) -> str:
    if "?" not in uri:
        return "?"
    return "" if uri.endswith(("?", "&")) else "&"


def _form_post(uri: str, parameters: Mapping[str, str]) -> Response:
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in parameters.items()
    )
    page = _PAGE.format(action=escape(uri), fields=fields, script=_SCRIPT)
    policy = f"default-src 'none'; script-src 'sha256-{_SCRIPT_HASH}'; base-uri 'none'; frame-ancestors 'none'"
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", policy),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        *NO_STORE,
    )
    return Response(200, headers, page.encode())
