"""A server on a socket, and a client that sends octets as they are."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from gatepost.apigateway.exchange import Failure, Request, Response
from gatepost.apigateway.gateway.server import Server, listen

PATIENCE = 10.0


async def until(holds: Callable[[], bool]) -> None:
    """Let others go on until something holds."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  what it is about has no event
            await asyncio.sleep(0)


class Seen(NamedTuple):
    """What reached the application."""

    request: Request
    refusal: Failure | None


class Echo:
    """Answers with what it was asked, and remembers it; `hold` keeps answers back until it is set."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.hold: asyncio.Event | None = None
        self.headers: tuple[tuple[str, str], ...] = ()
        self.arrived = asyncio.Event()

    async def answer(self, request: Request, refusal: Failure | None = None, /) -> Response:
        self.seen.append(Seen(request, refusal))
        self.arrived.set()
        if self.hold is not None:
            await self.hold.wait()
        if refusal is not None:
            return Response(413, self.headers, refusal.kind.encode())
        return Response(200, self.headers, f"{request.method} {request.path} {len(request.body)}".encode())


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, octets: bytes) -> None:
        self.writer.write(octets)

    def reset(self) -> None:
        """Go away without a word."""
        end: socket.socket = self.writer.get_extra_info("socket")
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def response(self, *, head_only: bool = False) -> tuple[int, dict[str, str], bytes]:
        """Read one response."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = 0 if head_only else int(headers.get("content-length", "0"))
        body = await asyncio.wait_for(self.reader.readexactly(length), PATIENCE)
        return int(first.split()[1]), headers, body

    async def rest(self) -> bytes:
        """Read until the server closes the connection."""
        return await asyncio.wait_for(self.reader.read(), PATIENCE)


class World(NamedTuple):
    """A server with its application."""

    server: Server
    application: Echo
    connect: Callable[[], Awaitable[Client]]


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """Serve an `Echo`."""
    application = Echo()
    server = Server(application, clock=lambda: 1_700_000_000.0)
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    clients: list[Client] = []

    async def connect() -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", port))
        clients.append(client)
        return client

    await server.start(listener)
    try:
        yield World(server, application, connect)
    finally:
        for client in clients:
            client.writer.transport.abort()
        await server.close(seconds=5)
