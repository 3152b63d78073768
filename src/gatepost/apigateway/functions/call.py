"""One call of a function, from its caller to its answer."""

import asyncio
import secrets

from gatepost.apigateway.functions import failures
from gatepost.apigateway.invoking import Invocation, Outcome


class Call:
    """A call that waits, runs, or is over.

    Attributes:
        payload: The event.
        request_id: Its id on AWS.
        answer: What came of it; done as soon as the caller has it, or has gone.
        began: When it was made, on the loop's clock.
    """

    __slots__ = ("_loop", "answer", "began", "payload", "request_id")

    def __init__(self, payload: bytes, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to count its time."""
        self._loop = loop
        self.payload = payload
        self.request_id = _request_id()
        self.answer: asyncio.Future[Invocation] = loop.create_future()
        self.began = loop.time()

    def give_up(self, seconds: float) -> None:
        """Tell the caller that it has waited as long as it wanted to."""
        if not self.answer.done():
            self.finish("timed out", failures.timed_out(self.request_id, seconds))

    def finish(self, outcome: Outcome, payload: bytes) -> None:
        """Give the caller its answer, unless it waits no longer."""
        if not self.answer.done():
            self.answer.set_result(Invocation(outcome, payload, int((self._loop.time() - self.began) * 1000)))


def _request_id() -> str:
    """Return a UUID of version 4; `uuid` would take three times as long."""
    digits = secrets.token_hex(16)
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[int(digits[16], 16) & 3]}{digits[17:20]}-{digits[20:]}"
    )


def trace_id(seconds: float) -> str:
    """Return a value of `_X_AMZN_TRACE_ID` for a call that is not sampled."""
    digits = secrets.token_hex(20)
    return f"Root=1-{int(seconds):08x}-{digits[:24]};Parent={digits[24:]};Sampled=0"
