"""The provider's server: one process that answers on a socket until it is asked to end."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from socket import socket
from types import FrameType

from uvicorn import Config, Server

from gatepost.provider.serving.http_protocol import BoundedHttp
from gatepost.provider.web.application import Application

# Longer than nginx (60 s) and Caddy (120 s) keep an idle connection, so that they are the ones to close it.
_KEEP_ALIVE = 180
_FAREWELL = 10  # seconds for what is on its way


def serve(
    application: Application, listener: socket, *, trusted_proxies: Sequence[str] = (), alive: int | None = None
) -> None:
    """Serve until a signal asks to end.

    Args:
        application: What answers.
        listener: The listening socket.
        trusted_proxies: Addresses or networks whose `X-Forwarded-For` says who asks.
        alive: A file descriptor whose end asks to end as well, or `None`.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("gatepost").setLevel(logging.INFO)
    config = Config(
        application,
        http=BoundedHttp,
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_FAREWELL,
    )
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_run(_Server(config), listener, alive))


class _Server(Server):
    """uvicorn's server, which a signal ends like a function that returns: what comes after it is done still."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True

    def end(self) -> None:
        self.should_exit = True


async def _run(server: _Server, listener: socket, alive: int | None) -> None:
    if alive is not None:
        loop = asyncio.get_running_loop()

        def ended() -> None:
            loop.remove_reader(alive)
            server.end()

        loop.add_reader(alive, ended)
    await server.serve(sockets=[listener])


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ModuleNotFoundError:  # Windows has none
        return asyncio.new_event_loop
    return uvloop.new_event_loop
