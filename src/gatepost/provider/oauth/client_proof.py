"""How a client says who it is, and proves it (RFC 6749 §2.3, RFC 7521 §4.2): what was sent, not yet believed."""

from base64 import b64decode
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import unquote_plus

from gatepost.errors import TokenRejected
from gatepost.provider.oauth import client_assertion
from gatepost.provider.oauth.failures import invalid_client, invalid_request
from gatepost.provider.web.request import Request

Way: TypeAlias = Literal["NONE", "CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST", "ASSERTION"]


class Sent(NamedTuple):
    """What a client sent to prove who it is.

    Attributes:
        way: How.
        client_id: Who it says it is.
        proof: Its secret or its assertion; empty when it sent none.
    """

    way: Way
    client_id: str
    proof: str = ""

    def __repr__(self) -> str:
        """Show who and how, and not the proof."""
        return f"Sent(way={self.way!r}, client_id={self.client_id!r})"


def read(request: Request) -> Sent:
    """Return what a client sent.

    Raises:
        OAuthError: `invalid_client` when there is nothing, or it cannot be read; `invalid_request` when there is more
            than one proof (RFC 6749 §2.3).
    """
    form = request.form
    client_id, secret, assertion = form.get("client_id"), form.get("client_secret"), form.get("client_assertion")
    authorization = request.headers.get("authorization")
    if sum(each is not None for each in (authorization, secret, assertion)) > 1:
        raise invalid_request("A client proves in one way who it is, and not in several")
    if authorization is not None:
        return _basic(authorization, client_id)
    if assertion is not None:
        return _assertion(assertion, form.get("client_assertion_type"), client_id)
    if client_id is None:
        raise invalid_client()
    return Sent("NONE", client_id) if secret is None else Sent("CLIENT_SECRET_POST", client_id, secret)


def _basic(authorization: str, client_id: str | None) -> Sent:
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise invalid_client(basic=True)
    try:
        name, colon, secret = b64decode(text.strip(), validate=True).decode().partition(":")
        # RFC 6749 §2.3.1: both were encoded as forms are
        name, secret = unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except ValueError:
        raise invalid_client(basic=True) from None
    if not colon or not name:
        raise invalid_client(basic=True)
    if client_id is not None and client_id != name:
        raise invalid_request("client_id is another one than in the Authorization header")
    return Sent("CLIENT_SECRET_BASIC", name, secret)


def _assertion(assertion: str, assertion_type: str | None, client_id: str | None) -> Sent:
    if assertion_type != client_assertion.TYPE:
        raise invalid_request(f"client_assertion_type has to be {client_assertion.TYPE}")
    try:
        claimed = client_assertion.claimed_client(assertion)
    except TokenRejected:
        raise invalid_client() from None
    if client_id is not None and client_id != claimed:
        raise invalid_client()
    return Sent("ASSERTION", claimed, assertion)
