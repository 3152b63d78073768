"""A template that is served in a thread, with real functions, and a client for it."""

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

from gatepost.apigateway.gateway.running import Reports, Running
from gatepost.apigateway.gateway.site import Output, Settings, Site
from gatepost.apigateway.gateway.trace import Trace
from gatepost.apigateway.template import load

PATIENCE = 30.0


class Served:
    """What is served.

    Attributes:
        ports: The port of each API.
        trace: The last requests.
        lines: What functions and access logs wrote.
        defects: Defects of the gateway.
        kept: Why changed templates were not taken.
    """

    def __init__(self, template: Path, parameters: Mapping[str, str], settings: Settings) -> None:
        self.ports: dict[str, int] = {}
        self.trace = Trace()
        self.lines: list[str] = []
        self.defects: list[BaseException] = []
        self.kept: list[Exception] = []
        self.http = urllib3.PoolManager(retries=False, timeout=PATIENCE, maxsize=20)
        self._template = template
        self._parameters = parameters
        self._settings = settings
        self._told = threading.Condition()
        self._times = 0
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop
        self._running: Running
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._error = error
            raise
        finally:
            self._tell()

    async def _serve(self) -> None:
        def read() -> Any:
            return load(self._template, parameters=self._parameters)

        self._loop = asyncio.get_running_loop()
        self._running = Running(
            read,
            self._settings,
            Output(self.lines.append, self.lines.append, lambda _, error: self.defects.append(error), self.trace),
            Reports(self._serving, self._kept),
            host="127.0.0.1",
            port=0,
        )
        await self._running.run(read())

    def _serving(self, site: Site, ports: Mapping[str, int]) -> None:
        self.ports = dict(ports)
        self._tell()

    def _kept(self, error: Exception) -> None:
        self.kept.append(error)
        self._tell()

    def _tell(self) -> None:
        with self._told:
            self._times += 1
            self._told.notify_all()

    def wait(self, times: int) -> None:
        """Wait until it was said so many times what is served, or why not."""
        with self._told:
            assert self._told.wait_for(lambda: self._times >= times, PATIENCE)
        assert self._error is None

    def start(self) -> None:
        self._thread.start()
        self.wait(1)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._running.end)
        self._thread.join(PATIENCE)
        self.http.clear()
        assert not self._thread.is_alive()

    def ask(
        self, api: str, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> urllib3.BaseHTTPResponse:
        """Send a request to an API."""
        return self.http.request(method, f"http://127.0.0.1:{self.ports[api]}{path}", headers=headers, body=body)


@contextmanager
def served(
    template: Path,
    parameters: Mapping[str, str] | None = None,
    settings: Settings = Settings(),  # noqa: B008
) -> Iterator[Served]:
    """Serve a template until the block ends."""
    made = Served(template, parameters or {}, settings)
    made.start()
    try:
        yield made
    finally:
        made.stop()
    assert made.defects == []


def event_of(response: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    """Return the event that the echoing function answered with."""
    event: dict[str, Any] = json.loads(response.data)
    return event
