"""A server that ends without dropping a request."""

import signal
from collections.abc import Callable
from time import monotonic
from types import FrameType

from uvicorn import Config, Server

from gatepost.gates.authz.application import Application


class DrainingServer(Server):
    """uvicorn's server, whose first step towards its end is to go on for a while.

    Asked to end, it says so in `/readyz`, and every answer asks the proxy to close its connection. After that while it
    stops listening, finishes what is on its way, and ends. Asked a second time, it skips the while.
    """

    def __init__(
        self, config: Config, application: Application, *, seconds: float, clock: Callable[[], float] = monotonic
    ) -> None:
        """Serve `application`, which `config` names too.

        Args:
            config: uvicorn's settings.
            application: The application.
            seconds: How long to go on once asked to end.
            clock: Returns seconds that only grow.
        """
        super().__init__(config)
        self._application = application
        self._seconds = seconds
        self._clock = clock
        self._end: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end, when a signal asks for it."""
        if self._end is None:
            self.drain()
        elif self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        else:
            self.should_exit = True

    def drain(self) -> None:
        """Begin to end."""
        self._application.draining = True
        if self._end is None:
            self._end = self._clock() + self._seconds

    async def on_tick(self, counter: int) -> bool:
        """Tell, every tenth of a second, whether it is time to end."""
        if self._end is not None and self._clock() >= self._end:
            self.should_exit = True
        return await super().on_tick(counter)
