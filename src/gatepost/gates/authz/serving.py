"""The server as a whole: its settings, its socket, its workers."""

import asyncio
import logging
import os
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from gatepost.errors import ConfigurationError
from gatepost.gates.authz import access_log
from gatepost.gates.authz.access_log import AccessLog
from gatepost.gates.authz.application import Application
from gatepost.gates.authz.blackboard import Blackboard
from gatepost.gates.authz.deciding import Deciding
from gatepost.gates.authz.identity_token import IdentityTokens
from gatepost.gates.authz.metrics import Metrics
from gatepost.gates.authz.question import certificate_in
from gatepost.gates.authz.tracing import configured_spans
from gatepost.gates.authz.trusted_peers import TrustedPeers
from gatepost.policy.policy import Policy

# Longer than nginx (60 s) and Caddy (120 s) keep an idle connection, so that they are the ones to close it.
KEEP_ALIVE = 180
_BACKLOG = 2048


class Settings(NamedTuple):
    """How to serve.

    Attributes:
        policies: Makes, in each worker, the function that returns the policy that holds now.
        listener: The socket; its Unix peers are trusted.
        trusted_peers: The networks of proxies besides loopback.
        workers: How many processes.
        grpc: The host and port for Envoy's gRPC, or `None`.
        log: Which decisions are logged.
        identity: What signs identity tokens, or `None`.
        certificate_header: The header in which the proxy hands on the client's certificate, or `None`.
        drain: Seconds to go on once asked to end.
    """

    policies: Callable[[], Callable[[], Policy]]
    listener: socket.socket
    trusted_peers: tuple[str, ...] = ()
    workers: int = 1
    grpc: tuple[str, int] | None = None
    log: access_log.Wanted = "all"
    identity: IdentityTokens | None = None
    certificate_header: str | None = None
    drain: float = 1.0


def listen(host: str, port: int) -> socket.socket:
    """Return a listening TCP socket.

    Raises:
        OSError: When it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)


def listen_unix(path: Path, mode: int = 0o660) -> socket.socket:
    """Return a listening Unix socket that whoever has these permissions may connect to.

    A socket that a server left there is replaced, any other file is not.

    Raises:
        OSError: When it cannot be had.
    """
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777)  # nobody connects before the permissions are right
    try:
        listener.bind(str(path))
        path.chmod(mode)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(before)
    return listener


def serve(settings: Settings) -> int:
    """Serve until a signal asks to end, and return the exit status."""
    board = Blackboard(settings.workers)
    unix = settings.listener.family == socket.AF_UNIX
    path = Path(settings.listener.getsockname()) if unix else None
    try:
        if settings.workers == 1:
            return _work(settings, board, 0, None)
        from gatepost.gates.authz.workers import supervise

        return supervise(settings.workers, lambda number, alive: _work(settings, board, number, alive))
    finally:
        settings.listener.close()
        if path is not None:
            path.unlink(missing_ok=True)


def _work(settings: Settings, board: Blackboard, worker: int, alive: int | None) -> int:
    """Serve as one worker; `alive` is a file descriptor that comes to its end when the parent does."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("gatepost").setLevel(logging.INFO)
    deciding = Deciding(
        settings.policies(),
        trusted=TrustedPeers(settings.trusted_peers, unix=settings.listener.family == socket.AF_UNIX),
        log=AccessLog(settings.log),
        metrics=Metrics(board.read(worker)),
        identity=settings.identity,
        spans=configured_spans(),
    )
    header = settings.certificate_header
    read_certificate = None if header is None else certificate_in(header)
    application = Application(deciding, board=board, worker=worker, read_certificate=read_certificate)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_run(settings, application, deciding, alive))
    return 0


async def _run(settings: Settings, application: Application, deciding: Deciding, alive: int | None) -> None:
    from uvicorn import Config

    from gatepost.gates.authz.draining_server import DrainingServer
    from gatepost.gates.authz.http_protocol import ProxyFacingHttp

    config = Config(
        application,
        http=ProxyFacingHttp,
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        # Behind it, the address of whoever asks would be what X-Forwarded-For says.
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE,
    )
    server = DrainingServer(config, application, seconds=settings.drain)
    if alive is not None:
        _when_ended(alive, server.drain)
    if settings.grpc is None:
        await server.serve(sockets=[settings.listener])
        return
    from gatepost.gates.authz.grpc_server import grpc_server

    async with grpc_server(deciding, *settings.grpc, grace=settings.drain + 1):
        await server.serve(sockets=[settings.listener])


def _when_ended(alive: int, act: Callable[[], None]) -> None:
    """Act once when the file descriptor comes to its end."""
    loop = asyncio.get_running_loop()

    def ended() -> None:
        loop.remove_reader(alive)
        act()

    loop.add_reader(alive, ended)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ModuleNotFoundError:  # Windows has none
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def check_grpc() -> None:
    """Check that gRPC can be served.

    Raises:
        ConfigurationError: When its package is missing.
    """
    try:
        import grpc  # noqa: F401
    except ModuleNotFoundError:
        raise ConfigurationError("Envoy's gRPC needs a package; run: pip install 'gatepost[server,grpc]'") from None
