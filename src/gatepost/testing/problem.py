"""What can be wrong with a token request, and how RFC 6749 §5.2 answers it."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple


class Problem(Enum):
    """What is wrong with a token request."""

    NO_CREDENTIALS = "no credentials"
    UNKNOWN_CLIENT = "unknown client"
    WRONG_SECRET = "wrong secret"
    TWO_METHODS = "credentials in the header and in the body"
    MALFORMED = "malformed body"
    REPEATED_PARAMETER = "repeated parameter"
    NO_GRANT_TYPE = "no grant type"
    UNSUPPORTED_GRANT_TYPE = "unsupported grant type"
    NO_SCOPE = "no scope"
    UNKNOWN_SCOPE = "unknown scope"
    NO_AUDIENCE = "no audience"
    UNKNOWN_AUDIENCE = "unknown audience"


class ErrorAnswer(NamedTuple):
    """How a problem is told.

    Attributes:
        status: The HTTP status.
        error: The value of `error`.
        description: The value of `error_description`, with `{value}` for what was wrong; or `None` where it is left
            out.
    """

    status: int
    error: str
    description: str | None = None


class TokenRequestRefused(Exception):
    """A token request that is refused.

    Attributes:
        problem: What is wrong.
        value: The parameter's value at fault, for vendors who repeat it.
    """

    def __init__(self, problem: Problem, value: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.value = value


_CLIENT = ErrorAnswer(401, "invalid_client", "Client authentication failed.")

# RFC 6749 §5.2, and RFC 8707 §2 for the audience.
RFC_6749: Mapping[Problem, ErrorAnswer] = MappingProxyType(
    {
        Problem.NO_CREDENTIALS: _CLIENT,
        Problem.UNKNOWN_CLIENT: _CLIENT,
        Problem.WRONG_SECRET: _CLIENT,
        Problem.TWO_METHODS: ErrorAnswer(
            400, "invalid_request", "The client used more than one authentication method."
        ),
        Problem.MALFORMED: ErrorAnswer(400, "invalid_request", "The body is malformed."),
        Problem.REPEATED_PARAMETER: ErrorAnswer(400, "invalid_request", "The parameter {value} is repeated."),
        Problem.NO_GRANT_TYPE: ErrorAnswer(400, "invalid_request", "The parameter grant_type is missing."),
        Problem.UNSUPPORTED_GRANT_TYPE: ErrorAnswer(400, "unsupported_grant_type", "The grant type is not supported."),
        Problem.NO_SCOPE: ErrorAnswer(400, "invalid_scope", "The parameter scope is missing."),
        Problem.UNKNOWN_SCOPE: ErrorAnswer(400, "invalid_scope", "The scope {value} is unknown."),
        Problem.NO_AUDIENCE: ErrorAnswer(400, "invalid_target", "The parameter resource is missing."),
        Problem.UNKNOWN_AUDIENCE: ErrorAnswer(400, "invalid_target", "The resource {value} is unknown."),
    }
)
