"""A proxy with the gate behind it, asked row by row of the decision table."""

from collections.abc import Iterable
from urllib.parse import quote

from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow, Decision
from gatepost.policy.policy import Policy
from gatepost.policy.policy_file import load
from tests.gates import decision_report
from tests.gates.authz.world import Got, Reached, World, ask
from tests.gates.decision_table import ROWS, Row
from tests.gates.decision_world import World as Decisions
from tests.gates.seen import Seen

# A proxy refuses some requests by itself, before it asks anybody.
_OF_ITS_OWN = frozenset({0, 400, 404, 405, 413, 414, 431, 501})
_SMALL = 8000  # what every proxy takes as a target or a header


def disagreements(gate: str, world: World, decisions: Decisions, rows: Iterable[Row] = ROWS) -> list[str]:
    """Return what is wrong, one line for each row in which the proxy does something else than the table says."""
    policy = load(world.policy)
    wrong = []
    for row in rows:
        headers = decisions.filled(row.headers, row.token)
        world.reached.clear()
        got = ask(world.port, row.method, row.target, headers)
        lines = []
        for target in _spellings(row.target):
            decision = policy.check(AccessRequest.of(row.method, target, headers))
            lines.append(_wrong(target, got, decision, policy, world, may_refuse=_is_hard(row, headers)))
        decision_report.note(gate, row, Seen(got.status, "", {}), agrees=None in lines)
        if None not in lines:
            wrong.append(f"{row.id}: {lines[0]}")
    return wrong


def _is_hard(row: Row, headers: list[tuple[str, str]]) -> bool:
    """Tell whether a proxy may refuse by itself what the policy allows: nginx takes one `Authorization`, of 8 KB."""
    twice = sum(name.lower() == "authorization" for name, _ in headers) > 1
    return twice or len(row.target) > _SMALL or any(len(value) > _SMALL for _, value in headers)


def _spellings(target: str) -> set[str]:
    """Return what a proxy may make of a target before it decides on it and hands it on.

    Proxies drop the origin. Caddy escapes what a URL must not hold, in its question as in what it hands on.
    """
    path = target.removeprefix("http://app.example")
    return {path, quote(path, safe="/:?#[]@!$&'()*+,;=%~\\\xfc")}


def _wrong(target: str, got: Got, decision: Decision, policy: Policy, world: World, *, may_refuse: bool) -> str | None:
    if got.status != 200:
        if world.reached:
            return f"status {got.status}, and yet it reached the upstream"
        by_itself = got.status in _OF_ITS_OWN and "Bearer" not in got.value("WWW-Authenticate")
        if isinstance(decision, Allow):
            return None if by_itself and may_refuse else f"status {got.status}, but the policy allows it"
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
