"""The decision table over real sockets, through the servers that people run the gates in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepost.gates import asgi, wsgi
from tests.gates import decision_report, django_site, in_process, servers
from tests.gates.decision_table import ROWS
from tests.gates.decision_world import World, decision_world
from tests.gates.seen import Seen


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with decision_world() as made:
        yield made


@pytest.fixture(scope="module")
def policy(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("policy") / "gatepost.toml"
    path.write_text(world.policy)
    return path


def test_under_uvicorn(policy: Path, world: World) -> None:
    pytest.importorskip("uvicorn")
    for http in ("httptools", "h11"):
        with servers.uvicorn_server(asgi.Gate(in_process.echo_asgi, policy=policy), http=http) as port:
            assert differences(f"asgi on uvicorn, {http}", port, world) == []


def test_under_hypercorn(policy: Path, world: World) -> None:
    pytest.importorskip("hypercorn")
    with servers.hypercorn_server(asgi.Gate(in_process.echo_asgi, policy=policy)) as port:
        assert differences("asgi on Hypercorn", port, world) == []


def test_under_werkzeug(policy: Path, world: World) -> None:
    with servers.werkzeug_server(wsgi.Gate(in_process.echo_wsgi, policy=policy)) as port:
        assert differences("wsgi on Werkzeug", port, world) == []


def test_flask_under_werkzeug(policy: Path, world: World) -> None:
    with servers.werkzeug_server(in_process.flask_app(policy=policy)) as port:
        assert differences("flask on Werkzeug", port, world) == []


def test_django_under_uvicorn(policy: Path, world: World) -> None:
    pytest.importorskip("uvicorn")
    with servers.uvicorn_server(django_site.asgi_application({"policy": policy})) as port:
        assert differences("django on uvicorn", port, world) == []


def test_django_under_werkzeug(policy: Path, world: World) -> None:
    with servers.werkzeug_server(django_site.wsgi_application({"policy": policy})) as port:
        assert differences("django on Werkzeug", port, world) == []


def test_an_absolute_target_means_its_path(policy: Path, world: World) -> None:
    good = world.filled((), "good")
    with servers.werkzeug_server(wsgi.Gate(in_process.echo_wsgi, policy=policy)) as port:
        assert servers.exchange(port, "GET", "http://testserver/user", good)[0] == 200
        assert servers.exchange(port, "GET", "http://testserver/public/../user", good)[0] == 400
        assert servers.exchange(port, "GET", "http://testserver/public/private", [])[0] == 401


def differences(gate: str, port: int, world: World) -> list[str]:
    """Return where a server and its gate do something else than the table says; a server may refuse what is broken."""
    ask = servers.asking(port)
    found = []
    for row in ROWS:
        # Hypercorn writes the method in capitals; Werkzeug makes one slash of two at the beginning. Each hands the same
        # to the gate and to the application.
        if row.method.islower() or row.target.startswith("//"):
            continue
        seen, expected = ask(row.method, row.target, world.filled(row.headers, row.token)), Seen.expected(row)
        if row.method == "HEAD" or (seen.status == expected.status == 400 and not seen.reason):
            seen, expected = (each._replace(reason="", forwarded={}) for each in (seen, expected))
        decision_report.note(gate, row, seen, agrees=seen == expected)
        if seen != expected:
            found.append(f"{row.id}: {seen}, not {expected}")
    return found
