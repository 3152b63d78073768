"""What every gate in a process does, whatever its framework: it takes the settings, and asks the policy."""

import os
import time
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypedDict

from gatepost.errors import ConfigurationError
from gatepost.gates.demand import Decides, Demand
from gatepost.gates.incoming import Incoming, Surroundings
from gatepost.gates.protected_resource import ProtectedResource
from gatepost.gates.refusal import Answer, refusal
from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Check, Decision, Deny
from gatepost.policy.policy import Clock, Policy
from gatepost.policy.requirement import Requirement
from gatepost.verification import Verifier
from gatepost.verification.client_certificate import HEADERS
from gatepost.verification.sender_constraint import SenderConstraint

PolicySource: TypeAlias = str | os.PathLike[str] | Policy | Callable[[], Policy]


class GateOptions(TypedDict, total=False):
    """The settings that all gates have in common.

    Attributes:
        policy: A policy, the path of a policy file, which is read again when it changes, or what returns the policy
            that holds now.
        verifier: What verifies tokens for demands that the application makes by itself; by default the policy's.
        requirement: With a verifier and no policy: what every request has to meet.
        protected_resource: What to say at `/.well-known/oauth-protected-resource`, or `None` to say nothing there.
        pass_preflight: Whether a CORS preflight reaches the application without a token, where the policy has a route
            for the request that it announces.
        public_origin: The origin that clients use, such as `https://api.example.com`, where a proxy in front hides it;
            a DPoP proof names it.
        certificate_header: The header in which a trusted proxy hands the client's certificate over.
        clock: Returns the time in seconds since 1970.
    """

    policy: PolicySource | None
    verifier: Verifier | None
    requirement: Requirement | None
    protected_resource: ProtectedResource | None
    pass_preflight: bool
    public_origin: str | None
    certificate_header: str | None
    clock: Clock


class Gatekeeper:
    """The settings of one gate, ready to decide.

    Attributes:
        surroundings: How requests are to be read.
    """

    __slots__ = (
        "_clock",
        "_demands",
        "_guard",
        "_policies",
        "_preflight",
        "_resource",
        "_sender",
        "_verifier",
        "surroundings",
    )

    def __init__(self, options: GateOptions) -> None:
        """Take the settings.

        Raises:
            ConfigurationError: When there is neither a policy nor a verifier, or the settings contradict each other.
        """
        policy, verifier = options.get("policy"), options.get("verifier")
        requirement, header = options.get("requirement"), options.get("certificate_header")
        if policy is None and verifier is None:
            raise ConfigurationError("a gate needs a policy, such as policy='gatepost.toml', or a verifier")
        if requirement is not None and (policy is not None or verifier is None):
            raise ConfigurationError("requirement goes with a verifier alone: a policy's routes say what they require")
        if header is not None and header.lower() not in HEADERS:
            raise ConfigurationError(f"{header!r} carries no client certificate; known are {', '.join(HEADERS)}")
        self.surroundings = Surroundings((options.get("public_origin") or "").rstrip("/") or None, header)
        self._clock = options.get("clock", time.time)
        self._policies = None if policy is None else _policies(policy, self._clock)
        self._verifier = verifier
        self._sender = SenderConstraint()
        self._demands: dict[Requirement, tuple[Policy | None, Demand]] = {}
        self._preflight = options.get("pass_preflight", False)
        self._resource = options.get("protected_resource")
        self._guard: Decides | None = None
        if verifier is not None and requirement is not None:
            self._guard = Demand.by_verifier(requirement, verifier, self._sender, self._clock)

    @property
    def guards(self) -> bool:
        """Whether it decides on every request, and not only where the application demands something."""
        return self._policies is not None or self._guard is not None

    def check(self, incoming: Incoming) -> Decision:
        """Return the decision on a request."""
        guard = self._current()
        if incoming.announced is not None and self._preflight:
            return _on_preflight(guard, incoming.request, incoming.announced)
        return guard.check(incoming.request)

    async def check_async(self, incoming: Incoming) -> Decision:
        """Return the decision on a request, without ever blocking the event loop."""
        guard = self._current()
        if incoming.announced is not None and self._preflight:
            return _on_preflight(guard, incoming.request, incoming.announced)
        return await guard.check_async(incoming.request)

    def demand(self, requirement: Requirement) -> Demand:
        """Return what demands this of single requests, in the same way every time."""
        policy = None if self._policies is None or self._verifier is not None else self._policies()
        held = self._demands.get(requirement)
        if held is not None and held[0] is policy:
            return held[1]
        if policy is not None:
            demand = Demand.by_policy(requirement, policy)
        else:
            assert self._verifier is not None  # noqa: S101  # one of the two is there
            demand = Demand.by_verifier(requirement, self._verifier, self._sender, self._clock)
        self._demands[requirement] = policy, demand
        return demand

    def metadata(self, method: str, path: str) -> Answer | None:
        """Return the protected resource's metadata if it is asked for."""
        resource = self._resource
        if resource is None or path != resource.path:
            return None
        verifier, scopes = self._verifier, set[str]()
        if self._policies is not None:
            policy = self._policies()
            verifier = verifier or policy.verifier
            for route in policy.routes:
                scopes.update(route.requirement.scopes, route.requirement.any_scope)
        issuers = () if verifier is None else verifier.health()
        return resource.answer(method, resource.document(issuers, sorted(scopes)))

    def refusal(self, deny: Deny) -> Answer:
        """Return a refusal as an HTTP answer."""
        return refusal(deny, None if self._resource is None else self._resource.metadata_url)

    def _current(self) -> Decides:
        if self._policies is not None:
            return self._policies()
        if self._guard is None:
            raise ConfigurationError("this gate decides on nothing by itself")
        return self._guard


def _policies(policy: PolicySource, clock: Clock) -> Callable[[], Policy]:
    if isinstance(policy, Policy):
        return lambda: policy
    if isinstance(policy, str | os.PathLike):
        from gatepost.policy.reloading import ReloadingPolicy

        return ReloadingPolicy(policy, clock=clock).current
    return policy


def _on_preflight(guard: Decides, request: AccessRequest, announced: str) -> Decision:
    """Return the decision on a CORS preflight, which browsers send without credentials.

    It is let in where the request that it announces would get as far as its token, and with no identity.
    """
    decision = guard.check(AccessRequest(announced, request.path))
    if isinstance(decision, Deny) and decision.reason != "missing_token":
        return decision
    names: Mapping[str, str] = decision.headers if isinstance(decision, Allow) else {}
    if not isinstance(decision, Allow) and isinstance(guard, Policy):
        names = dict.fromkeys(guard.forwardable, "")
    trace = (Check("route", True, decision.route), Check("preflight", True, announced))
    return Allow(None, dict(names), decision.route, trace)
