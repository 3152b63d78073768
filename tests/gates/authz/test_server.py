"""`gatepost authz` as a process: sockets, workers, a policy that changes, and an end that drops no request."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread

import pytest

from gatepost.testing import LocalIssuer
from tests.end_to_end.real_parts.loopback_port import free_port, listening
from tests.end_to_end.real_parts.server_process import server_process
from tests.gates.authz.world import ask, authz, send

POLICY = """
[issuers.local]
issuer = "{issuer}"
audience = ["https://api.example.com"]

[[routes]]
match = "GET /user"
forward = {{ "X-User" = "sub" }}

[[routes]]
match = "GET /health"
public = true
"""
HEALTH = [("X-Original-Method", "GET"), ("X-Original-URI", "/health")]


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer("generic", audience="https://api.example.com") as running:
        yield running


@pytest.fixture
def policy(issuer: LocalIssuer, tmp_path: Path) -> Path:
    path = tmp_path / "gatepost.toml"
    path.write_text(POLICY.format(issuer=issuer.identifier))
    return path


def question(issuer: LocalIssuer) -> list[tuple[str, str]]:
    return [
        ("X-Original-Method", "GET"),
        ("X-Original-URI", "/user"),
        ("Authorization", f"Bearer {issuer.mint(sub='alice')}"),
    ]


def until(wanted: str, port: int, path: str) -> bool:
    """Ask again until the answer holds what is wanted; what changes once a second may take a few."""
    pause = Event()
    return any(wanted in ask(port, "GET", path).body.decode() or pause.wait(0.05) for _ in range(200))


def test_several_workers_serve_one_port_and_count_together(policy: Path, issuer: LocalIssuer, tmp_path: Path) -> None:
    with authz(policy, "--workers", "2", folder=tmp_path / "authz") as port:
        for _ in range(20):
            got = ask(port, "GET", "/nginx", question(issuer))
            assert (got.status, got.value("X-User")) == (200, "alice")
        assert until('decision="allow",reason="",route="GET /user"} 20\n', port, "/metrics")
        assert until('worker="1"', port, "/metrics")


def test_a_worker_that_dies_is_replaced(policy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "authz"
    with authz(policy, "--workers", "2", folder=folder) as port:
        workers = children(parent_of(folder, port))
        os.kill(workers[0], signal.SIGKILL)
        pause = Event()
        log = folder / f"{Path(sys.executable).name}.log"
        assert any("another takes its place" in log.read_text() or pause.wait(0.05) for _ in range(200))
        assert all(ask(port, "GET", "/nginx", HEALTH).status == 200 for _ in range(10))


def test_workers_do_not_outlive_their_parent(policy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "authz"
    with authz(policy, "--workers", "2", "--drain", "0", folder=folder) as port:
        os.kill(parent_of(folder, port), signal.SIGKILL)
        pause = Event()
        assert any(not listening(port) or pause.wait(0.05) for _ in range(200))


def parent_of(folder: Path, port: int) -> int:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            parent = int(re.findall(r"PPid:\t(\d+)", (process / "status").read_text())[0])
        except OSError:
            continue
        if b"authz" in words and str(port).encode() in words and parent == os.getpid():
            return int(process.name)
    raise AssertionError(f"no server of {folder}")


def children(parent: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def test_a_unix_socket_is_trusted_and_only_for_those_who_may_open_it(
    policy: Path, issuer: LocalIssuer, tmp_path: Path
) -> None:
    path = tmp_path / "gate.sock"
    command = [sys.executable, "-m", "gatepost", "authz", "--policy", str(policy), "--unix", str(path)]
    with server_process(command, ready=lambda: answers_on(path), folder=tmp_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        lines = [f"{name}: {value}" for name, value in question(issuer)]
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall("\r\n".join(("GET /nginx HTTP/1.1", "Connection: close", *lines, "", "")).encode())
            assert b"x-user: alice" in connection.makefile("rb").read()
    assert not path.exists()


def answers_on(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True


def test_a_changed_policy_comes_into_force_and_a_broken_one_does_not(policy: Path, tmp_path: Path) -> None:
    pause = Event()
    text = policy.read_text()
    with authz(policy, folder=tmp_path / "authz") as port:
        assert ask(port, "GET", "/nginx", HEALTH).status == 200
        policy.write_text(text.replace("/health", "/elsewhere"))
        assert any(ask(port, "GET", "/nginx", HEALTH).status == 403 or pause.wait(0.05) for _ in range(200))
        policy.write_text("this is no policy")
        log = tmp_path / "authz" / f"{Path(sys.executable).name}.log"
        assert any("the old one stays in force" in log.read_text() or pause.wait(0.05) for _ in range(200))
        assert ask(port, "GET", "/nginx", HEALTH).status == 403


def test_it_becomes_ready_when_the_issuer_comes_up(policy: Path, issuer: LocalIssuer, tmp_path: Path) -> None:
    issuer.stop()
    with authz(policy, folder=tmp_path / "authz") as port:
        assert ask(port, "GET", "/readyz").status == 503
        refused = ask(port, "GET", "/forward", forwarded(issuer))
        assert (refused.status, bool(refused.value("Retry-After"))) == (503, True)
        issuer.start()
        assert until('"ready": true', port, "/readyz")


def forwarded(issuer: LocalIssuer) -> list[tuple[str, str]]:
    return [
        (name.replace("Original-URI", "Forwarded-Uri").replace("Original", "Forwarded"), value)
        for name, value in question(issuer)
    ]


class Client:
    """Asks over and over, on connections that it keeps as long as it may, until nobody listens any more."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.dropped: list[str] = []
        self.warm = Event()
        self.thread = Thread(target=self._run)
        self._port = port
        self._headers = headers
        self._answered = 0

    def _run(self) -> None:
        going_on = True
        while going_on:
            with closing(HTTPConnection("127.0.0.1", self._port, timeout=10)) as connection:
                try:
                    connection.connect()
                except OSError:
                    return
                going_on = self._ask_until_it_closes(connection)

    def _ask_until_it_closes(self, connection: HTTPConnection) -> bool:
        is_new = True
        while True:
            try:
                connection.request("GET", "/nginx", headers=self._headers)
                with connection.getresponse() as response:
                    response.read()
            except (OSError, HTTPException) as error:
                # Whoever connects in the very moment in which listening ends may be turned away.
                if not (is_new and isinstance(error, ConnectionError)):
                    self.dropped.append(repr(error))
                return False
            is_new = False
            if response.status != 200:
                self.dropped.append(str(response.status))
            self._answered += 1
            if self._answered == 50:
                self.warm.set()
            if response.will_close:
                return True


