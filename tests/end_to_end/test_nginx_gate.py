"""A real nginx that asks `gatepost authz` with auth_request, as the example sets it up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Start
from tests.end_to_end.real_parts.loopback_port import free_port
from tests.gates.authz.agreement import disagreements
from tests.gates.authz.hostile import failures
from tests.gates.authz.world import EXAMPLES, World, around, placed


@pytest.fixture
def world(nginx: Start, tmp_path: Path) -> Iterator[World]:
    with around("nginx", folder=tmp_path) as world:
        port = free_port()
        nginx(
            placed(
                (EXAMPLES / "nginx/gatepost.conf").read_text(), proxy=port, authz=world.authz, application=world.port
            ),
            port,
        )
        yield world._replace(port=port)


def test_every_row_gets_the_decision_of_the_policy(world: World) -> None:
    assert "\n".join(disagreements(world)) == ""


def test_what_is_malformed_gets_a_clean_refusal(world: World) -> None:
    assert "\n".join(failures(world)) == ""
