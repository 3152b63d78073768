"""Several stages of an API at one address, as on AWS: the first segment of the path tells which is meant."""

from collections.abc import Awaitable, Mapping

from gatepost.apigateway.exchange import Failure, Request, Response
from gatepost.apigateway.gateway.server import Answering
from gatepost.apigateway.model.api import DEFAULT_STAGE


def by_stage(stages: Mapping[str, Answering]) -> Answering:
    """Return what answers for all the stages of an API, of which there is at least one."""
    return next(iter(stages.values())) if len(stages) == 1 else _ByStage(stages)


class _ByStage:
    def __init__(self, stages: Mapping[str, Answering]) -> None:
        self._stages = stages
        # What no stage is named for belongs to `$default`; without one, any stage refuses it.
        self._other = stages.get(DEFAULT_STAGE) or next(iter(stages.values()))

    def answer(self, request: Request, refusal: Failure | None = None, /) -> Awaitable[Response]:
        """Answer a request; never raises."""
        name = request.path[1:].partition("/")[0]
        return self._stages.get(name, self._other).answer(request, refusal)
