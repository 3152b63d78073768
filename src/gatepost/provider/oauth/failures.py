"""What the endpoints answer when they refuse (RFC 6749 §5.2)."""

from gatepost.errors import GatepostError
from gatepost.provider.web.response import Response, json_response


class OAuthError(GatepostError):
    """A request is refused.

    Attributes:
        error: The error code, such as `invalid_grant`.
        description: One sentence, without anything secret.
        status: The status of the response.
        challenge: The value of `WWW-Authenticate`, or `None`.
    """

    def __init__(self, error: str, description: str, *, status: int = 400, challenge: str | None = None) -> None:
        """Take what the response says."""
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status
        self.challenge = challenge

    def response(self, correlation_id: str) -> Response:
        """Return the response, whose description ends as PingOne's do."""
        body = {"error": self.error, "error_description": described(self.description, correlation_id)}
        headers = () if self.challenge is None else (("www-authenticate", self.challenge),)
        return json_response(body, self.status, headers)


def described(description: str, correlation_id: str) -> str:
    """Return a description that names the request which it is about."""
    return f"{description} (Correlation ID: {correlation_id})"


def invalid_client(*, basic: bool = False) -> OAuthError:
    """Return the refusal of a client, which is the same for every cause: it says nothing of what is known of it."""
    challenge = 'Basic realm="gatepost"' if basic else None
    text = "Request denied: Unsupported authentication method"
    return OAuthError("invalid_client", text, status=401, challenge=challenge)


def invalid_grant(description: str) -> OAuthError:
    """Return the refusal of a code, a refresh token or the like."""
    return OAuthError("invalid_grant", description)


def invalid_request(description: str) -> OAuthError:
    """Return the refusal of a request that is not put together as it has to be."""
    return OAuthError("invalid_request", description)
