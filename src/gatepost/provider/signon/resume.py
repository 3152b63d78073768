"""Where a browser goes once its flow has ended: there it gets what the application asked for."""

from sqlalchemy import Connection

from gatepost.identity import flow_states, sessions
from gatepost.identity.applications import Application
from gatepost.identity.flow_states import FlowState
from gatepost.identity.refusals import NotFound, Violation
from gatepost.provider.oauth import responses
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.oauth.failures import OAuthError, described
from gatepost.provider.oauth.requests import AuthorizationRequest
from gatepost.provider.oauth.response_modes import PI_FLOW, returned, sent
from gatepost.provider.oauth.responses import Authorized
from gatepost.provider.pages import plain
from gatepost.provider.platform.refusals import Refused, refusal
from gatepost.provider.signon import cookies, effects
from gatepost.provider.signon.authorize import sign_on_page
from gatepost.provider.signon.flows import Flows, Step
from gatepost.provider.signon.rendering import flow_json
from gatepost.provider.signon.state import Flow
from gatepost.provider.web.response import Response, json_response, redirect


async def answer(call: Call, flows: Flows) -> tuple[Response, Application | None]:
    """Return the answer of a flow that has ended, once; one that has not goes on at its sign-on page."""
    fields = (call.request.query if call.request.method == "GET" else call.request.form).as_dict()
    cookie = call.request.cookies.get(cookies.NAME)
    try:
        step = await flows.get(call.environment_id, fields.get("flowId", ""), cookie)
    except NotFound:
        return _no_flow(call), None
    application = call.configuration.applications.get(step.flow.application_id)
    if step.flow.request is None or not step.flow.ended:
        return redirect(sign_on_page(call, application, step.state.id)), application
    request = AuthorizationRequest.of(step.flow.request)
    try:
        parameters = await _parameters(call, step, request)
    except Refused:
        return _no_flow(call), application
    if request.response_mode != PI_FLOW:
        return sent(request.return_to, parameters), application
    return json_response({**flow_json(call.services, step), "authorizeResponse": parameters}), application


async def _parameters(call: Call, step: Step, request: AuthorizationRequest) -> dict[str, str]:
    try:
        outcome = await call.services.store.write_async(
            lambda connection: _authorized(connection, call, step.state, step.flow, request)
        )
        if isinstance(outcome, Authorized):
            return responses.complete(call.configuration, call.issuer, outcome)
    except OAuthError as error:
        outcome = error
    text = described(outcome.description, call.request.correlation_id)
    return returned(request.return_to, call.issuer, {"error": outcome.error, "error_description": text})


def _authorized(
    connection: Connection, call: Call, state: FlowState, flow: Flow, request: AuthorizationRequest
) -> Authorized | OAuthError:
    """End the flow, and authorize what it was begun for.

    Raises:
        Refused: When another request ended it.
        OAuthError: When the application or the user is gone.
    """
    if not flow_states.end(connection, state):
        raise Refused(404, Violation("INVALID_VALUE", "flowId", "The flow has ended."))
    if flow.status != "COMPLETED" or flow.session_id is None:
        failure = flow.failure
        return OAuthError("access_denied", "") if failure is None else OAuthError(failure.error, failure.description)
    session = sessions.get(connection, call.environment_id, flow.session_id, now=call.now)
    if session is None or flow.user is None or session.user_id != flow.user.id:
        return OAuthError("login_required", "The session has ended")
    return responses.authorize(
        connection, call.configuration, request, effects.sign_on_of(session, flow.policy), call.now
    )


def _no_flow(call: Call) -> Response:
    if "text/html" in call.request.headers.get("accept", ""):
        text = "This sign-on has ended. Go back to the application, and start again there."
        return plain.error("There is nothing to go on with", text, call.request.correlation_id, 404)
    return refusal(404)
