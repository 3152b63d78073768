"""What the gateway remembers of the last requests: why each was answered as it was. No token is in it, and no query."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from gatepost.apigateway.exchange import Exchange, Response, Step

REMEMBERED = 200


class Traced(NamedTuple):
    """A request that was answered.

    Attributes:
        number: Its number since the gateway began, from 1.
        time: When it came, in seconds since 1970.
        api: The logical id of the API.
        request_id: The request id that its response bears.
        method: The method.
        path: The path as it was sent, without the query string, in which there may be a token.
        status: The status of the response.
        route: The key of the route, or an empty string when there was none.
        authorizer: The name of the route's authorizer, or an empty string.
        failure: The kind of failure when the gateway itself refused it, or an empty string.
        milliseconds: How long everything took.
        authorizer_milliseconds: How long the authorizer took.
        integration_milliseconds: How long the integration took.
        steps: What was looked at, in order.
    """

    number: int
    time: float
    api: str
    request_id: str
    method: str
    path: str
    status: int
    route: str
    authorizer: str
    failure: str
    milliseconds: float
    authorizer_milliseconds: int
    integration_milliseconds: int
    steps: tuple[Step, ...]

    def document(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return self._asdict() | {"steps": [step._asdict() for step in self.steps]}


class Trace:
    """The last requests.

    Attributes:
        count: How many there were.
    """

    def __init__(self, *listeners: Callable[[Traced], None], remembered: int = REMEMBERED) -> None:
        """Remember so many, and tell each listener of every one."""
        self._listeners = listeners
        self._last: deque[Traced] = deque(maxlen=remembered)
        self.count = 0

    def __iter__(self) -> Iterator[Traced]:
        """Return them, the oldest first."""
        return iter(tuple(self._last))

    def add(self, exchange: Exchange, response: Response, milliseconds: float) -> None:
        """Remember a request that was answered."""
        self.count += 1
        request, route, failure = exchange.request, exchange.route, exchange.failure
        traced = Traced(
            self.count,
            request.time,
            exchange.api.logical_id,
            exchange.request_id,
            request.method,
            request.path,
            response.status,
            "" if route is None else route.key,
            "" if route is None else route.authorizer or "",
            "" if failure is None else failure.kind,
            milliseconds,
            exchange.authorizer_latency,
            exchange.integration_latency,
            tuple(exchange.steps),
        )
        self._last.append(traced)
        for listener in self._listeners:
            listener(traced)
