"""Whether the server lives, and whether it can do its work: what orchestrators and load balancers ask."""

import logging
from collections.abc import Iterable

from sqlalchemy import Connection, select

from gatepost.identity.store.tables import revisions
from gatepost.provider.services import Services
from gatepost.provider.web.request import Request
from gatepost.provider.web.response import NO_STORE, Response
from gatepost.provider.web.router import Handler

_TEXT = ("content-type", "text/plain; charset=utf-8")
_logger = logging.getLogger("gatepost.provider")


def routes(services: Services) -> Iterable[tuple[str, str, Handler]]:
    """Yield the routes: `/healthz`, which answers as long as the process does, and `/readyz`, which asks the store."""

    async def alive(_: Request) -> Response:
        return Response(200, (_TEXT, *NO_STORE), b"ok\n")

    async def ready(_: Request) -> Response:
        try:
            await services.store.read_async(_look)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing can be answered
            _logger.warning("the database does not answer: %s", type(error).__name__)
            return Response(503, (_TEXT, *NO_STORE), b"the database does not answer\n")
        return Response(200, (_TEXT, *NO_STORE), b"ok\n")

    yield "GET", "/healthz", alive
    yield "GET", "/readyz", ready


def _look(connection: Connection) -> None:
    connection.execute(select(revisions.c.number).limit(1)).all()
