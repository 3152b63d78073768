"""A real Caddy that asks `gatepost authz` with forward_auth, as the example sets it up."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Start
from tests.end_to_end.real_parts.loopback_port import free_port
from tests.gates.authz.agreement import disagreements
from tests.gates.authz.hostile import failures
from tests.gates.authz.odd_targets import ODD_TARGETS
from tests.gates.authz.world import EXAMPLES, World, around, placed
from tests.gates.decision_world import decision_world


@contextmanager
def world(caddy: Start, folder: Path, policy_text: str | None = None) -> Iterator[World]:
    with around("caddy", folder=folder, policy_text=policy_text) as world:
        port = free_port()
        sites = (EXAMPLES / "caddy/Caddyfile").read_text().partition("}\n")[2]  # the fixture has global options itself
        caddy(placed(sites, proxy=port, authz=world.authz, application=world.port), port)
        yield world._replace(port=port)


@pytest.mark.timeout(240)
def test_every_row_of_the_decision_table(caddy: Start, tmp_path: Path) -> None:
    with decision_world() as decisions, world(caddy, tmp_path, decisions.policy) as proxied:
        assert "\n".join(disagreements("Caddy", proxied, decisions)) == ""
        assert "\n".join(disagreements("Caddy", proxied, decisions, ODD_TARGETS)) == ""


def test_what_is_malformed_gets_a_clean_refusal(caddy: Start, tmp_path: Path) -> None:
    with world(caddy, tmp_path) as proxied:
        assert "\n".join(failures(proxied)) == ""
