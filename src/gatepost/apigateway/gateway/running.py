"""A template on its ports: each API on one of its own, and everything anew when the template changes."""

import asyncio
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gatepost.apigateway.gateway.server import Server, listen
from gatepost.apigateway.gateway.site import Output, Settings, Site, served_apis
from gatepost.apigateway.gateway.trace_page import WithTracePage
from gatepost.apigateway.gateway.watching import Watched
from gatepost.apigateway.model.api import Api, Application
from gatepost.errors import GatepostError

_LOOK_SECONDS = 0.5


class Reports(NamedTuple):
    """What is said while a template is served.

    Attributes:
        serving: Called with the site and the port of each API, at the beginning and after each change.
        kept: Called when a changed template cannot be served, so that the one before stays.
    """

    serving: Callable[[Site, Mapping[str, int]], None]
    kept: Callable[[Exception], None]


class Running:
    """A template that is served until it is asked to end."""

    def __init__(
        self,
        load: Callable[[], Application],
        settings: Settings,
        output: Output,
        reports: Reports,
        *,
        host: str,
        port: int,
        watch: Iterable[Path] = (),
    ) -> None:
        """Make it; nothing is read or listened on yet.

        Args:
            load: Reads the template.
            settings: How to serve.
            output: Where what the gateway has to say goes.
            reports: What is said while a template is served.
            host: The address to listen on.
            port: The port of the first API, 0 for free ones.
            watch: Files besides those of the application on which a change is looked for.
        """
        self._load = load
        self._settings = settings
        self._output = output
        self._reports = reports
        self._host = host
        self._port = port
        self._watch = tuple(watch)
        self._servers: dict[str, Server] = {}
        self._ports: dict[str, int] = {}
        self._retiring: set[asyncio.Task[None]] = set()
        self._end = asyncio.Event()

    def end(self) -> None:
        """Ask it to end."""
        self._end.set()

    async def run(self, application: Application) -> None:
        """Serve until `end` is called.

        Raises:
            ConfigurationError: When the application cannot be served.
            OSError: When a port cannot be had.
        """
        site = await self._begin(application, None)
        try:
            self._reports.serving(site, self._ports)
            site = await self._watching(site)
        finally:
            await asyncio.gather(*(server.close() for server in self._servers.values()))
            for task in self._retiring:
                task.cancel()
            await asyncio.gather(*self._retiring, return_exceptions=True)
            await site.close()

    def _listeners(self, apis: Iterable[Api]) -> dict[str, socket.socket]:
        """Return a listening socket for each API that has no port yet."""
        found: dict[str, socket.socket] = {}
        following = max(self._ports.values(), default=self._port - 1) + 1
        try:
            for api in apis:
                if api.logical_id in self._servers:
                    continue
                listener = listen(self._host, following if self._port else 0)
                found[api.logical_id] = listener
                following += 1
        except OSError as error:
            for listener in found.values():
                listener.close()
            error.filename = following
            raise
        return found

    async def _put_on(self, site: Site, listeners: Mapping[str, socket.socket]) -> None:
        """Let the site's gateways answer on their ports."""
        for name in set(self._servers) - set(site.gateways):
            del self._ports[name]
            await self._servers.pop(name).close()
        for name, gateway in site.gateways.items():
            answering = WithTracePage(gateway, self._output.trace)
            if name in self._servers:
                self._servers[name].answering = answering
                continue
            listener = listeners[name]
            self._ports[name] = listener.getsockname()[1]
            self._servers[name] = Server(answering)
            await self._servers[name].start(listener)

    async def _watching(self, site: Site) -> Site:
        """Look for changes until the end, and return the site that is served then."""
        watched = self._watched(site.application)
        while not self._end.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._end.wait(), _LOOK_SECONDS)
            if self._end.is_set() or not watched.changed():
                continue
            try:
                changed = await self._begin(await asyncio.to_thread(self._load), site)
            except (GatepostError, OSError) as error:
                self._reports.kept(error)
                continue
            task = asyncio.create_task(site.retire())
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)
            site = changed
            watched = self._watched(site.application)
            self._reports.serving(site, self._ports)
        return site

    async def _begin(self, application: Application, before: Site | None) -> Site:
        """Serve an application, in place of what was served before.

        Raises:
            ConfigurationError: When it cannot be served.
            OSError: When a port cannot be had.
        """
        listeners = self._listeners(served_apis(application, self._settings.api))
        try:
            site = Site(application, self._settings, self._output)
            await site.start(before)
        except BaseException:
            for listener in listeners.values():
                listener.close()
            raise
        await self._put_on(site, listeners)
        return site

    def _watched(self, application: Application) -> Watched:
        return Watched((*self._watch, *map(Path, application.files)))
