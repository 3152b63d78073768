"""From credentials to an outcome: verified or introspected, not revoked, and sent by whom the token is bound to."""

from collections.abc import Mapping
from typing import Protocol

from gatepost.errors import KeysUnavailable, Reason, TokenRejected
from gatepost.policy.access_request import AccessRequest, Credentials
from gatepost.policy.decide import Outcome, Route
from gatepost.verification import VerifiedToken, Verifier
from gatepost.verification.revocation import MemoryRevocationList
from gatepost.verification.sender_constraint import SenderConstraint, is_anybodys


class Opaque(Protocol):
    """What knows the tokens of an issuer that are no JWTs: `Introspection`."""

    @property
    def issuer(self) -> str:
        """The issuer's identifier."""

    def verify(self, token: str, /) -> VerifiedToken:
        """Return what the issuer says of `token`."""

    async def verify_async(self, token: str, /) -> VerifiedToken:
        """Return what the issuer says of `token`, without blocking the event loop."""


class Revocations(Protocol):
    """What knows the tokens that are good no more: `RevocationList`."""

    def is_revoked(self, token: VerifiedToken, now: float, /) -> bool:
        """Tell whether `token` was revoked."""

    async def is_revoked_async(self, token: VerifiedToken, now: float, /) -> bool:
        """Tell whether `token` was revoked, without blocking the event loop."""


class NotAtHand(Exception):
    """What has to be known for the answer takes waiting: for keys, for an issuer's word, for a store."""


class TokenCheck:
    """Everything about a token that needs more than the token: keys, the issuer, a store."""

    def __init__(
        self,
        verifier: Verifier | None,
        opaque: Mapping[str, Opaque],
        revocations: Revocations | None,
        sender: SenderConstraint,
    ) -> None:
        """Take what verifies JWTs, what knows opaque tokens by their issuer, what was revoked, and the binding."""
        self._verifier = verifier
        self._opaque = opaque
        self._revocations = revocations
        self._sender = sender
        self._asks_elsewhere = revocations is not None and type(revocations) is not MemoryRevocationList

    def outcome(self, route: Route, request: AccessRequest, sent: Credentials, now: float) -> Outcome:
        """Return what comes of the token that was sent."""
        try:
            token = self._knower(route, sent.token).verify(sent.token)
            if self._revocations is not None and self._revocations.is_revoked(token, now):
                raise TokenRejected(Reason.REVOKED)
            self._check_sender(route, request, sent, token, now)
        except (TokenRejected, KeysUnavailable) as error:
            return error
        return token

    def outcome_at_hand(self, route: Route, request: AccessRequest, sent: Credentials, now: float) -> Outcome:
        """Return what comes of the token that was sent, when that can be told without waiting.

        Raises:
            NotAtHand: When it cannot. Nothing was used up then.
        """
        if sent.scheme != "bearer" or self._asks_elsewhere:
            raise NotAtHand
        try:
            knower = self._knower(route, sent.token)
            token = knower.verify_at_hand(sent.token) if isinstance(knower, Verifier) else None
            if token is None:
                raise NotAtHand
            if self._revocations is not None and self._revocations.is_revoked(token, now):
                raise TokenRejected(Reason.REVOKED)
            self._check_sender(route, request, sent, token, now)
        except TokenRejected as error:
            return error
        return token

    async def outcome_async(self, route: Route, request: AccessRequest, sent: Credentials, now: float) -> Outcome:
        """Return what comes of the token that was sent, without blocking the event loop."""
        try:
            token = await self._knower(route, sent.token).verify_async(sent.token)
            if self._revocations is not None and await self._revocations.is_revoked_async(token, now):
                raise TokenRejected(Reason.REVOKED)
            demands = route.requirement
            if not is_anybodys(token, scheme=sent.scheme, dpop=demands.dpop, mtls=demands.mtls):
                await self._sender.check_async(
                    token,
                    sent.token,
                    scheme=sent.scheme,
                    proofs=request.dpop,
                    method=request.method,
                    url=request.url,
                    certificate=request.certificate,
                    now=now,
                    dpop=demands.dpop,
                    mtls=demands.mtls,
                )
        except (TokenRejected, KeysUnavailable) as error:
            return error
        return token

    def _check_sender(
        self, route: Route, request: AccessRequest, sent: Credentials, token: VerifiedToken, now: float
    ) -> None:
        demands = route.requirement
        if is_anybodys(token, scheme=sent.scheme, dpop=demands.dpop, mtls=demands.mtls):
            return
        self._sender.check(
            token,
            sent.token,
            scheme=sent.scheme,
            proofs=request.dpop,
            method=request.method,
            url=request.url,
            certificate=request.certificate,
            now=now,
            dpop=demands.dpop,
            mtls=demands.mtls,
        )

    def _knower(self, route: Route, token: str) -> Verifier | Opaque:
        """Return who can tell about `token`: a JWT has exactly two dots, and is never asked about elsewhere."""
        if self._opaque and token.count(".") != 2:
            for identifier in route.issuers:
                if identifier in self._opaque:
                    return self._opaque[identifier]
        if self._verifier is None:
            raise TokenRejected(Reason.MALFORMED)
        return self._verifier
