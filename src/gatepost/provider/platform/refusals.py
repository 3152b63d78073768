"""What a request to the platform's API hears when it is not done, in PingOne's form."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from gatepost.identity.ids import new_id
from gatepost.identity.refusals import IdentityError, InvalidData, NotFound, Violation
from gatepost.provider.web.response import Response, json_response

Code: TypeAlias = Literal[
    "INVALID_DATA",
    "INVALID_REQUEST",
    "NOT_FOUND",
    "ACCESS_FAILED",
    "METHOD_NOT_ALLOWED",
    "UNSUPPORTED_MEDIA_TYPE",
    "REQUEST_TOO_LARGE",
    "REQUEST_LIMITED",
    "UNEXPECTED_ERROR",
]

_CANNOT = "The request could not be completed."
_MESSAGES: Mapping[str, str] = {
    "INVALID_DATA": f"{_CANNOT} One or more validation errors were in the request.",
    "INVALID_REQUEST": f"{_CANNOT} The request was malformed or invalid.",
    "NOT_FOUND": f"{_CANNOT} The requested resource was not found.",
    "ACCESS_FAILED": f"{_CANNOT} You do not have access to this resource.",
    "METHOD_NOT_ALLOWED": f"{_CANNOT} The method is not allowed for this resource.",
    "UNSUPPORTED_MEDIA_TYPE": f"{_CANNOT} The Content-Type is not one that this resource takes.",
    "REQUEST_TOO_LARGE": f"{_CANNOT} The request is too large.",
    "REQUEST_LIMITED": f"{_CANNOT} Too many requests; try again later.",
    "UNEXPECTED_ERROR": f"{_CANNOT} An unexpected error occurred.",
}
_STATUS_CODES: Mapping[int, Code] = {
    400: "INVALID_REQUEST",
    401: "ACCESS_FAILED",
    403: "ACCESS_FAILED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "REQUEST_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "REQUEST_LIMITED",
}

NO_TOKEN = Violation(
    "INVALID_TOKEN",
    "Authentication Credentials",
    "The authorization token is either missing or invalid, or it has expired.",
)
NO_PERMISSION = Violation(
    "INSUFFICIENT_PERMISSIONS", "", "The actor attempting to perform the request is not authorized."
)


class Refused(IdentityError):
    """A request is not done.

    Attributes:
        status: The status of the answer.
        details: What is wrong with the request.
    """

    def __init__(self, status: int, *details: Violation) -> None:
        """Take the status, and what is wrong."""
        super().__init__("; ".join(each.message for each in details) or str(status))
        self.status = status
        self.details = details


def unauthenticated() -> Refused:
    """Return the refusal of a request without a token that is good."""
    return Refused(401, NO_TOKEN)


def forbidden() -> Refused:
    """Return the refusal of a request whose actor may not do it."""
    return Refused(403, NO_PERMISSION)


def response_to(error: IdentityError) -> Response:
    """Return the answer to a request that could not be done."""
    if isinstance(error, Refused):
        return refusal(error.status, error.details)
    if isinstance(error, NotFound):
        return refusal(404)
    if isinstance(error, InvalidData):
        limited = any(each.code == "REQUEST_LIMITED" for each in error.violations)
        return refusal(429 if limited else 400, error.violations, None if limited else "INVALID_DATA")
    return refusal(500)


def refusal(status: int, details: Iterable[Violation] = (), code: Code | None = None) -> Response:
    """Return an answer that says why a request is not done.

    Args:
        status: Its status.
        details: What is wrong with the request.
        code: The code of the whole, by default the one that goes with the status.
    """
    said = code or _STATUS_CODES.get(status, "UNEXPECTED_ERROR")
    body: dict[str, Any] = {"id": new_id(), "code": said, "message": _MESSAGES[said]}
    told = [_detail(each) for each in details]
    if told:
        body["details"] = told
    headers: tuple[tuple[str, str], ...] = (("www-authenticate", "Bearer"),) if status == 401 else ()
    return json_response(body, status, headers)


def _detail(violation: Violation) -> dict[str, Any]:
    said: dict[str, Any] = {"code": violation.code}
    if violation.target:
        said["target"] = violation.target
    said["message"] = violation.message
    if violation.inner:
        said["innerError"] = dict(violation.inner)
    return said
