"""The example, with a real Envoy."""

from contextlib import ExitStack
from pathlib import Path

from tests.end_to_end.real_parts.envoy import envoy
from tests.end_to_end.real_parts.loopback_port import free_port
from tests.gates.authz.world import around, ask, placed

HERE = Path(__file__).parent


def test_it_lets_in_whom_the_policy_lets_in_and_the_application_hears_who_it_is(tmp_path: Path) -> None:
    port = free_port()
    with ExitStack() as stack:
        world = stack.enter_context(around("envoy", folder=tmp_path))
        text = placed(HERE.joinpath("envoy.yaml").read_text(), proxy=port, authz=world.authz, application=world.port)
        stack.enter_context(envoy(text, port=port, folder=tmp_path))
        bearer = ("Authorization", f"Bearer {world.token()}")

        refused = ask(port, "GET", "/user")
        assert (refused.status, refused.value("WWW-Authenticate")) == (401, 'Bearer scope="read"')
        assert ask(port, "GET", "/admin/users", [bearer]).status == 403
        assert ask(port, "GET", "/nowhere", [bearer]).status == 403
        assert world.reached == []

        assert ask(port, "GET", "/user", [bearer, ("X-User", "mallory"), ("X-Role", "root")]).status == 200
        assert ask(port, "GET", "/health", [("X-User", "mallory"), ("X_User", "mallory")]).status == 200
        known, unknown = world.reached
        assert (known.values("X-User"), known.values("X-Scopes")) == (["alice"], ["read"])
        assert not any([*known.values("X-Role"), *unknown.values("X-User")])
