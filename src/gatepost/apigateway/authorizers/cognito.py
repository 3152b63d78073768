"""What the Cognito authorizer of a REST API answers, for tokens of any issuer.

It checks as a JWT authorizer does and answers as REST APIs do. `token_use`, which Cognito writes into its tokens, is
looked at where it stands: a route with scopes takes access tokens, one without takes ID tokens.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gatepost.apigateway.authorizers import descriptions as say
from gatepost.apigateway.authorizers.go_format import go_text
from gatepost.apigateway.authorizers.token_check import Verified
from gatepost.apigateway.authorizers.unread_token import Refused
from gatepost.apigateway.exchange import Exchange, Failure, JwtIdentity

_UNAUTHORIZED = Failure("UNAUTHORIZED")
_EXPIRED = Failure("UNAUTHORIZED", message="The incoming token has expired")

_DATES = frozenset({"exp", "iat"})
_LAST_DATE = 253402300799  # the end of the year 9999


def cognito_claims(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return every claim as a REST API hands it on: a text, lists with commas, `exp` and `iat` as dates."""
    return {name: _text(name, value) for name, value in claims.items() if value is not None}


def _text(name: str, value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(go_text, value))
    if name in _DATES and isinstance(value, int | float) and 0 <= value <= _LAST_DATE:
        return datetime.fromtimestamp(int(value), UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    return go_text(value)


class CognitoAnswers:
    """The answers of a Cognito authorizer (`Answers`)."""

    missing = _UNAUTHORIZED
    write_claims = staticmethod(cognito_claims)

    def refusal(self, _: Exchange, error: Refused) -> Failure:
        """Return a 401, which tells clients nothing but that a token has expired."""
        failure = _EXPIRED if str(error) == say.EXPIRED else _UNAUTHORIZED
        return failure._replace(authorizer_error=str(error))

    def admit(self, exchange: Exchange, verified: Verified) -> None:
        """Let a token pass that is of the kind that the route takes."""
        needed = () if exchange.route is None else exchange.route.scopes
        wanted = "access" if needed else "id"
        use = verified.claims.get("token_use", wanted)
        if use != wanted:
            why = "names scopes" if needed else "names no scopes"
            exchange.note("token_use", False, f"the route {why}, so it takes tokens for {wanted!r}")
            exchange.failure = _UNAUTHORIZED
        elif needed and set(needed).isdisjoint(verified.scopes):
            exchange.note("scope", False, f"the token has none of {' '.join(needed)}")
            exchange.failure = _UNAUTHORIZED
        else:
            exchange.identity = JwtIdentity(verified.texts, verified.scopes if needed else None)