@pytest.mark.parametrize("workers", ["1", "2"])
def test_its_end_drops_no_request(policy: Path, issuer: LocalIssuer, tmp_path: Path, workers: str) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gatepost", "authz", "--policy", str(policy), "--port", str(port)]
    command += ["--workers", workers, "--drain", "1", "--access-log", "none"]
    clients = [Client(port, dict(question(issuer))) for _ in range(4)]
    with ExitStack() as stack:
        log = stack.enter_context((tmp_path / "authz.log").open("wb"))
        process = stack.enter_context(subprocess.Popen(command, stdout=log, stderr=log))
        stack.callback(process.kill)
        pause = Event()
        assert any(listening(port) or pause.wait(0.05) for _ in range(400))
        for client in clients:
            client.thread.start()
        assert all(client.warm.wait(30) for client in clients)
        process.send_signal(signal.SIGTERM)
        for client in clients:
            client.thread.join(30)
        assert process.wait(20) == 0
    assert [what for client in clients for what in client.dropped] == []


def test_what_is_wrong_is_said_before_it_serves(policy: Path, tmp_path: Path) -> None:
    def complaint(*options: str) -> str:
        command = [sys.executable, "-m", "gatepost", "authz", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 2
        return done.stderr

    assert "nowhere.toml" in complaint("--policy", str(tmp_path / "nowhere.toml"))
    assert "a trusted peer is a network" in complaint("--policy", str(policy), "--trusted-peer", "everybody")
    assert "--identity-header" in complaint("--policy", str(policy), "--identity-key", "key.pem")
    assert "no client certificate" in complaint("--policy", str(policy), "--client-certificate-header", "X-Cert")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "--port" in complaint("--policy", str(policy), "--port", str(taken.getsockname()[1]))


def test_the_upstream_can_check_where_a_request_came_from(policy: Path, issuer: LocalIssuer, tmp_path: Path) -> None:
    with authz(policy, "--identity-header", "X-Gate", "--workers", "2", folder=tmp_path / "authz") as port:
        keys = {json.dumps(json.loads(ask(port, "GET", "/jwks").body)) for _ in range(8)}
        assert len(keys) == 1  # the workers share one key
        assert ask(port, "GET", "/nginx", question(issuer)).value("X-Gate").count(".") == 2


def test_garbage_gets_no_500(policy: Path, tmp_path: Path) -> None:
    with authz(policy, folder=tmp_path / "authz") as port:
        assert send(port, b"\x00\x01\x02\r\n\r\n").status in {0, 400}
        assert ask(port, "GET", "/nginx", HEALTH).status == 200
