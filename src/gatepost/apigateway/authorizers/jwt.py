"""The JWT authorizer of an HTTP API."""

from collections.abc import Callable

from gatepost.apigateway.authorizers import descriptions as say
from gatepost.apigateway.authorizers.go_format import go_claims
from gatepost.apigateway.authorizers.identity_source import token_finder
from gatepost.apigateway.authorizers.issuer_keys import IssuerKeys
from gatepost.apigateway.authorizers.token_check import TokenCheck, Verified
from gatepost.apigateway.authorizers.token_steps import note_checks, note_no_token, note_refusal
from gatepost.apigateway.authorizers.unread_token import Refused
from gatepost.apigateway.exchange import Exchange, Failure, JwtIdentity
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import JwtAuthorizer

_MISSING = Failure("UNAUTHORIZED", authorizer_error=say.NO_TOKEN, www_authenticate="Bearer")

_SCOPE_ERROR = "insufficient_scope"
_SCOPE_DESCRIPTION = "the token does not have a required scope"  # Gatepost's own: sent only when it is asked for


class JwtGate:
    """One JWT authorizer at work."""

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
        self._check = TokenCheck(authorizer, keys, assumptions, clock, go_claims)
        self._scope_header = assumptions.insufficient_scope_header

    def at_hand(self, exchange: Exchange) -> bool:
        """Decide at once, unless keys have to be fetched."""
        token = self._find_token(exchange)
        if token is None:
            self._refuse_missing(exchange)
            return True
        verified = self._check.recall(token)
        if verified is not None:
            exchange.note("authorizer", True, self._name)
            exchange.note("identity source", True, self._source)
            exchange.note("cache", True, "the token was verified before; its time and its key are still good")
            self._admit(exchange, verified)
            return True
        try:
            verified = self._check.at_hand(token)
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
        self._admit(exchange, verified)

    def _admit(self, exchange: Exchange, verified: Verified) -> None:
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

    def _refuse_missing(self, exchange: Exchange) -> None:
        note_no_token(exchange, self._name, self._source)
        exchange.failure = _MISSING

    def _refuse(self, exchange: Exchange, error: Refused) -> None:
        note_refusal(exchange, self._name, self._source, error)
        scopes = () if exchange.route is None else exchange.route.scopes
        exchange.failure = Failure(
            "UNAUTHORIZED",
            authorizer_error=f"invalid_token: {error}",
            www_authenticate=_challenge(scopes, "invalid_token", str(error)),
        )


def _challenge(scopes: tuple[str, ...], error: str, description: str) -> str:
    """Return the header in AWS's form: parameters with spaces between them, the scopes first."""
    quoted = description.replace("\\", "\\\\").replace('"', '\\"')
    return f'Bearer scope="{" ".join(scopes)}" error="{error}" error_description="{quoted}"'
