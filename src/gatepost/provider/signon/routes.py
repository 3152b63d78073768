"""Which handler answers where."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

from gatepost.errors import KeysUnavailable
from gatepost.identity.applications import Application
from gatepost.provider.oauth.endpoint import Call
from gatepost.provider.pages import plain
from gatepost.provider.platform.refusals import refusal
from gatepost.provider.services import Services
from gatepost.provider.signon import authorize, cors, device, flow_endpoint, resume, signoff
from gatepost.provider.signon.flows import Flows
from gatepost.provider.web.request import BadRequest, Request
from gatepost.provider.web.response import Response
from gatepost.provider.web.router import Handler

Route: TypeAlias = tuple[str, str, Handler]
_Answering: TypeAlias = Callable[[Call, Flows], Awaitable[tuple[Response, Application | None]]]


def routes(services: Services, flows: Flows | None = None) -> Iterable[Route]:
    """Yield the method, the pattern and the handler of each endpoint.

    Args:
        services: What the provider works with.
        flows: What drives the flows; the hosted pages share it.
    """
    driven = flows or Flows(services)
    flow = "/{environmentId}/flows/{flowId}"
    pages: tuple[tuple[str, _Answering], ...] = (
        ("/{environmentId}/as/authorize", authorize.answer),
        ("/{environmentId}/as/resume", resume.answer),
        ("/{environmentId}/as/signoff", _sign_off),
        ("/{environmentId}/device", device.answer),
    )
    for pattern, answering in pages:
        handler = _handler(services, driven, answering, _page_of_wrong_request)
        yield "GET", pattern, handler
        yield "POST", pattern, handler
        yield "OPTIONS", pattern, _handler(services, driven, _asked_by_client_id, _wrong_request)
    yield "GET", flow, _handler(services, driven, flow_endpoint.read, _wrong_request)
    yield "POST", flow, _handler(services, driven, flow_endpoint.act, _wrong_request)
    yield "OPTIONS", flow, _handler(services, driven, _asked_by_flow, _wrong_request)


def _handler(services: Services, flows: Flows, answering: _Answering, wrong: Callable[[str], Response]) -> Handler:
    async def handle(request: Request) -> Response:
        environment_id = request.parameters["environmentId"]
        configuration = await services.configurations.get_async(environment_id)
        if configuration is None:
            return cors.finished(services.settings, request, None, refusal(404))
        call = Call(services, configuration, request, environment_id, services.issuer(environment_id), services.now())
        try:
            response, application = await answering(call, flows)
        except BadRequest as error:
            response, application = wrong(str(error)), None
        except KeysUnavailable as error:
            response = plain.error("Try again later", "The application's keys cannot be fetched.", "", 503)
            response, application = response.adding(("retry-after", f"{error.retry_after:.0f}")), None
        return cors.finished(services.settings, request, application, response)

    return handle


async def _sign_off(call: Call, _: Flows) -> tuple[Response, Application | None]:
    return await signoff.answer(call)


async def _asked_by_client_id(call: Call, _: Flows) -> tuple[Response, Application | None]:
    application = call.configuration.applications.get(call.request.query.get("client_id") or "")
    return cors.preflight(call.services.settings, call.request, application), application


async def _asked_by_flow(call: Call, flows: Flows) -> tuple[Response, Application | None]:
    application = await flow_endpoint.application_of(call, flows)
    return cors.preflight(call.services.settings, call.request, application), application


def _page_of_wrong_request(text: str) -> Response:
    return plain.error("This link does not work", "The application asked for it wrongly.", text)


def _wrong_request(_: str) -> Response:
    return refusal(400)
