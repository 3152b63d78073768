"""The flow service: `/{environmentId}/flows/{flowId}`."""

from gatepost.identity.applications import Application
from gatepost.identity.ids import is_id
from gatepost.identity.refusals import IdentityError, NotFound, Violation
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.platform.refusals import Refused, refusal, response_to, unauthenticated
from gatepost.provider.signon import actions, cookies
from gatepost.provider.signon.flows import Flows, Step
from gatepost.provider.signon.rendering import flow_json
from gatepost.provider.web.response import Response, json_response

_JSON = frozenset({"", "application/json"})


async def read(call: Call, flows: Flows) -> tuple[Response, Application | None]:
    """Return where a flow stands."""
    try:
        step = await flows.get(call.environment_id, _flow_id(call), call.request.cookies.get(cookies.NAME))
    except NotFound:
        return _no_flow(), None
    return _answer(call, step), _application(call, step)


async def act(call: Call, flows: Flows) -> tuple[Response, Application | None]:
    """Do in a flow what the media type of the body says."""
    request, cookie = call.request, call.request.cookies.get(cookies.NAME)
    media_type = request.media_type
    action = actions.of_media_type(media_type)
    try:
        if action is None:
            before = await flows.get(call.environment_id, _flow_id(call), cookie)
            unknown = media_type in _JSON or actions.is_of_vendor(media_type)
            # What PingOne was seen to answer to a flow's body whose media type names no action.
            return (response_to(unauthenticated()) if unknown else refusal(415)), _application(call, before)
        fields = request.json() if request.body else {}
        if not isinstance(fields, dict):
            text = "The request body must be a JSON object."
            return refusal(400, [Violation("INVALID_VALUE", "", text)], "INVALID_DATA"), None
        step = await flows.act(call.environment_id, _flow_id(call), cookie, action, fields, request.client)
    except NotFound:
        return _no_flow(), None
    return _answer(call, step), _application(call, step)


async def application_of(call: Call, flows: Flows) -> Application | None:
    """Return the application of a flow, for a browser that asks before a script sends its cookie."""
    flow_id = _flow_id(call)
    name = await flows.application_of(call.environment_id, flow_id) if is_id(flow_id) else None
    return call.configuration.applications.get(name or "")


def _answer(call: Call, step: Step) -> Response:
    response = json_response(flow_json(call.services, step)) if step.error is None else _refused(step.error)
    return response if step.set_cookie is None else response.adding(("set-cookie", step.set_cookie))


def _refused(error: IdentityError) -> Response:
    if isinstance(error, Refused) and error.status == 409:
        return refusal(409, error.details, "INVALID_REQUEST")
    return response_to(error)


def _application(call: Call, step: Step) -> Application | None:
    return call.configuration.applications.get(step.flow.application_id)


def _flow_id(call: Call) -> str:
    return call.request.parameters["flowId"]


def _no_flow() -> Response:
    text = "There is no such flow: it has ended, or belongs to the cookie ST of another browser."
    return refusal(404, [Violation("INVALID_VALUE", "flowId", text)])
