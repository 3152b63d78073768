"""Whether a token is good: with a verifier and no policy, it may use all of the API, or nothing."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gatepost.errors import TokenRejected
from gatepost.gates.aws_lambda.answer import Grant
from gatepost.gates.aws_lambda.event import AuthorizerEvent
from gatepost.gates.aws_lambda.finding import (
    Finding,
    Unauthorized,
    allowable,
    deniable,
    refuse,
    refuse_kept,
    request_of,
    say_why,
    whole_stage,
)
from gatepost.verification import VerifiedToken, Verifier

if TYPE_CHECKING:
    from gatepost.gates.demand import Demand
    from gatepost.policy.requirement import Requirement


class ByVerifier:
    """Decides by a verifier, and by what the token has to say besides."""

    def __init__(
        self, verifier: Verifier, requirement: "Requirement | None", clock: Callable[[], float], *, kept: bool
    ) -> None:
        """Take the verifier, the requirement, the clock, and whether API Gateway keeps answers for other requests."""
        self._verifier = verifier
        self._requirement = requirement
        self._clock = clock
        self._kept = kept
        self._demand: Demand | None = None

    def __call__(self, event: AuthorizerEvent) -> Finding:
        """Return what came of the token.

        Raises:
            Unauthorized: When there is no good one.
            KeysUnavailable: When it cannot be told whether it is.
            ConfigurationError: When the answer must not be kept, and will be.
        """
        text = _bearer(event.authorization)
        token = None if text is None else self._verified(text)
        if token is None or self._requirement is not None or "cnf" in token.claims:
            from gatepost.policy.decision import Allow

            # What only few tokens need is loaded here, and not at a cold start.
            decision = self._demanded().check(request_of(event))
            if isinstance(decision, Allow):
                token = decision.identity
            elif decision.status != 403:
                refuse(decision)
            else:
                denied = whole_stage(event) if self._kept else deniable(event)
                return Finding(token, at=self._clock(), allowed=False, denials=(denied,))
        return self._allowed(event, token)

    def _verified(self, text: str) -> VerifiedToken:
        try:
            return self._verifier.verify(text)
        except TokenRejected as error:
            say_why(error.code)
            raise Unauthorized from None

    def _demanded(self) -> "Demand":
        if self._demand is None:
            from gatepost.gates.demand import Demand
            from gatepost.policy.requirement import Requirement
            from gatepost.verification.sender_constraint import SenderConstraint

            self._demand = Demand.by_verifier(
                self._requirement or Requirement(), self._verifier, SenderConstraint(), self._clock
            )
        return self._demand

    def _allowed(self, event: AuthorizerEvent, token: VerifiedToken | None) -> Finding:
        if self._kept:
            refuse_kept(token)
        now = self._clock()
        until = None if token is None else token.expires_at + self._verifier.leeways[token.issuer]
        arn = whole_stage(event) if self._kept else allowable(event)
        if arn is None:
            return Finding(token, at=now, allowed=False, denials=(deniable(event),))
        return Finding(token, at=now, allowed=True, grants=(Grant(arn, until),))


def _bearer(authorization: tuple[str, ...]) -> str | None:
    """Return the token of the plainest form of credentials; whatever else there is, the policy's rules read."""
    if len(authorization) != 1:
        return None
    scheme, _, token = authorization[0].partition(" ")
    return token if scheme.lower() == "bearer" and token and not {" ", "\t", ","}.intersection(token) else None
