"""The platform's API as routes, with the answers and headers where no endpoint is."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from gatepost.identity.mail import Mailer, for_development
from gatepost.identity.refusals import IdentityError, Violation
from gatepost.provider.platform import headers, openapi
from gatepost.provider.platform.admission import admitted
from gatepost.provider.platform.endpoint import Endpoint
from gatepost.provider.platform.refusals import refusal, response_to
from gatepost.provider.platform.table import endpoints
from gatepost.provider.services import Services
from gatepost.provider.web.request import BadRequest, Request
from gatepost.provider.web.response import Response, json_response
from gatepost.provider.web.router import Handler

PREFIX = "/v1"


def routes(services: Services, *, mailer: Mailer | None = None) -> Iterable[tuple[str, str, Handler]]:
    """Yield the routes of the platform's API.

    Args:
        services: What there is to work with.
        mailer: What sends codes to people; the console and the outbox by default.
    """
    rows = sorted(endpoints(mailer or for_development(services.store)), key=_route)
    for (pattern, method), same in groupby(rows, key=_route):
        yield method, f"{PREFIX}{pattern}", _handler(services, tuple(same))
    made: list[Response] = []

    async def show(_: Request) -> Response:
        if not made:
            made.append(json_response(openapi.document(rows, f"{services.settings.public_url}{PREFIX}")))
        return made[0]

    yield "GET", f"{PREFIX}/openapi.json", show


def failing(_: Request, status: int, message: str) -> Response:
    """Answer where there is no endpoint, or none that takes the request."""
    details = [Violation("INVALID_VALUE", "", f"{message[:1].upper()}{message[1:]}.")] if status == 400 else []
    return refusal(status, details)


def finishing(services: Services) -> Callable[[Request, Response], Response]:
    """Return what gives every answer the headers that all have."""
    secure = services.settings.secure
    return lambda request, response: headers.finished(request, response, secure=secure)


def _route(endpoint: Endpoint) -> tuple[str, str]:
    return endpoint.pattern, endpoint.method


def _handler(services: Services, same: Sequence[Endpoint]) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            call = await admitted(services, same, request)
            return await call.endpoint.answer(call)
        except IdentityError as error:
            return response_to(error)
        except BadRequest as error:
            return failing(request, 400, str(error))

    return handle
