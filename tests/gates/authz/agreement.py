"""A proxy with the gate behind it, asked row by row, beside the decision of the policy itself."""

from urllib.parse import quote

from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision
from gatepost.policy.policy import Policy
from gatepost.policy.policy_file import load
from tests.gates.authz.questions import SPOOFED, credentials, questions
from tests.gates.authz.world import Got, Reached, World, ask

# A proxy refuses some requests by itself, before it asks anybody.
_OF_ITS_OWN = frozenset({0, 400, 404, 405, 431, 501})


def disagreements(world: World) -> list[str]:
    """Return what is wrong, one line for each row in which the proxy and the policy do not agree."""
    policy = load(world.policy)
    wrong = []
    for question in questions():
        headers = [*credentials(world.issuer, question.token), *(SPOOFED if question.spoofed else ())]
        world.reached.clear()
        got = ask(world.port, question.method, question.target, headers)
        lines = []
        for target in _spellings(question.target):
            decision = policy.check(AccessRequest.of(question.method, target, headers))
            lines.append(_wrong(target, got, decision, policy, world))
        if None not in lines:
            wrong.append(f"{question}: {lines[0]}")
    return wrong


def _spellings(target: str) -> set[str]:
    """Return what a proxy may make of a target before it decides on it and hands it on.

    Proxies drop the origin. Caddy escapes what a URL must not hold, in its question as in what it hands on.
    """
    path = target.removeprefix("http://app.example")
    return {path, quote(path, safe="/:?#[]@!$&'()*+,;=%~\\\xfc")}


def _wrong(target: str, got: Got, decision: Decision, policy: Policy, world: World) -> str | None:
    if got.status != 200:
        if world.reached:
            return f"status {got.status}, and yet it reached the upstream"
        by_itself = got.status in _OF_ITS_OWN and "Bearer" not in got.value("WWW-Authenticate")
        if isinstance(decision, Allow):
            return f"status {got.status}, but the policy allows it"
        if got.status != decision.status and not by_itself:
            return f"status {got.status}, not {decision.status}"
        if got.status == decision.status == 401 and got.value("WWW-Authenticate") != ", ".join(decision.challenges):
            return f"challenge {got.value('WWW-Authenticate')!r}, not {decision.challenges}"
        return None
    if not isinstance(decision, Allow):
        return f"let in, though the policy says {decision.reason}"
    if len(world.reached) != 1:
        return f"reached the upstream {len(world.reached)} times"
    return _wrong_headers(world.reached[0], target, decision, policy)


def _wrong_headers(reached: Reached, target: str, decision: Allow, policy: Policy) -> str | None:
    if reached.target != target:
        return f"the upstream got {reached.target}, which is not what was decided on"
    for name in policy.forwardable:
        value = decision.headers[name]
        if [each for each in reached.values(name) if each] != ([value] if value else []):
            return f"{name} is {reached.values(name)} at the upstream, not {value!r}"
    return None
