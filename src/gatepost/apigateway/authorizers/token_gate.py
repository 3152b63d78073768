"""A gate for tokens: it looks for one, has it checked, and leaves it to the kind of authorizer what follows."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from gatepost.apigateway.authorizers.identity_source import token_finder
from gatepost.apigateway.authorizers.issuer_keys import IssuerKeys
from gatepost.apigateway.authorizers.token_check import TokenCheck, Verified
from gatepost.apigateway.authorizers.token_steps import note_checks, note_memory, note_no_token, note_refusal
from gatepost.apigateway.authorizers.unread_token import Refused
from gatepost.apigateway.exchange import Exchange, Failure
from gatepost.apigateway.model.assumptions import Assumptions
from gatepost.apigateway.model.authorizer import JwtAuthorizer


class Answers(Protocol):
    """What one kind of authorizer says."""

    @property
    def missing(self) -> Failure:
        """What follows when there is no token."""

    def write_claims(self, claims: Mapping[str, Any], /) -> Mapping[str, str]:
        """Return a token's claims as they are handed on."""

    def refusal(self, exchange: Exchange, error: Refused, /) -> Failure:
        """Return what follows when a token is refused."""

    def admit(self, exchange: Exchange, verified: Verified, /) -> None:
        """Leave the identity of a good token in the exchange, or a failure when it is not for the route."""


class TokenGate:
    """One authorizer at work."""

    def __init__(
        self,
        authorizer: JwtAuthorizer,
        keys: IssuerKeys,
        assumptions: Assumptions,
        clock: Callable[[], float],
        answers: Answers,
    ) -> None:
        """Ask for tokens as `authorizer` says.

        Raises:
            ConfigurationError: When its identity source is none.
        """
        self._name = authorizer.name
        self._source = authorizer.identity_source
        self._find_token = token_finder(authorizer.identity_source)
        self._check = TokenCheck(authorizer, keys, assumptions, clock, answers.write_claims)
        self._answers = answers

    def at_hand(self, exchange: Exchange) -> bool:
        """Decide at once, unless keys have to be fetched."""
        token = self._find_token(exchange)
        if token is None:
            self._refuse_missing(exchange)
            return True
        verified = self._check.recall(token)
        if verified is not None:
            note_memory(exchange, self._name, self._source)
            self._answers.admit(exchange, verified)
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
        self._answers.admit(exchange, verified)

    def _refuse_missing(self, exchange: Exchange) -> None:
        note_no_token(exchange, self._name, self._source)
        exchange.failure = self._answers.missing

    def _refuse(self, exchange: Exchange, error: Refused) -> None:
        note_refusal(exchange, self._name, self._source, error)
        exchange.failure = self._answers.refusal(exchange, error)
