"""A real Envoy that asks `gatepost authz` with ext_authz, over HTTP and over gRPC, as the example sets it up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import StartEnvoy
from tests.end_to_end.real_parts.loopback_port import free_port
from tests.gates.authz.agreement import disagreements
from tests.gates.authz.hostile import failures
from tests.gates.authz.world import EXAMPLES, World, around, placed


@pytest.fixture(params=["envoy.yaml", "envoy-grpc.yaml"], ids=["http", "grpc"])
def world(request: pytest.FixtureRequest, envoy: StartEnvoy, tmp_path: Path) -> Iterator[World]:
    port, grpc = free_port(), free_port()
    with around("envoy", "--grpc-port", str(grpc), folder=tmp_path) as world:
        text = (EXAMPLES / "envoy" / request.param).read_text()
        envoy(placed(text, proxy=port, authz=world.authz, application=world.port, grpc=grpc), port)
        yield world._replace(port=port)


def test_every_row_gets_the_decision_of_the_policy(world: World) -> None:
    assert "\n".join(disagreements(world)) == ""


def test_what_is_malformed_gets_a_clean_refusal(world: World) -> None:
    assert "\n".join(failures(world)) == ""
