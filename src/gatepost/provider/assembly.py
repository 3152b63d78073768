"""The provider as one application: which room answers where, and what holds for all of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from gatepost.identity.mail import Mailer
from gatepost.provider import oauth, signon
from gatepost.provider.oauth.failures import OAuthError
from gatepost.provider.pages import plain
from gatepost.provider.pages import routes as pages
from gatepost.provider.platform import routes as platform
from gatepost.provider.platform.refusals import refusal
from gatepost.provider.services import Services
from gatepost.provider.serving import health, outbox_page
from gatepost.provider.serving.upkeep import Upkeep
from gatepost.provider.signon.flows import Flows
from gatepost.provider.web.application import Application, Finishing
from gatepost.provider.web.request import Request
from gatepost.provider.web.response import Response
from gatepost.provider.web.router import Handler, Router

Route: TypeAlias = tuple[str, str, Handler]

# For answers that say nothing else: nobody frames them, guesses what they are, or learns from where somebody came.
_SECURITY = (
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
)
_TLS = (("strict-transport-security", "max-age=31536000; includeSubDomains"),)  # RFC 6797 §7.2: over TLS alone
_ERRORS = {404: "invalid_request", 405: "invalid_request", 413: "invalid_request", 500: "server_error"}
_TITLES = {400: "This request does not work", 404: "There is nothing here", 405: "This does not work like that"}


def application(services: Services, *, mailer: Mailer | None = None, upkeep: Upkeep | None = None) -> Application:
    """Return the provider as an ASGI application.

    Args:
        services: What it works with.
        mailer: What sends mail; the console and the outbox by default.
        upkeep: What it does by the way as long as it serves, or `None` for nothing.
    """
    flows = Flows(services, mailer=mailer)
    router = Router()
    for method, pattern, handler in _routes(services, mailer, flows):
        router.add(method, pattern, handler)
    return Application(
        router,
        failing=_failing,
        finishing=_finishing(services),
        starting=() if upkeep is None else (upkeep.start,),
        ending=(flows.settle,) if upkeep is None else (upkeep.stop, flows.settle),
    )


def _routes(services: Services, mailer: Mailer | None, flows: Flows) -> Iterator[Route]:
    rooms: tuple[Iterable[Route], ...] = (
        platform.routes(services, mailer=mailer),
        oauth.routes(services),
        signon.routes(services, flows),
        pages.routes(services, flows),
        health.routes(services),
        outbox_page.routes(services),
    )
    for room in rooms:
        yield from room


def _failing(request: Request, status: int, message: str) -> Response:
    """Answer where no room does, in the form of the room that it would be."""
    if _is_platform(request):
        return platform.failing(request, status, message)
    place = request.path.split("/", 3)[2:3]
    if place == ["as"]:
        described = f"{message[:1].upper()}{message[1:]}"
        return OAuthError(_ERRORS.get(status, "invalid_request"), described, status=status).response(
            request.correlation_id
        )
    if place == ["flows"]:
        return refusal(status)
    title = _TITLES.get(status, "This did not work")
    return plain.error(title, "Check the address, or go back to the application.", message, status)


def _finishing(services: Services) -> Finishing:
    """Return what gives every answer the headers that all of its room have."""
    of_platform = platform.finishing(services)
    security = (*_SECURITY, *_TLS) if services.settings.secure else _SECURITY
    return _Finishing(of_platform, security)


class _Finishing:
    def __init__(
        self, of_platform: Callable[[Request, Response], Response], security: tuple[tuple[str, str], ...]
    ) -> None:
        self._of_platform = of_platform
        self._security = security

    def __call__(self, request: Request, response: Response) -> Response:
        if _is_platform(request):
            return self._of_platform(request, response)
        there = {name for name, _ in response.headers}
        missing = [header for header in self._security if header[0] not in there]
        return response.adding(*missing, ("correlation-id", request.correlation_id))


def _is_platform(request: Request) -> bool:
    return request.path.startswith("/v1/") or request.path == "/v1"
