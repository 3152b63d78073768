"""How a function is called, and what comes of it."""

from typing import Literal, NamedTuple, Protocol, TypeAlias

Outcome: TypeAlias = Literal["answered", "raised", "timed out", "crashed", "failed to start", "too large", "throttled"]


class Invocation(NamedTuple):
    """What came of a call.

    Attributes:
        outcome: `answered` when the handler returned, `raised` when it raised an error, and so on.
        payload: The JSON text that it returned, or that of its error: `{"errorMessage": ..., "errorType": ...}`.
        milliseconds: How long it took, with its start.
    """

    outcome: Outcome
    payload: bytes
    milliseconds: int = 0


class Functions(Protocol):
    """What runs functions."""

    async def invoke(self, function: str, payload: bytes, /, *, limit: float | None = None) -> Invocation:
        """Call a function by its logical id and wait for its answer; never raises.

        Args:
            function: Its logical id.
            payload: The event, a JSON text.
            limit: Seconds after which the caller waits no longer: `timed out`, while the function goes on to its own
                timeout.
        """
