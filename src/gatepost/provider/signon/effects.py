"""Doing what the machine asks for, in the one transaction that keeps where the flow stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hmac import compare_digest
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from gatepost.identity import (
    attempts,
    audit,
    authenticators,
    consents,
    device_codes,
    flow_states,
    one_time_codes,
    passkeys,
    passwords,
    sessions,
    token_families,
    users,
)
from gatepost.identity.flow_states import FlowState
from gatepost.identity.folding import fold
from gatepost.identity.ids import token_hash
from gatepost.identity.mail import Mail
from gatepost.identity.refusals import Violation
from gatepost.identity.sessions import Session
from gatepost.provider.oauth.sign_on import SignOn
from gatepost.provider.platform.refusals import Refused
from gatepost.provider.signon import cookies, lifetimes, messages, sealed_challenges
from gatepost.provider.signon.acting import Acting
from gatepost.provider.signon.cookies import Cookie
from gatepost.provider.signon.events import (
    AnswerDevice,
    Ask,
    Audit,
    BeginSession,
    EndSessions,
    RememberConsent,
    SendCode,
)
from gatepost.provider.signon.known_users import PROOFS
from gatepost.provider.signon.machine import Outcome
from gatepost.provider.signon.policy import methods
from gatepost.provider.signon.state import Flow

VERIFICATION = "EMAIL_VERIFICATION"
_PURPOSES = {"recovery": passwords.RECOVERY, "verification": VERIFICATION}
COOKIES = "cookies"
_MOST_COOKIES = 10
_MOST_CODES, _CODES_WINDOW = 5, 3_600_000


@dataclass(slots=True)
class Doing:
    """What is being done.

    Attributes:
        acting: Who does what.
        connection: The transaction.
        flow: Where the flow stands by now.
        cookie: The browser's cookie by now.
        session: The session that was begun or gone on with, or `None`.
        mail: What is to be sent once all is kept.
    """

    acting: Acting
    connection: Connection
    flow: Flow
    cookie: Cookie
    session: Session | None = None
    mail: tuple[Mail, ...] = ()


def done(connection: Connection, acting: Acting, outcome: Outcome) -> tuple[Doing, FlowState]:
    """Do what an outcome asks for, and keep where the flow stands.

    Raises:
        Refused: When another request moved the flow at the same time, or the session on which it builds has ended;
            then the transaction has to end without a trace.
    """
    doing = Doing(acting, connection, outcome.flow, acting.cookie)
    # What a device or the audit says of the session needs it to be there.
    for effect in sorted(outcome.effects, key=lambda each: not isinstance(each, EndSessions | BeginSession)):
        _DOING[type(effect)](doing, effect)
    _renew_cookie(doing)
    saved = flow_states.save(
        connection,
        acting.state,
        doing.flow.document(),
        now=acting.now,
        lifetime=lifetimes.FLOW,
        session_hash=token_hash(doing.cookie.value),
    )
    if saved is None:
        text = "Another request moved the flow at the same time; read it again."
        raise Refused(409, Violation("CONSTRAINT_VIOLATION", "", text))
    return doing, saved


def _renew_cookie(doing: Doing) -> None:
    """Give the browser a new cookie at the first proof, and not at the end of the sign-on alone.

    Whoever made the browser use a value before would be in the flow with the user: they could enrol a second factor of
    their own, or consent.
    """
    acting, flow = doing.acting, doing.flow
    if flow.ended or acting.flow.user is not None or flow.user is None or not flow.fresh:
        return
    before = acting.session(doing.connection)
    if before is not None and before.user_id == flow.user.id:
        return  # whoever knows that cookie is signed on as the user already
    if before is not None:
        sessions.end(doing.connection, before.id)
    doing.cookie = cookies.fresh()
    doing.flow = replace(flow, session_before=False, cookies_before=_cookies(flow, None, acting.cookie))


def belongs(state: FlowState, cookie: str) -> bool:
    """Tell whether a flow belongs to the browser with this cookie."""
    return compare_digest(state.session_hash, token_hash(cookie))


def belongs_after_sign_on(state: FlowState, flow: Flow, session: Session) -> bool:
    """Tell whether a flow belongs to the browser of a session that had another cookie before its sign-on.

    It does when the browser began it with that cookie, in another page, and nobody has begun to sign on in it: whoever
    knew the cookie before could have begun there as somebody else, and wait for the browser's user to go on.
    """
    if state.session_hash not in session.document.get(COOKIES, ()):
        return False
    if flow.status == "COMPLETED":
        return flow.session_id == session.id
    return not flow.claimed and not flow.fresh and (flow.user is None or flow.user.id == session.user_id)


def sign_on_of(session: Session, policy: str) -> SignOn:
    """Return how the user of a session signed on, as tokens say it."""
    amr = methods(session.document.get(PROOFS, {}))
    return SignOn(session.user_id, session.id, session.auth_time // 1000, policy, amr)


def noted(connection: Connection, acting: Acting, action: str, result: audit.Result) -> None:
    """Note in the audit that something happened in a flow."""
    flow = acting.flow
    user_id = flow.user.id if flow.user is not None else flow.claimed_id
    document = {
        "flow": {"id": acting.state.id},
        "application": {"id": flow.application_id} if flow.application_id else None,
        "user": {"id": user_id} if user_id is not None else None,
        "session": {"id": flow.session_id} if flow.session_id is not None else None,
        "remoteIp": acting.address,
    }
    kept = {name: value for name, value in document.items() if value is not None}
    audit.record(connection, acting.environment_id, action, result, kept, acting.now)


def _begin_session(doing: Doing, _: BeginSession) -> None:
    acting, flow, connection = doing.acting, doing.flow, doing.connection
    if flow.user is None:
        raise ValueError("a session is somebody's")
    before = acting.session(connection)
    mine = before is not None and before.user_id == flow.user.id
    if not flow.fresh:
        if before is None or not mine or before.id != flow.session_id:
            text = "The session has ended; begin again with session.reset."
            raise Refused(400, Violation("CONSTRAINT_VIOLATION", "session", text))
        doing.session = before
        return
    # A new value at each sign-on: whoever made the browser use a value before does not know this one.
    doing.cookie = cookies.fresh()
    document = {
        PROOFS: dict(flow.proofs),
        "remoteIp": acting.address,
        "applications": _applications(before if mine else None, flow.application_id),
        COOKIES: _cookies(flow, before if mine else None, acting.cookie),
    }
    if before is not None and mine:
        sessions.signed_on_again(connection, before.id, doing.cookie.value, document, now=acting.now)
        doing.session = replace(before, document=document, auth_time=acting.now, last_active_at=acting.now)
    else:
        if before is not None:
            sessions.end(connection, before.id)
        doing.session = sessions.begin(
            connection,
            acting.environment_id,
            flow.user.id,
            doing.cookie.value,
            document,
            now=acting.now,
            lifetime=lifetimes.SESSION,
        )
    users.signed_on(connection, flow.user.id, acting.now, acting.address)
    doing.flow = replace(flow, session_id=doing.session.id)


def _cookies(flow: Flow, session: Session | None, cookie: Cookie) -> tuple[str, ...]:
    """Return the hashes of the values that the browser's cookie had before: other pages of it began with them."""
    known = session.document.get(COOKIES, ()) if session is not None else ()
    return (*known, *flow.cookies_before, token_hash(cookie.value))[-_MOST_COOKIES:]


