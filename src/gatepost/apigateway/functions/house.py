"""What a worker belongs to."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from gatepost.apigateway.functions.worker import Worker

# The error of a worker that never was ready, for the call with a given id.
Why: TypeAlias = Callable[[str], bytes]


class House(Protocol):
    """What a worker tells the function's other workers, and the pool."""

    def ready(self, worker: "Worker", /) -> None:
        """It waits for an event."""

    def gone(self, worker: "Worker", error: Why | None, /) -> None:
        """It has ended; `error` says why, when it never was ready."""

    def group(self, pid: int, lives: bool, /) -> None:
        """A process group has come, or gone."""
