"""A real Envoy that asks `gatepost authz` with ext_authz, over HTTP and over gRPC, as the example sets it up."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.conftest import StartEnvoy
from tests.end_to_end.real_parts.loopback_port import free_port
from tests.gates.authz.agreement import disagreements
from tests.gates.authz.hostile import failures
from tests.gates.authz.odd_targets import ODD_TARGETS
from tests.gates.authz.world import EXAMPLES, World, around, placed
from tests.gates.decision_world import decision_world

CONFIGURATIONS = {"Envoy, HTTP": "envoy.yaml", "Envoy, gRPC": "envoy-grpc.yaml"}


@contextmanager
def world(envoy: StartEnvoy, gate: str, folder: Path, policy_text: str | None = None) -> Iterator[World]:
    port, grpc = free_port(), free_port()
    with around("envoy", "--grpc-port", str(grpc), folder=folder, policy_text=policy_text) as world:
        text = (EXAMPLES / "envoy" / CONFIGURATIONS[gate]).read_text()
        envoy(placed(text, proxy=port, authz=world.authz, application=world.port, grpc=grpc), port)
        yield world._replace(port=port)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("gate", CONFIGURATIONS)
def test_every_row_of_the_decision_table(gate: str, envoy: StartEnvoy, tmp_path: Path) -> None:
    with decision_world() as decisions, world(envoy, gate, tmp_path, decisions.policy) as proxied:
        assert "\n".join(disagreements(gate, proxied, decisions)) == ""
        assert "\n".join(disagreements(gate, proxied, decisions, ODD_TARGETS)) == ""


@pytest.mark.parametrize("gate", CONFIGURATIONS)
def test_what_is_malformed_gets_a_clean_refusal(gate: str, envoy: StartEnvoy, tmp_path: Path) -> None:
    with world(envoy, gate, tmp_path) as proxied:
        assert "\n".join(failures(proxied)) == ""
