"""What all endpoints have in common: the environment that is asked, refusals, and headers for scripts."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from gatepost.errors import KeysUnavailable
from gatepost.provider.oauth.failures import OAuthError, described, invalid_request
from gatepost.provider.services import Services
from gatepost.provider.web.request import BadRequest, Request
from gatepost.provider.web.response import NO_STORE, Response, json_response
from gatepost.provider.web.router import Handler

if TYPE_CHECKING:
    from gatepost.identity.configuration import Configuration


class Call(NamedTuple):
    """A request to an endpoint of an environment.

    Attributes:
        services: What the provider works with.
        configuration: The environment's configuration, as of now.
        request: The request.
        environment_id: The environment.
        issuer: The environment's issuer.
        now: The time, in milliseconds since 1970.
    """

    services: Services
    configuration: "Configuration"
    request: Request
    environment_id: str
    issuer: str
    now: int


Answering: TypeAlias = Callable[[Call], Awaitable[Response]]

# Scripts of every origin may talk to endpoints that look at no cookie.
_CORS = (("access-control-allow-origin", "*"), ("access-control-expose-headers", "Correlation-Id"))
_ALLOWED_HEADERS = (
    "Accept, Accept-Language, Authorization, Content-Language, Content-Length, Content-Type, Correlation-Id, DPoP, "
    "Origin, Range, Referer, X-Api-Key, X-client-version, X-Content-Type-Options"
)
_PREFLIGHT_AGE = "86400"
_HEADERS = (*NO_STORE, *_CORS)


def endpoint(services: Services, answering: Answering, *, keep: int = 0) -> Handler:
    """Return the handler of an endpoint.

    Args:
        services: What the provider works with.
        answering: Answers a call; what it refuses by `OAuthError` is rendered here.
        keep: For how many seconds a good answer may be kept by who asked; 0 for not at all.
    """
    kept = (("cache-control", f"max-age={keep}"), *_CORS)

    async def handle(request: Request) -> Response:
        environment_id = request.parameters["environmentId"]
        configuration = await services.configurations.get_async(environment_id)
        if configuration is None:
            return _no_environment(request)
        issuer = services.issuer(environment_id)
        try:
            response = await answering(Call(services, configuration, request, environment_id, issuer, services.now()))
        except OAuthError as error:
            return error.response(request.correlation_id).adding(*_HEADERS)
        except BadRequest as error:
            return invalid_request(str(error)).response(request.correlation_id).adding(*_HEADERS)
        except KeysUnavailable as error:  # those of the client
            text = "The client's keys cannot be fetched; try again later"
            refusal = OAuthError("temporarily_unavailable", text, status=503).response(request.correlation_id)
            return refusal.adding(("retry-after", f"{error.retry_after:.0f}"), *_HEADERS)
        return response.adding(*(kept if keep else _HEADERS))

    return handle


def preflight(*methods: str) -> Handler:
    """Return the handler that tells a browser what scripts of other origins may send."""
    allowed = ", ".join((*methods, "OPTIONS"))
    response = Response(
        204,
        (
            *_CORS,
            ("access-control-allow-methods", allowed),
            ("access-control-allow-headers", _ALLOWED_HEADERS),
            ("access-control-max-age", _PREFLIGHT_AGE),
            ("allow", allowed),
        ),
    )

    async def handle(_: Request) -> Response:
        return response

    return handle


def _no_environment(request: Request) -> Response:
    text = described("There is no such environment", request.correlation_id)
    return json_response({"error": "invalid_request", "error_description": text}, 404).adding(*_HEADERS)
