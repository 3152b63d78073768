"""Answers on their way out: those of one turn of the event loop leave together.

To write wakes the proxy, and to wake a process takes as long as a decision; a proxy that is awake already takes the
next answer for nothing. Nobody waits longer for it than for the requests that arrived together with its own.
"""

import asyncio

# More than these do not wait for one another.
TOGETHER = 32


class Outbox:
    """The answers of one worker that are decided on and not written yet. Those of one connection keep their order."""

    __slots__ = ("_answers", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._answers: list[tuple[asyncio.Transport, bytes]] = []

    def put(self, transport: asyncio.Transport, answer: bytes) -> None:
        """Have an answer written soon."""
        answers = self._answers
        if not answers:
            self._loop.call_soon(self.empty)
        answers.append((transport, answer))
        if len(answers) >= TOGETHER:
            self.empty()

    def empty(self) -> None:
        """Write all of them now: before anything else is written to one of the connections, or one is closed."""
        answers = self._answers
        if answers:
            self._answers = []
            for transport, answer in answers:
                if not transport.is_closing():
                    transport.write(answer)
