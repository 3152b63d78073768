"""The authorization endpoint (OpenID Connect Core 1.0 §3.1.2): single sign-on, or the beginning of a flow."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import Connection

from gatepost.identity import sessions
from gatepost.identity.applications import Application
from gatepost.identity.ids import is_id
from gatepost.identity.sessions import Session
from gatepost.provider.oauth import requests, responses
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, described
from gatepost.provider.oauth.requests import AuthorizationFailed, AuthorizationRequest
from gatepost.provider.oauth.response_modes import PI_FLOW, ReturnTo, returned, sent
from gatepost.provider.oauth.responses import Authorized
from gatepost.provider.pages import plain
from gatepost.provider.signon import cookies, effects, known_users, lifetimes
from gatepost.provider.signon.events import Known
from gatepost.provider.signon.flows import Flows, Step
from gatepost.provider.signon.policy import FIRST_FACTORS, left, steps_of
from gatepost.provider.signon.rendering import flow_json, hosted_page
from gatepost.provider.signon.state import Flow, PolicyStep
from gatepost.provider.web.response import Response, json_response, redirect

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration

_CONSENT = PolicyStep("consent", "CONSENT")


class Refusal(NamedTuple):
    """A request that is answered at once, with a no.

    Attributes:
        error: The error code.
        description: One sentence.
    """

    error: str
    description: str


async def answer(call: Call, flows: Flows) -> tuple[Response, Application | None]:
    """Return the answer to a request for authorization, and the application that it came from, once known."""
    parameters = (call.request.query if call.request.method == "GET" else call.request.form).as_dict()
    application = call.configuration.applications.get(parameters.get("client_id", ""))
    try:
        request = await requests.read(call, parameters)
    except AuthorizationFailed as failed:
        return refused(call, failed.return_to, failed.error, failed.description), application
    application = call.configuration.applications[request.application_id]
    return await _authorized(call, flows, application, request), application


def refused(call: Call, return_to: ReturnTo | None, error: str, description: str) -> Response:
    """Return the answer that says no: to the application where that can be, else to the person."""
    text = described(description, call.request.correlation_id)
    if return_to is None:
        detail = f"{error}: {text}"
        return plain.error("This sign-on link does not work", "The application asked for it wrongly.", detail)
    parameters = returned(return_to, call.issuer, {"error": error, "error_description": text})
    if return_to.response_mode == PI_FLOW:
        return json_response(parameters, 400)
    return sent(return_to, parameters)


def chosen_policy(
    configuration: "Configuration", application: Application, acr_values: tuple[str, ...]
) -> tuple[str, tuple[PolicyStep, ...]]:
    """Return the name and the steps of a sign-on policy: the first wanted one that the application has, or its first.

    Names that the application has no policy of are passed over: `acr_values` is a wish (OpenID Connect Core §3.1.2.1).
    """
    policies = configuration.policies_of(application.id)
    by_name = {each.name: each for each in policies}
    policy = next((by_name[each] for each in acr_values if each in by_name), policies[0] if policies else None)
    return ("", ()) if policy is None else (policy.name, steps_of(configuration.actions_of(policy.id)))


async def _authorized(call: Call, flows: Flows, application: Application, request: AuthorizationRequest) -> Response:
    cookie = cookies.of_browser(call.request.cookies.get(cookies.NAME))
    policy, plan = chosen_policy(call.configuration, application, request.acr_values)
    if "consent" in request.prompt:
        plan = (*plan, _CONSENT)
    address, now = call.request.client, call.now

    def work(connection: Connection) -> "Authorized | Refusal | Step":
        session = None
        if not cookie.new:
            session = sessions.of_token(
                connection, call.environment_id, cookie.value, now=now, idle=lifetimes.SESSION_IDLE
            )
        known = known_users.of_session(connection, session, application, plan, address=address, now=now)
        forced = _forced(request, session, now) or _is_another(request, known)
        usable = None if forced else known
        if "none" in request.prompt:
            refusal = _silent_refusal(usable, plan, now)
            if refusal is not None:
                return refusal
        elif usable is not None and not usable.proof.permitted:
            usable = None  # somebody else may be let in
        if session is not None and usable is not None:
            _used(connection, session, application, now)
            if request.response_mode != PI_FLOW and not left(plan, usable.proof.proofs, usable.proof.facts, now):
                sign_on = effects.sign_on_of(session, policy)
                return responses.authorize(connection, call.configuration, request, sign_on, now)
        flow = Flow(
            kind="authorize",
            status="USERNAME_PASSWORD_REQUIRED",
            steps=(),
            plan=plan,
            policy=policy,
            application_id=application.id,
            application_name=application.name,
            request=request.document(),
            scopes=request.scopes,
            session_before=session is not None,
            forced=forced,
            expected=_expected(request),
            hint=request.login_hint or "",
        )
        return flows.begun(connection, call.configuration, flow, usable, cookie, address, now)

    try:
        outcome = await call.services.store.write_async(work)
        if isinstance(outcome, Authorized):
            parameters = responses.complete(call.configuration, call.issuer, outcome)
            return sent(request.return_to, parameters)
    except OAuthError as error:
        return refused(call, request.return_to, error.error, error.description)
    if isinstance(outcome, Refusal):
        return refused(call, request.return_to, outcome.error, outcome.description)
    written = cookies.written(call.services.settings, call.environment_id, cookie, call.services.clock())
    return _begun(call, application, request, outcome).adding(("set-cookie", written))


def _begun(call: Call, application: Application, request: AuthorizationRequest, step: Step) -> Response:
    if request.response_mode == PI_FLOW:
        return json_response(flow_json(call.services, step))
    return redirect(sign_on_page(call, application, step.state.id))


def sign_on_page(call: Call, application: Application | None, flow_id: str) -> str:
    """Return the URL of the page where a flow goes on: the application's own, or the hosted one."""
    own = application.login_page_url if application is not None else None
    if own is None:
        return hosted_page(call.services, call.environment_id, flow_id)
    separator = "&" if "?" in own else "?"
    return f"{own}{separator}{urlencode({'environmentId': call.environment_id, 'flowId': flow_id})}"


