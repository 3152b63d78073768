"""An example's template, served by `gatepost gateway` in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Condition, Thread
from typing import NamedTuple

from tests.end_to_end.real_parts.loopback_port import free_port

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str


class Served:
    """A gateway that runs."""

    def __init__(self, port: int, process: "subprocess.Popen[str]") -> None:
        self.port = port
        self._process = process
        self._lines: list[str] = []
        self._news = Condition()
        self._reader = Thread(target=self._read, name="gateway-log")
        self._reader.start()

    @property
    def log(self) -> str:
        """All that it and its functions have written so far."""
        with self._news:
            return "".join(self._lines)

    def wait_for(self, text: str) -> str:
        """Return the log once `text` stands in it."""
        with self._news:
            found = self._news.wait_for(lambda: any(text in line for line in self._lines) or self._ended, timeout=60)
        assert found, f"it never wrote {text!r}: {self.log}"
        assert text in self.log, self.log
        return self.log

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Send one request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, headers=dict(headers or {}))
            response: HTTPResponse = connection.getresponse()
            body = response.read().decode()
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)
        finally:
            connection.close()

    def end(self) -> None:
        """End it, and wait until it has."""
        self._process.terminate()
        self._process.wait(timeout=30)
        self._reader.join(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()

    _ended = False

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()


def run_local(script: Path) -> "subprocess.CompletedProcess[str]":
    """Run an example's `local.sh --once` with free ports."""
    environment = dict(os.environ)
    environment |= {
        "PATH": f"{Path(sys.executable).parent}:{environment.get('PATH', '')}",
        "PORT": str(free_port()),
        "ISSUER_PORT": str(free_port()),
    }
    return subprocess.run(
        ["sh", str(script), "--once"], check=False, capture_output=True, text=True, env=environment, timeout=90
    )


@contextmanager
def served(template: Path, parameters: Mapping[str, str]) -> Iterator[Served]:
    """Serve a template until the block ends.

    Args:
        template: The template.
        parameters: The values of its parameters.
    """
    port = free_port()
    values = {**parameters, "PythonRuntime": RUNTIME}
    overrides = " ".join(f"{name}={value}" for name, value in values.items())
    command = [sys.executable, "-m", "gatepost", "gateway", "--template", str(template), "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--parameter-overrides", overrides],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Served(port, process)
    try:
        running.wait_for(f"http://127.0.0.1:{port}")
        yield running
    finally:
        running.end()
