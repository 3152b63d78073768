"""What an issuer was asked, so that a test can count."""

from collections.abc import Iterator
from threading import Condition
from typing import NamedTuple

from gatepost.testing.fault import Endpoint


class ServedRequest(NamedTuple):
    """One request that arrived.

    Attributes:
        method: Such as `GET`.
        path: The path without its query.
        endpoint: The endpoint that it went to, or `None` where nothing is served.
    """

    method: str
    path: str
    endpoint: Endpoint | None


class RequestLog:
    """The requests in the order of their arrival; one is listed before it is answered, and before it is held back."""

    def __init__(self) -> None:
        self._requests: list[ServedRequest] = []
        self._arrived = Condition()

    def add(self, request: ServedRequest) -> None:
        """Enter a request."""
        with self._arrived:
            self._requests.append(request)
            self._arrived.notify_all()

    def clear(self) -> None:
        """Forget them all."""
        with self._arrived:
            self._requests.clear()

    def count(self, endpoint: Endpoint | None = None) -> int:
        """Return how many requests went to `endpoint`, or anywhere."""
        return sum(endpoint in {None, request.endpoint} for request in self)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [request.path for request in self]

    def wait_for(self, count: int, endpoint: Endpoint | None = None, *, timeout: float = 5.0) -> bool:
        """Wait until `count` requests went to `endpoint`, or anywhere.

        Args:
            count: How many.
            endpoint: Where, or `None` for anywhere.
            timeout: Seconds to wait at most.

        Returns:
            Whether they arrived in time.
        """
        with self._arrived:
            return self._arrived.wait_for(lambda: self.count(endpoint) >= count, timeout)

    def __iter__(self) -> Iterator[ServedRequest]:
        """Go through the requests that have arrived so far."""
        with self._arrived:
            return iter(tuple(self._requests))

    def __len__(self) -> int:
        """Return how many requests have arrived."""
        return self.count()
