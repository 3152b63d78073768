"""The way of every request through this gate, whoever asks: read it, ask the policy, and keep the records."""

import logging
from collections.abc import Callable, Mapping
from time import perf_counter

from gatepost.gates.authz.access_log import AccessLog
from gatepost.gates.authz.identity_token import IdentityTokens
from gatepost.gates.authz.metrics import Metrics
from gatepost.gates.authz.original_request import NoOriginal
from gatepost.gates.authz.tracing import Spans
from gatepost.gates.authz.trusted_peers import TrustedPeers
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision, Deny
from gatepost.policy.policy import Policy

_logger = logging.getLogger("gatepost.authz")

UNTRUSTED = Deny(403, "untrusted_peer", "Only a trusted proxy may ask this server about requests.")


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
            self.metrics.untrusted()
            self.log.untrusted(peer)
            return UNTRUSTED
        span = None if self._spans is None else self._spans.start(gate, carrier())
        begin = perf_counter()
        request: AccessRequest | None = None
        decision: Decision
        try:
            request = read()
            decision = await self.policies().check_async(request)
            if self.identity is not None and isinstance(decision, Allow):
                signed = {self.identity.header: self.identity.of(decision, request)}
                decision = decision._replace(headers={**decision.headers, **signed})
        except NoOriginal as error:
            decision = Deny(400, "bad_request", f"The original request is unclear: {error}.")
        except Exception:
            # The outer border: whatever goes wrong in here lets nobody in, and no proxy gets a 500.
            _logger.exception("a decision failed")
            decision = Deny(503, "internal_error", "The request could not be decided on.", retry_after=1)
        seconds = perf_counter() - begin
        self.metrics.decided(gate, decision, seconds)
        self.log.decided(gate, request, decision, seconds)
        if span is not None and self._spans is not None:
            self._spans.end(span, request, decision)
        return decision
