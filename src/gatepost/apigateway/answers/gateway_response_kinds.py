"""What a REST API and an HTTP API answer for each kind of failure, before anybody customises it."""

from types import MappingProxyType
from typing import NamedTuple

from gatepost.apigateway.exchange import FailureKind


class Kind(NamedTuple):
    """A kind of failure.

    Attributes:
        status: The status of a REST API.
        message: `$context.error.message` of a REST API; `None` is `null`.
        error_type: `x-amzn-ErrorType` of a REST API.
        http_status: The status of an HTTP API.
        http_message: The message of an HTTP API.
        response_type: `$context.error.responseType`, the gateway response to customise; a default one for failures
            that have none of their own.
        text: The body of a REST API where it is not `{"message":...}` without a space.
        content_type: The content type of that body.
        fixed: Whether the body is one that the front end writes, which no gateway response reaches.
    """

    status: int
    message: str | None
    error_type: str
    http_status: int
    http_message: str
    response_type: str
    text: str = ""
    content_type: str = "application/json"
    fixed: bool = False


_DENIED = "User is not authorized to access this resource"
_INTERNAL = "Internal server error"
_INTERNAL_TYPE = "InternalServerErrorException"
# Bodies that a REST API was seen to write with a space (36 and 41 bytes).
_INTERNAL_TEXT = '{"message": "Internal server error"}'
_TIMEOUT_TEXT = '{"message": "Endpoint request timed out"}'
_AUTHORIZER_TYPE = "AuthorizerConfigurationException"
_HTTP_INTERNAL = "Internal Server Error"
_PLAIN = "text/plain"

_TABLE: dict[FailureKind, Kind] = {
    "ACCESS_DENIED": Kind(403, _DENIED, "AccessDeniedException", 403, "Forbidden", "ACCESS_DENIED"),
    "API_CONFIGURATION_ERROR": Kind(
        500, _INTERNAL, _INTERNAL_TYPE, 500, _HTTP_INTERNAL, "API_CONFIGURATION_ERROR", _INTERNAL_TEXT
    ),
    "AUTHORIZER_CONFIGURATION_ERROR": Kind(
        500, None, _AUTHORIZER_TYPE, 500, _HTTP_INTERNAL, "AUTHORIZER_CONFIGURATION_ERROR"
    ),
    "AUTHORIZER_FAILURE": Kind(500, None, _AUTHORIZER_TYPE, 500, _HTTP_INTERNAL, "AUTHORIZER_FAILURE"),
    "BAD_REQUEST_BODY": Kind(
        400, "Invalid request body", "BadRequestException", 400, "Bad Request", "BAD_REQUEST_BODY"
    ),
    "BAD_REQUEST_PARAMETERS": Kind(
        400, "Missing required request parameters", "BadRequestException", 400, "Bad Request", "BAD_REQUEST_PARAMETERS"
    ),
    "EXPIRED_TOKEN": Kind(
        403,
        "The security token included in the request is expired",
        "ExpiredTokenException",
        403,
        "Forbidden",
        "EXPIRED_TOKEN",
    ),
    "INTEGRATION_FAILURE": Kind(
        504, "Network error communicating with endpoint", _INTERNAL_TYPE, 500, _HTTP_INTERNAL, "INTEGRATION_FAILURE"
    ),
    "INTEGRATION_TIMEOUT": Kind(
        504,
        "Endpoint request timed out",
        _INTERNAL_TYPE,
        503,
        "Service Unavailable",
        "INTEGRATION_TIMEOUT",
        _TIMEOUT_TEXT,
    ),
    "INVALID_API_KEY": Kind(403, "Forbidden", "ForbiddenException", 403, "Forbidden", "INVALID_API_KEY"),
    "MISSING_AUTHENTICATION_TOKEN": Kind(
        403,
        "Missing Authentication Token",
        "MissingAuthenticationTokenException",
        404,
        "Not Found",
        "MISSING_AUTHENTICATION_TOKEN",
    ),
    "REQUEST_TOO_LARGE": Kind(
        413,
        "HTTP content length exceeded 10485760 bytes.",
        "RequestTooLargeException",
        413,
        "Request Entity Too Large",
        "REQUEST_TOO_LARGE",
        "HTTP content length exceeded 10485760 bytes.",
        _PLAIN,
    ),
    "RESOURCE_NOT_FOUND": Kind(404, "Not Found", "NotFoundException", 404, "Not Found", "RESOURCE_NOT_FOUND"),
    "UNAUTHORIZED": Kind(401, "Unauthorized", "UnauthorizedException", 401, "Unauthorized", "UNAUTHORIZED"),
    "UNSUPPORTED_MEDIA_TYPE": Kind(
        415,
        "Unsupported Media Type",
        "UnsupportedMediaTypeException",
        415,
        "Unsupported Media Type",
        "UNSUPPORTED_MEDIA_TYPE",
    ),
    "URI_TOO_LONG": Kind(
        414, "Request URI too long", "RequestUriTooLongException", 414, "URI Too Long", "DEFAULT_4XX", fixed=True
    ),
    "HEADERS_TOO_LARGE": Kind(
        431,
        "HTTP header is larger than 10240 bytes.",
        "RequestHeaderFieldsTooLargeException",
        431,
        "Request Header Fields Too Large",
        "DEFAULT_4XX",
        "HTTP header is larger than 10240 bytes.",
        _PLAIN,
        fixed=True,
    ),
    "BAD_INTEGRATION_RESPONSE": Kind(
        502, _INTERNAL, _INTERNAL_TYPE, 500, _HTTP_INTERNAL, "DEFAULT_5XX", _INTERNAL_TEXT
    ),
}

KINDS = MappingProxyType(_TABLE)