def _applications(session: Session | None, application_id: str) -> list[str]:
    known = list(session.document.get("applications", ())) if session is not None else []
    return known if application_id in known else [*known, application_id]


def _end_sessions(doing: Doing, effect: EndSessions) -> None:
    sessions.end_of_user(doing.connection, effect.user_id)
    token_families.revoke_of_user(doing.connection, effect.user_id, doing.acting.now)


def _send_code(doing: Doing, effect: SendCode) -> None:
    acting = doing.acting
    user = users.get(doing.connection, acting.environment_id, effect.user_id)
    if user.email is None:
        return
    code = one_time_codes.issue(
        doing.connection,
        acting.environment_id,
        user.id,
        _PURPOSES[effect.purpose],
        acting.now,
        address=user.email,
    )
    subject, text = messages.of_code(effect.purpose, code, doing.flow.application_name)
    doing.mail = (*doing.mail, Mail(acting.environment_id, user.email, subject, text))


def limit_codes(connection: Connection, acting: Acting, username: str) -> None:
    """Count that a code is sent for a name, whether or not anybody has it.

    Raises:
        Refused: When that was often lately.
    """
    what = f"codes:{acting.environment_id}:{fold(username)}"
    if not attempts.within(connection, what, most=_MOST_CODES, window=_CODES_WINDOW, now=acting.now):
        raise limited("Too many codes were asked for; try again later.")


def limited(text: str) -> Refused:
    """Return the refusal of what was tried too often."""
    return Refused(429, Violation("REQUEST_LIMITED", "", text))


def _ask(doing: Doing, effect: Ask) -> None:
    acting, flow = doing.acting, doing.flow
    if flow.user is None:
        raise ValueError("a second factor is somebody's")
    connection, device = doing.connection, effect.device
    challenge: Mapping[str, Any]
    user = users.get(connection, acting.environment_id, flow.user.id)
    if device.kind == "TOTP":
        enrolment = authenticators.enrol(
            connection, acting.services.sealing, user, acting.configuration.environment.name, acting.now
        )
        challenge = {"id": enrolment.device.id, "secret": enrolment.secret, "keyUri": enrolment.key_uri}
    elif device.enrolling:
        challenge = passkeys.registration(connection, user, acting.party)._asdict()
    else:
        challenge = passkeys.authentication(connection, acting.party, user.id)._asdict()
    doing.flow = replace(flow, challenge=sealed_challenges.sealed(acting.services.sealing, challenge))


def _remember(doing: Doing, effect: RememberConsent) -> None:
    flow, acting = doing.flow, doing.acting
    if flow.user is not None and effect.scopes:
        consents.allow(
            doing.connection, acting.environment_id, flow.user.id, flow.application_id, effect.scopes, acting.now
        )


def _answer_device(doing: Doing, effect: AnswerDevice) -> None:
    acting, flow = doing.acting, doing.flow
    request = device_codes.of_user_code(doing.connection, acting.environment_id, flow.user_code, acting.now)
    user = flow.user
    if request is None or user is None or request.application_id != flow.application_id:
        raise Refused(400, Violation("INVALID_VALUE", "userCode", "The code has expired; start again on the device."))
    said = {} if doing.session is None else sign_on_of(doing.session, flow.policy).document()
    device_codes.answer(
        doing.connection,
        acting.environment_id,
        request,
        allowed=effect.allowed,
        user_id=user.id,
        document={**request.document, **said},
        now=acting.now,
    )


def _audit(doing: Doing, effect: Audit) -> None:
    noted(doing.connection, replace(doing.acting, flow=doing.flow), effect.action, effect.result)


_DOING: Mapping[type, Callable[[Doing, Any], None]] = MappingProxyType(
    {
        SendCode: _send_code,
        Ask: _ask,
        EndSessions: _end_sessions,
        BeginSession: _begin_session,
        RememberConsent: _remember,
        AnswerDevice: _answer_device,
        Audit: _audit,
    }
)
