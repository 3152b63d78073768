"""The example's policy, asked as Traefik asks; its protocol is tested in tests/gates/authz/test_traefik.py."""

from pathlib import Path

from gatepost.policy.policy_file import load
from tests.gates.authz.world import around, ask

HERE = Path(__file__).parent


def test_it_answers_traefiks_question(tmp_path: Path) -> None:
    with around("traefik", folder=tmp_path) as world:
        asked = [("X-Forwarded-Method", "GET"), ("X-Forwarded-Proto", "http"), ("X-Forwarded-Host", "app.example")]
        bearer = ("Authorization", f"Bearer {world.token()}")
        assert ask(world.authz, "GET", "/forward", [*asked, ("X-Forwarded-Uri", "/user")]).status == 401
        got = ask(world.authz, "GET", "/forward", [*asked, ("X-Forwarded-Uri", "/user?a=b"), bearer])
        assert (got.status, got.value("X-User"), got.value("X-Role")) == (200, "alice", "")


def test_every_header_of_the_policy_is_named_in_the_configuration() -> None:
    names = ", ".join(load(HERE / "gatepost.toml").forwardable)
    assert f"authResponseHeaders: [{names}]" in HERE.joinpath("dynamic.yaml").read_text()
