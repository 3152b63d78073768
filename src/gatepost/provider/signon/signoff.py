"""Signing off (OpenID Connect RP-Initiated Logout 1.0): the session ends, and every token that came of it."""

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import Connection

from gatepost.errors import TokenRejected
from gatepost.identity import audit, sessions, token_families
from gatepost.identity.applications import Application
from gatepost.identity.sessions import Session
from gatepost.provider.oauth import presented_tokens
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.pages import plain
from gatepost.provider.signon import cookies, lifetimes
from gatepost.provider.web.response import Response, redirect

_ASKED = ("client_id", "post_logout_redirect_uri", "state")
_CONFIRM = "confirm"
_MOST_STATE = 4096


async def answer(call: Call) -> tuple[Response, Application | None]:
    """Return the answer to a browser that signs off.

    Without an ID token that names the browser's session, the person is asked first: else any site could sign them off.
    """
    fields = (call.request.query if call.request.method == "GET" else call.request.form).as_dict()
    hint: dict[str, Any] | None = None
    if "id_token_hint" in fields:
        try:
            hint = presented_tokens.id_token(call.configuration, call.issuer, fields["id_token_hint"], None)
        except TokenRejected:
            return _wrong("id_token_hint is no ID token of this issuer"), None
        if fields.get("client_id", hint["aud"]) != hint["aud"]:
            return _wrong("client_id is not the application that id_token_hint is for"), None
    client_id = fields.get("client_id") if hint is None else str(hint["aud"])
    application = call.configuration.applications.get(client_id or "")
    if client_id is not None and application is None:
        return _wrong("There is no such client_id"), None
    target = fields.get("post_logout_redirect_uri")
    if target is not None and application is None:
        return _wrong("post_logout_redirect_uri needs id_token_hint or client_id"), None
    if target is not None and application is not None and not application.signs_off_to(target):
        return _wrong("post_logout_redirect_uri is none of the application's"), application
    if len(fields.get("state", "")) > _MOST_STATE:
        return _wrong(f"state is longer than {_MOST_STATE} characters"), application
    return await _signed_off(call, fields, hint, application), application


async def _signed_off(
    call: Call, fields: Mapping[str, str], hint: Mapping[str, Any] | None, application: Application | None
) -> Response:
    cookie = call.request.cookies.get(cookies.NAME, "")
    sid = hint.get("sid") if hint is not None else None
    confirmed = call.request.method == "POST" and compare_digest(
        fields.get(_CONFIRM, "").encode(), _confirmation(call, cookie).encode()
    )

    def find(connection: Connection) -> tuple[Session | None, Session | None]:
        mine = sessions.of_token(connection, call.environment_id, cookie, now=call.now, idle=lifetimes.SESSION_IDLE)
        named = sessions.get(connection, call.environment_id, sid, now=call.now) if isinstance(sid, str) else None
        return mine, named

    mine, named = await call.services.store.read_async(find)
    ends: Session | None = mine
    if mine is None:
        # An ID token that ends a session by itself is a thing that the application has to be set up for.
        ends = named if application is not None and application.idp_signoff else None
    elif not confirmed and not _names(hint, mine):
        return _question(call, fields, cookie)
    if ends is not None:
        await call.services.store.write_async(lambda connection: _end(connection, call, ends))
    return _farewell(fields).adding(("set-cookie", cookies.removed(call.services.settings, call.environment_id)))


def _names(hint: Mapping[str, Any] | None, session: Session) -> bool:
    """Tell whether an ID token is of a session."""
    return hint is not None and session.id == hint.get("sid")


def _end(connection: Connection, call: Call, session: Session) -> None:
    if sessions.end(connection, session.id):
        token_families.revoke_of_session(connection, session.id, call.now)
        document = {"session": {"id": session.id}, "user": {"id": session.user_id}, "remoteIp": call.request.client}
        audit.record(connection, call.environment_id, "SESSION.DELETED", "SUCCESS", document, call.now)


def _question(call: Call, fields: Mapping[str, str], cookie: str) -> Response:
    kept = {name: fields[name] for name in (*_ASKED, "id_token_hint") if name in fields}
    target = fields.get("post_logout_redirect_uri")
    return plain.question(
        "Sign off?",
        "This ends your session here, and signs you off from every application that you came to through it.",
        "Sign off",
        f"{call.issuer}/signoff",
        {**kept, _CONFIRM: _confirmation(call, cookie)},
        _source(target) if target is not None else None,
    )


def _source(target: str) -> str:
    """Return what a page's policy calls the place that its form may lead to in the end."""
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"


def _confirmation(call: Call, cookie: str) -> str:
    """Return what shows that the question was read: no other site knows the cookie that it is made of."""
    return sha256(f"signoff:{call.environment_id}:{cookie}".encode()).hexdigest()


def _farewell(fields: Mapping[str, str]) -> Response:
    target = fields.get("post_logout_redirect_uri")
    if target is None:
        return plain.message("You are signed off", "You can close this page.")
    if "state" not in fields:
        return redirect(target)
    separator = "&" if "?" in target else "?"
    return redirect(f"{target}{separator}{urlencode({'state': fields['state']})}")


def _wrong(detail: str) -> Response:
    return plain.error("Signing off did not work", "The application asked for it wrongly.", detail)