def _forced(request: AuthorizationRequest, session: Session | None, now: int) -> bool:
    """Tell whether the user has to sign on whatever the session says."""
    if {"login", "select_account"} & set(request.prompt) or request.max_age == 0:
        return True
    if request.max_age is None or session is None:
        return False
    return now - session.auth_time > request.max_age * 1000


def _is_another(request: AuthorizationRequest, known: Known | None) -> bool:
    expected = _expected(request)
    return expected is not None and known is not None and known.proof.who.id != expected


def _expected(request: AuthorizationRequest) -> str | None:
    """Return the user whom `id_token_hint` names; a `sub` that is mapped to something else names nobody."""
    subject = request.hinted_subject
    return subject if subject is not None and is_id(subject) else None


def _silent_refusal(known: Known | None, plan: tuple[PolicyStep, ...], now: int) -> Refusal | None:
    """Return why `prompt=none` cannot be granted, or `None` (OpenID Connect Core §3.1.2.6)."""
    if known is None:
        return Refusal("login_required", "Nobody has signed on, or has to sign on again")
    if not known.proof.permitted:
        return Refusal("access_denied", "The user may not use the application")
    steps = left(plan, known.proof.proofs, known.proof.facts, now)
    if not steps:
        return None
    if any(each.type in FIRST_FACTORS for each in steps):
        return Refusal("login_required", "The user has to sign on again")
    if steps[0].type in {"AGREEMENT", "CONSENT"}:
        return Refusal("consent_required", "The user has to consent")
    return Refusal("interaction_required", "The user has to go through another step of the sign-on policy")


def _used(connection: Connection, session: Session, application: Application, now: int) -> None:
    known: list[str] = list(session.document.get("applications", ()))
    if application.id not in known:
        known.append(application.id)
    document: Mapping[str, object] = {**session.document, "applications": known}
    sessions.used(connection, session.id, document, now=now)
