"""Several stages of an API at one address."""

import asyncio

import pytest

from gatepost.apigateway.exchange import Failure, Request, Response
from gatepost.apigateway.gateway.stages import by_stage


class Stage:
    def __init__(self, name: str) -> None:
        self.name = name

    async def answer(self, request: Request, refusal: Failure | None = None, /) -> Response:
        return Response(200, (), self.name.encode())


@pytest.mark.parametrize(
    ("names", "path", "stage"),
    [
        (("prod",), "/other/x", "prod"),
        (("prod", "test"), "/prod/x", "prod"),
        (("prod", "test"), "/test", "test"),
        (("prod", "test"), "/testing/x", "prod"),
        (("prod", "$default"), "/x", "$default"),
        (("prod", "$default"), "/prod/x", "prod"),
    ],
)
def test_the_first_segment_tells_the_stage(names: tuple[str, ...], path: str, stage: str) -> None:
    async def run() -> Response:
        request = Request("GET", path, "", (), b"", "127.0.0.1", "HTTP/1.1", 0.0)
        return await by_stage({name: Stage(name) for name in names}).answer(request)

    assert asyncio.run(run()).body == stage.encode()
