"""The providers that are compared, each with everything it runs pinned to one core."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg

from gate_servers import SERVER_CORE
from provider_world import Client, World, make
from real_parts import free_port, listening, server_process
from tests.end_to_end.real_parts.node import NODE, Node
from tests.end_to_end.real_parts.postgresql import POSTGRESQL, for_nobody

OIDC_PROVIDER = "oidc-provider"
_MACHINE = Client("machine", "benchmark-secret-of-the-machine-client")
_PEER = Path(__file__).with_name("oidc_provider")


class Running(NamedTuple):
    """A provider that runs.

    Attributes:
        port: Where it listens.
        token_path: The path of its token endpoint.
        machine: The client with credentials of its own.
        world: A file that says what there is, or nothing.
    """

    port: int
    token_path: str
    machine: Client
    world: Path | None


@contextmanager
def gatepost(folder: Path, database: str, people: int) -> Iterator[Running]:
    """Run one process of `gatepost provider` in a new folder, with so many people."""
    folder.mkdir()
    port, key = free_port(), folder / "gatepost.key"
    world: World = make(database, key, people)
    world.write(folder / "world.json")
    command = ["taskset", "-c", SERVER_CORE, sys.executable, "-m", "gatepost", "provider"]
    command += ["--database", database, "--port", str(port), "--key-file", str(key)]
    with server_process(command, ready=lambda: listening(port), folder=folder):
        yield Running(port, f"/{world.environment_id}/as/token", world.machine, folder / "world.json")


@contextmanager
def oidc_provider(folder: Path) -> Iterator[Running]:
    """Run npm `oidc-provider`, as its lock file has it."""
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_PEER / name, folder)
    Node(NODE.require(), folder).npm("ci", "--no-audit", "--no-fund")
    port = free_port()
    command = ["taskset", "-c", SERVER_CORE, str(NODE.require()), str(_PEER / "server.mjs"), str(folder), str(port)]
    with server_process(command, ready=lambda: listening(port), folder=folder):
        yield Running(port, "/token", _MACHINE, None)


@contextmanager
def durable_postgresql(folder: Path) -> Iterator[str]:
    """Run PostgreSQL with its own settings, which keep what is committed, on the servers' core; the value is a URL."""
    executable, port = POSTGRESQL.require(), free_port()
    user = None
    folder.mkdir()
    if os.geteuid() == 0:
        for each in (folder, folder.parent):
            each.chmod(0o755)
        executable, user = for_nobody(executable, folder)
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    data = folder / "data"
    cluster = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale")
    initdb = [str(executable.with_name("initdb")), f"--pgdata={data}", *cluster]
    subprocess.run(initdb, cwd=folder, check=True, capture_output=True, user=user)
    settings = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=512MB")
    command = ["taskset", "-c", SERVER_CORE, str(executable), f"-D{data}", *(f"-c{each}" for each in settings)]

    def answers() -> bool:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    with server_process(command, ready=answers, folder=folder, user=user, stop_signal=signal.SIGINT):
        yield url
