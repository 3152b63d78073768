"""Every gate in the process decides alike, row by row of the decision table."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepost.policy.access_request import AccessRequest
from gatepost.policy.decision import Allow
from gatepost.policy.policy import Policy
from gatepost.policy.policy_file import load
from tests.gates import decision_report, grpc_calls, in_process
from tests.gates.decision_table import ROWS, Row
from tests.gates.decision_world import World, decision_world
from tests.gates.in_process import Ask
from tests.gates.seen import Seen, forwarded

GATES = {
    "asgi": in_process.of_asgi,
    "wsgi": in_process.of_wsgi,
    "flask": in_process.of_flask,
    "fastapi": in_process.of_fastapi,
    "django": in_process.of_django,
    "django under ASGI": in_process.of_django_asgi,
}
GRPC_GATES = {"grpc": grpc_calls.sync_server, "grpc on asyncio": grpc_calls.async_server}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with decision_world() as made:
        yield made


@pytest.fixture(scope="module")
def policy(world: World, tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path: Path = tmp_path_factory.mktemp("policy") / "gatepost.toml"
    path.write_text(world.policy)
    return load(path)


def test_the_table_is_large_and_every_row_is_another_one() -> None:
    assert len(ROWS) >= 150
    assert [name for name, times in Counter(row.id for row in ROWS).items() if times > 1] == []
    assert {row.status for row in ROWS} == {200, 400, 401, 403, 503}


def test_the_policy_by_itself(policy: Policy, world: World) -> None:
    def ask(method: str, target: str, headers: list[tuple[str, str]]) -> Seen:
        decision = policy.check(AccessRequest.of(method, target, headers))
        if isinstance(decision, Allow):
            return Seen(200, "", forwarded((n, v) for n, v in decision.headers.items() if v))
        return Seen(decision.status, decision.reason, {})

    assert differences("policy", ask, ROWS, world) == []


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_for_http(gate: str, policy: Policy, world: World) -> None:
    assert differences(gate, GATES[gate](policy), ROWS, world) == []


@pytest.mark.parametrize("gate", GRPC_GATES)
def test_a_gate_for_grpc(gate: str, policy: Policy, world: World) -> None:
    # The transport itself refuses metadata of that size.
    rows = [row for row in ROWS if row.method == "POST" and row.token != "too_large"]
    assert len(rows) > 60
    with GRPC_GATES[gate](policy=policy) as channel:
        assert differences(gate, grpc_calls.asking(channel), rows, world) == []


def differences(gate: str, ask: Ask, rows: tuple[Row, ...] | list[Row], world: World) -> list[str]:
    """Return where a gate does something else than the table says."""
    found = []
    for row in rows:
        seen, expected = ask(row.method, row.target, world.filled(row.headers, row.token)), Seen.expected(row)
        if row.method == "HEAD":  # which is answered without a body
            expected = expected._replace(reason="", forwarded={})
            seen = seen._replace(reason="", forwarded={})
        decision_report.note(gate, row, seen, agrees=seen == expected)
        if seen != expected:
            found.append(f"{row.id}: {seen}, not {expected}")
    return found
