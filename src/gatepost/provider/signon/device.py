"""Where a person lets a device in (RFC 8628 §3.3): the beginning of a flow that asks for the code."""

from sqlalchemy import Connection

from gatepost.identity.applications import Application
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.signon import cookies
from gatepost.provider.signon.flows import Flows, Step
from gatepost.provider.signon.rendering import hosted_page
from gatepost.provider.signon.state import Flow, PolicyStep
from gatepost.provider.web.response import Response, redirect

_CODE = PolicyStep("user-code", "USER_CODE")
_MOST_CODE = 64


async def answer(call: Call, flows: Flows) -> tuple[Response, Application | None]:
    """Begin a flow, and send the browser to its page.

    A code that came along is written into the page's field, and the person sends it: a link alone lets no device in.
    """
    fields = (call.request.query if call.request.method == "GET" else call.request.form).as_dict()
    cookie = cookies.of_browser(call.request.cookies.get(cookies.NAME))
    flow = Flow(
        kind="device",
        status="DAG_USER_CODE_REQUIRED",
        steps=(_CODE,),
        plan=(_CODE,),
        session_before=not cookie.new,
        hint=fields.get("user_code", "")[:_MOST_CODE],
    )

    def work(connection: Connection) -> Step:
        return flows.begun(connection, call.configuration, flow, None, cookie, call.request.client, call.now)

    step = await call.services.store.write_async(work)
    written = cookies.written(call.services.settings, call.environment_id, cookie, call.services.clock())
    page = hosted_page(call.services, call.environment_id, step.state.id)
    return redirect(page).adding(("set-cookie", written)), None
