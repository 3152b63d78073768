"""The Cognito authorizer of a REST API, for tokens of any issuer.

It checks as a JWT authorizer does and answers as REST APIs do. `token_use`, which Cognito writes into its tokens, is
looked at where it stands: a route with scopes takes access tokens, one without takes ID tokens.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from gatepost.apigateway.authorizers import descriptions as say
from gatepost.apigateway.authorizers.go_format import go_text
from gatepost.apigateway.authorizers.identity_source import token_finder
from gatepost.apigateway.authorizers.issuer_keys import IssuerKeys
from gatepost.apigateway.authorizers.token_check import TokenCheck, Verified
from gatepost.apigateway.authorizers.token_steps import note_checks, note_no_token, note_refusal
from gatepost.apigateway.authorizers.unread_token import Refused
from gatepost.apigateway.exchange import Exchange, Failure, JwtIdentity
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import JwtAuthorizer

_UNAUTHORIZED = Failure("UNAUTHORIZED")
_EXPIRED = Failure("UNAUTHORIZED", message="The incoming token has expired")

_DATES = frozenset({"exp", "iat"})
_LAST_DATE = 253402300799  # the end of the year 9999


class CognitoGate:
    """One Cognito authorizer at work."""

    def __init__(
        self, authorizer: JwtAuthorizer, keys: IssuerKeys, assumptions: Assumptions, clock: Callable[[], float]
    ) -> None:
        """Ask for tokens as `authorizer` says.

        Raises:
            ConfigurationError: When its identity source is none.
        """
        self._name = authorizer.name
        self._source = authorizer.identity_source
        self._find_token = token_finder(authorizer.identity_source)
        self._check = TokenCheck(authorizer, keys, assumptions, clock, cognito_claims)

    def at_hand(self, exchange: Exchange) -> bool:
        """Decide at once, unless keys have to be fetched."""
        token = self._find_token(exchange)
        if token is None:
            self._refuse_missing(exchange)
            return True
        try:
            verified = self._check.recall(token) or self._check.at_hand(token)
        except Refused as error:
            self._refuse(exchange, error)
            return True
        if verified is None:
            return False
        self._accept(exchange, verified)
        return True

    async def wait(self, exchange: Exchange) -> None:
        """Decide, and fetch the issuer's keys for that if need be."""
        token = self._find_token(exchange)
        if token is None:
            self._refuse_missing(exchange)
            return
        try:
            verified = await self._check.wait(token)
        except Refused as error:
            self._refuse(exchange, error)
        else:
            self._accept(exchange, verified)

    def _accept(self, exchange: Exchange, verified: Verified) -> None:
        note_checks(exchange, self._name, self._source)
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

    def _refuse_missing(self, exchange: Exchange) -> None:
        note_no_token(exchange, self._name, self._source)
        exchange.failure = _UNAUTHORIZED

    def _refuse(self, exchange: Exchange, error: Refused) -> None:
        note_refusal(exchange, self._name, self._source, error)
        failure = _EXPIRED if str(error) == say.EXPIRED else _UNAUTHORIZED
        exchange.failure = failure._replace(authorizer_error=str(error))


def cognito_claims(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return every claim as a REST API hands it on: a text, lists with commas, `exp` and `iat` as dates."""
    return {name: _text(name, value) for name, value in claims.items() if value is not None}


def _text(name: str, value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(go_text, value))
    if name in _DATES and isinstance(value, int | float) and 0 <= value <= _LAST_DATE:
        return datetime.fromtimestamp(int(value), UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    return go_text(value)
