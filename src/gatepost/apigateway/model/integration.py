"""What answers the requests of a route."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from gatepost.apigateway.model.authorizer import Payload
from gatepost.apigateway.model.place import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class LambdaProxy:
    """A function that gets the request as an event.

    Attributes:
        function: The logical id of the function.
        payload: The format of the event; REST APIs know `1.0` alone.
        timeout: Seconds until the API gives up: at most 29 for a REST API by default, 30 for an HTTP API.
        credentials: The role that the API assumes to invoke it, or `None` when the function has to permit it.
        place: Where it stands in the template.
    """

    function: str
    payload: Payload
    timeout: float
    credentials: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class HttpProxy:
    """Another server that gets the request as it is.

    Attributes:
        url: Its URL, in which `{name}` stands for a parameter of the path.
        method: The method to use, or `ANY` for the request's own.
        timeout: Seconds until the API gives up.
        request_parameters: What is written into the request, as the template says it: for an HTTP API
            `overwrite:header.x`, `append:querystring.y`, `remove:header.z`, `overwrite:path`; for a REST API
            `integration.request.path.proxy` and the like.
        response_parameters: For each status code (or `default`), what is written into the response.
        place: Where it stands in the template.
    """

    url: str
    method: str
    timeout: float
    request_parameters: Mapping[str, str] = field(default_factory=dict)
    response_parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class MockResponse:
    """One integration response of a mock.

    Attributes:
        status: The status of the response.
        selection: The pattern for the status that the request template gives, or `None` for the default one.
        parameters: `method.response.header.NAME` with its value, a quoted text or a mapping expression.
        templates: For each content type, the template of the body.
    """

    status: int
    selection: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mock:
    """A REST API's answer from a template alone.

    Attributes:
        request_templates: For each content type, the template that gives `{"statusCode": N}`.
        responses: The integration responses.
        passthrough: `WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES` or `NEVER`.
        place: Where it stands in the template.
    """

    request_templates: Mapping[str, str]
    responses: tuple[MockResponse, ...]
    passthrough: str = "WHEN_NO_MATCH"
    place: Place = NOWHERE


Integration: TypeAlias = LambdaProxy | HttpProxy | Mock
