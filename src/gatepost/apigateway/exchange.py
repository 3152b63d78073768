"""One request on its way through the gateway: what came, what was found out about it, and what goes back."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from gatepost.apigateway.model.api import Api, Route


class Request(NamedTuple):
    """A request as it came in.

    Attributes:
        method: The method, in capitals.
        path: The path as it was sent, with its stage and its percent-encodings.
        query: The query string as it was sent, without the question mark.
        headers: Names as they were sent, and values, in order.
        body: The body.
        source_ip: The address of who asks.
        protocol: Such as `HTTP/1.1`.
        time: When it came, in seconds since 1970.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    protocol: str
    time: float

    def header(self, name: str) -> str | None:
        """Return the value of a header, several joined by a comma, whatever the case of its name; `None` without."""
        wanted = name.lower()
        found = [value for each, value in self.headers if each.lower() == wanted]
        return ",".join(found) if found else None


class Response(NamedTuple):
    """A response.

    Attributes:
        status: The status.
        headers: Names and values, in order; a name may come again.
        body: The body.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class JwtIdentity(NamedTuple):
    """What a JWT authorizer hands on.

    Attributes:
        claims: Every claim as a text, as Go prints it.
        scopes: The token's scopes, or `None` when the route names none.
    """

    claims: Mapping[str, str]
    scopes: tuple[str, ...] | None


class LambdaIdentity(NamedTuple):
    """What a function that decides hands on.

    Attributes:
        principal: `principalId`, or `None` in a simple response.
        context: The context, with every value of the type that the API hands on.
        latency: Milliseconds that the function took; 0 from the cache.
        usage_key: `usageIdentifierKey`, or `None`.
    """

    principal: str | None
    context: Mapping[str, Any] | None
    latency: int = 0
    usage_key: str | None = None


class IamIdentity(NamedTuple):
    """The principal that `--allow-iam` names.

    Attributes:
        arn: Its ARN.
    """

    arn: str


Identity: TypeAlias = JwtIdentity | LambdaIdentity | IamIdentity

# The kinds of gateway responses (REST API), which HTTP APIs answer in their own, fixed way.
FailureKind: TypeAlias = Literal[
    "ACCESS_DENIED",
    "API_CONFIGURATION_ERROR",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "AUTHORIZER_FAILURE",
    "BAD_REQUEST_BODY",
    "BAD_REQUEST_PARAMETERS",
    "EXPIRED_TOKEN",
    "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT",
    "INVALID_API_KEY",
    "MISSING_AUTHENTICATION_TOKEN",
    "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND",
    "UNAUTHORIZED",
    "UNSUPPORTED_MEDIA_TYPE",
    "URI_TOO_LONG",
    "HEADERS_TOO_LARGE",
    "BAD_INTEGRATION_RESPONSE",
]


class Failure(NamedTuple):
    """Why the gateway itself answers.

    Attributes:
        kind: The kind.
        message: `$context.error.message`; `None` for the kind's own.
        authorizer_error: `$context.authorizer.error`, or an empty string.
        www_authenticate: The header's value, or `None`.
        error_type: The value of `x-amzn-ErrorType` (REST APIs), or `None` for the kind's own.
        integration_error: `$context.integration.error` and `$context.integrationErrorMessage`, or an empty string.
    """

    kind: FailureKind
    message: str | None = None
    authorizer_error: str = ""
    www_authenticate: str | None = None
    error_type: str | None = None
    integration_error: str = ""


class Step(NamedTuple):
    """One step of the trace.

    Attributes:
        name: What was looked at: `route`, `identity source`, `cache`, `discovery`, `signature`, `policy` and so on.
        passed: Whether it went on from there.
        detail: What was found, in one line, with no token or secret in it.
    """

    name: str
    passed: bool
    detail: str = ""


class Exchange:
    """A request on its way. The gateway fills it in, step by step, and events, templates and logs read it.

    Attributes:
        api: The API.
        request: The request.
        request_id: `$context.requestId`: 16 characters with `=` for an HTTP API, a UUID for a REST API.
        extended_request_id: `$context.extendedRequestId`.
        host: The host that the request named.
        path: The path below the stage, as it was sent; begins with a slash.
        route: The route, once one was found.
        path_parameters: The parameters of its path, decoded.
        identity: What the authorizer found out.
        failure: Why the gateway itself answers, or `None`.
        integration_status: The status that the integration gave, or 0.
        integration_latency: Milliseconds that it took.
        authorizer_latency: Milliseconds that the authorizer took.
        response_latency: Milliseconds from the request to the response; the gateway sets it before it writes its log.
        steps: The trace.
    """

    __slots__ = (
        "api",
        "authorizer_latency",
        "extended_request_id",
        "failure",
        "host",
        "identity",
        "integration_latency",
        "integration_status",
        "path",
        "path_parameters",
        "request",
        "request_id",
        "response_latency",
        "route",
        "steps",
    )

    def __init__(
        self, api: Api, request: Request, *, request_id: str, extended_request_id: str = "", host: str = "localhost"
    ) -> None:
        """Begin with a request to `api`."""
        self.api = api
        self.request = request
        self.request_id = request_id
        self.extended_request_id = extended_request_id
        self.host = host
        self.path = request.path
        self.route: Route | None = None
        self.path_parameters: Mapping[str, str] = {}
        self.identity: Identity | None = None
        self.failure: Failure | None = None
        self.integration_status = 0
        self.integration_latency = 0
        self.authorizer_latency = 0
        self.response_latency = 0
        self.steps: list[Step] = []

    def note(self, name: str, passed: bool, detail: str = "") -> None:
        """Add a step to the trace."""
        self.steps.append(Step(name, passed, detail))
