"""The handler of a Lambda authorizer, for REST and HTTP APIs alike."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from gatepost.errors import ConfigurationError
from gatepost.gates.aws_lambda.answer import policy_answer, simple_answer
from gatepost.gates.aws_lambda.event import AuthorizerEvent
from gatepost.gates.aws_lambda.finding import Finding

if TYPE_CHECKING:
    from gatepost.policy.policy import Policy
    from gatepost.policy.requirement import Requirement
    from gatepost.verification import Verifier


Handler: TypeAlias = Callable[[Mapping[str, object], object], dict[str, object]]


def authorizer(
    *,
    policy: "str | os.PathLike[str] | Policy | Callable[[], Policy] | None" = None,
    verifier: "Verifier | None" = None,
    requirement: "Requirement | None" = None,
    keys: "str | os.PathLike[str] | None" = None,
    simple: bool = False,
    kept: bool = True,
    context: Iterable[str] | None = None,
    clock: Callable[[], float] = time.time,
) -> Handler:
    """Return the handler of a Lambda authorizer.

    It takes the TOKEN and REQUEST events of REST APIs and the events 1.0 and 2.0 of HTTP APIs. A missing or bad token
    is answered with the error `Unauthorized`, of which API Gateway makes 401; a good one that may not do this with a
    denial, 403; and when nothing can be said about it, the function fails, 500.

    Make it outside of any function, so that one process verifies many tokens with the same keys.

    Args:
        policy: A policy file, a policy, or what returns the policy that holds now. A token may use the routes that it
            is good for, and no other part of the API.
        verifier: In place of a policy: every good token may use the whole stage of the API.
        requirement: With a verifier: what the token has to say besides.
        keys: With a policy file: the keys that `gatepost lambda bake-keys` wrote, so that a cold start needs no
            network.
        simple: Whether to answer `{"isAuthorized": …}`, as an HTTP API with `EnableSimpleResponses` wants it, and
            not an IAM policy.
        kept: Whether API Gateway may keep an answer and use it for other requests with the same token, as it does
            unless its time to live is 0. With `False` an answer is about one request alone.
        context: The claims to hand on to the function behind, by the names of their first level; `None` for all.
        clock: Returns the time in seconds since 1970; a policy that is given ready has its own.

    Raises:
        ConfigurationError: When the settings contradict each other, or the policy file or the keys cannot be used.
    """
    if (policy is None) == (verifier is None):
        raise ConfigurationError("an authorizer needs either a policy, such as policy='gatepost.toml', or a verifier")
    if requirement is not None and verifier is None:
        raise ConfigurationError("requirement goes with a verifier: a policy's routes say what they require")
    if keys is not None and not isinstance(policy, str | os.PathLike):
        raise ConfigurationError("keys goes with a policy file; give an issuer keys=BakedKeys('keys.json') yourself")
    if simple and kept and policy is not None:
        raise ConfigurationError(
            "a simple response that API Gateway keeps lets the token in at every route; set the authorizer's time to "
            "live to 0 and write kept=False, or let it expect IAM policies"
        )
    decide = _decider(policy, verifier, requirement, keys, clock, kept=kept)
    only = None if context is None else frozenset(context)

    def handler(event: Mapping[str, object], _context: object = None) -> dict[str, object]:
        """Answer an authorizer event."""
        asked = AuthorizerEvent(event)
        if simple and asked.shape != "http-2.0":
            raise ConfigurationError(
                "only an HTTP API with payload format 2.0 takes simple responses; leave simple=True away"
            )
        found = decide(asked)
        if simple:
            return simple_answer(found.token, found.allowed, only=only)
        return policy_answer(found.token, found.grants, found.denials, now=found.at, only=only)

    return handler


def _decider(
    policy: "str | os.PathLike[str] | Policy | Callable[[], Policy] | None",
    verifier: "Verifier | None",
    requirement: "Requirement | None",
    keys: "str | os.PathLike[str] | None",
    clock: Callable[[], float],
    *,
    kept: bool,
) -> Callable[[AuthorizerEvent], Finding]:
    if verifier is not None:
        from gatepost.gates.aws_lambda.by_verifier import ByVerifier

        return ByVerifier(verifier, requirement, clock, kept=kept)
    from gatepost.gates.aws_lambda.by_policy import ByPolicy
    from gatepost.policy.policy import Policy

    if isinstance(policy, Policy):
        ready = policy
        return ByPolicy(lambda: ready, kept=kept)
    if isinstance(policy, str | os.PathLike):
        from gatepost.gates.aws_lambda.baked_keys import baked
        from gatepost.policy.policy_file import read

        settings = read(policy)
        loaded = settings.policy(clock=clock, issuers=None if keys is None else baked(settings.issuers, keys))
        return ByPolicy(lambda: loaded, kept=kept)
    assert policy is not None  # noqa: S101  # there is a policy or a verifier
    return ByPolicy(policy, kept=kept)
