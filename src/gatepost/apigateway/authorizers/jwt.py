"""What the JWT authorizer of an HTTP API answers."""

from gatepost.apigateway.authorizers import descriptions as say
from gatepost.apigateway.authorizers.go_format import go_claims
from gatepost.apigateway.authorizers.token_check import Verified
from gatepost.apigateway.authorizers.unread_token import Refused
from gatepost.apigateway.exchange import Exchange, Failure, JwtIdentity
from gatepost.apigateway.model.assumptions import Assumptions

_SCOPE_ERROR = "insufficient_scope"
_SCOPE_DESCRIPTION = "the token does not have a required scope"  # Gatepost's own: sent only when it is asked for


class JwtAnswers:
    """The answers of a JWT authorizer (`Answers`)."""

    missing = Failure("UNAUTHORIZED", authorizer_error=say.NO_TOKEN, www_authenticate="Bearer")
    write_claims = staticmethod(go_claims)

    def __init__(self, assumptions: Assumptions) -> None:
        """Answer as is assumed."""
        self._scope_header = assumptions.insufficient_scope_header

    def refusal(self, exchange: Exchange, error: Refused) -> Failure:
        """Return a 401 that says why."""
        scopes = () if exchange.route is None else exchange.route.scopes
        return Failure(
            "UNAUTHORIZED",
            authorizer_error=f"invalid_token: {error}",
            www_authenticate=_challenge(scopes, "invalid_token", str(error)),
        )

    def admit(self, exchange: Exchange, verified: Verified) -> None:
        """Let a token pass that has one of the route's scopes."""
        needed = () if exchange.route is None else exchange.route.scopes
        if not needed:
            exchange.identity = JwtIdentity(verified.texts, None)
            return
        if set(needed).isdisjoint(verified.scopes):
            exchange.note("scope", False, f"the token has none of {' '.join(needed)}")
            description = f"{_SCOPE_ERROR}: {_SCOPE_DESCRIPTION}"
            header = _challenge(needed, _SCOPE_ERROR, _SCOPE_DESCRIPTION) if self._scope_header else None
            exchange.failure = Failure("ACCESS_DENIED", authorizer_error=description, www_authenticate=header)
            return
        exchange.note("scope", True, f"the token has one of {' '.join(needed)}")
        exchange.identity = JwtIdentity(verified.texts, verified.scopes)


def _challenge(scopes: tuple[str, ...], error: str, description: str) -> str:
    """Return the header in AWS's form: parameters with spaces between them, the scopes first."""
    quoted = description.replace("\\", "\\\\").replace('"', '\\"')
    return f'Bearer scope="{" ".join(scopes)}" error="{error}" error_description="{quoted}"'
