"""The way of every request through this gate, whoever asks: read it, ask the policy, and keep the records."""

import logging
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import NamedTuple

from gatepost.gates.authz.access_log import AccessLog
from gatepost.gates.authz.identity_token import IdentityTokens
from gatepost.gates.authz.metrics import Metrics
from gatepost.gates.authz.original_request import NoOriginal
from gatepost.gates.authz.tracing import Spans
from gatepost.gates.authz.trusted_peers import TrustedPeers
from gatepost.policy.access_request import AccessRequest, Credentials
from gatepost.policy.decide import Route
from gatepost.policy.decision import Allow, Decision, Deny
from gatepost.policy.policy import Policy

_logger = logging.getLogger("gatepost.authz")

UNTRUSTED = Deny(403, "untrusted_peer", "Only a trusted proxy may ask this server about requests.")

# The outer border: whatever goes wrong in here lets nobody in, and no proxy gets a 500.
_NOT_DECIDED = Deny(503, "internal_error", "The request could not be decided on.", retry_after=1)
_DEFECT = "a decision failed"


class Decided(NamedTuple):
    """A decision, and what was decided on.

    Attributes:
        decision: The decision.
        request: The request, or `None` when it could not be read.
        policy: The policy that decided, or `None` when it was not asked.
    """

    decision: Decision
    request: AccessRequest | None
    policy: Policy | None


class Deciding:
    """Decides on requests that proxies ask about.

    Attributes:
        policies: Returns the policy that holds now.
        metrics: What was counted.
        log: The access log.
        identity: What signs a statement for the upstream, or `None`.
    """

    __slots__ = ("_spans", "_trusted", "identity", "log", "metrics", "policies")

    def __init__(
        self,
        policies: Callable[[], Policy],
        *,
        trusted: TrustedPeers,
        log: AccessLog,
        metrics: Metrics,
        identity: IdentityTokens | None = None,
        spans: Spans | None = None,
    ) -> None:
        self.policies = policies
        self.metrics = metrics
        self.log = log
        self.identity = identity
        self._trusted = trusted
        self._spans = spans

    async def decide(
        self,
        gate: str,
        peer: str | None,
        read: Callable[[], AccessRequest],
        carrier: Callable[[], Mapping[str, str]],
    ) -> Decision:
        """Return the decision on one request.

        Args:
            gate: How it is asked for: `nginx`, `forward`, `envoy` or `grpc`.
            peer: The address of who asks, or `None` over a Unix socket.
            read: Returns the original request; it may raise `NoOriginal`.
            carrier: Returns the headers in which a trace may be handed on.
        """
        if not self._trusted.trusts(peer):
            return self._untrusted(peer)
        span = None if self._spans is None else self._spans.start(gate, carrier())
        begin = perf_counter()
        request: AccessRequest | None = None
        decision: Decision | None
        try:
            request = read()
            policy = self.policies()
            decision = policy.check_at_hand(request)
            if decision is None:
                decision = await policy.check_async(request)
            decision = self._stated(decision, request)
        except NoOriginal as error:
            decision = _unclear(error)
        except Exception:
            _logger.exception(_DEFECT)
            decision = _NOT_DECIDED
        self._record(gate, request, decision, begin)
        if span is not None and self._spans is not None:
            self._spans.end(span, request, decision)
        return decision

    def decide_at_hand(self, gate: str, peer: str | None, read: Callable[[], AccessRequest]) -> Decided | None:
        """Return the decision on one request as `decide` does, or `None` when it takes waiting, or is traced.

        The arguments are those of `decide`. Nothing is recorded of what it returns `None` for.
        """
        if self._spans is not None:
            return None
        if not self._trusted.trusts(peer):
            return Decided(self._untrusted(peer), None, None)
        begin = perf_counter()
        request = policy = None
        try:
            request = read()
            policy = self.policies()
            decision = policy.check_at_hand(request)
            if decision is None:
                return None
            decision = self._stated(decision, request)
        except NoOriginal as error:
            decision = _unclear(error)
        except Exception:
            _logger.exception(_DEFECT)
            decision = _NOT_DECIDED
        self._record(gate, request, decision, begin)
        return Decided(decision, request, policy)

    def decide_again(
        self, gate: str, policy: Policy, route: Route, request: AccessRequest, sent: Credentials | None
    ) -> Decision | None:
        """Return the decision on one more request of a trusted peer that differs from `request` in its token alone.

        Args:
            gate: How it is asked for.
            policy: The policy that said which route the request means.
            route: That route.
            request: The request; its `Authorization` is not looked at.
            sent: The token in it, if there is one.

        Returns:
            The decision; `None` when it takes waiting, or another policy holds now.
        """
        begin = perf_counter()
        try:
            if self.policies() is not policy:
                return None
            decision = policy.judge_at_hand(route, request, sent)
            if decision is None:
                return None
            decision = self._stated(decision, request)
        except Exception:
            _logger.exception(_DEFECT)
            decision = _NOT_DECIDED
        self._record(gate, request, decision, begin)
        return decision

    def trusts(self, peer: str | None) -> bool:
        """Tell whether a peer is a trusted proxy."""
        return self._trusted.trusts(peer)

    def _untrusted(self, peer: str | None) -> Deny:
        self.metrics.untrusted()
        self.log.untrusted(peer)
        return UNTRUSTED

    def _stated(self, decision: Decision, request: AccessRequest) -> Decision:
        """Return the decision with a signed statement for the upstream, where there is to be one."""
        if self.identity is None or not isinstance(decision, Allow):
            return decision
        signed = {self.identity.header: self.identity.of(decision, request)}
        return decision._replace(headers={**decision.headers, **signed})

    def _record(self, gate: str, request: AccessRequest | None, decision: Decision, begin: float) -> None:
        seconds = perf_counter() - begin
        self.metrics.decided(gate, decision, seconds)
        self.log.decided(gate, request, decision, seconds)


def _unclear(error: NoOriginal) -> Deny:
    return Deny(400, "bad_request", f"The original request is unclear: {error}.")
