"""Who looks at the clock and at the memory while a process is at work."""

import asyncio
from collections.abc import Callable

from gatepost.apigateway.functions import memory

# Seconds between two looks.
_LOOK = 0.1


class Watch:
    """Tells when a process has no time left, or too much memory.

    One timer serves many calls: it looks for itself what it is to wait for, so that a call of a millisecond does not
    pay for a timer of its own.
    """

    def __init__(
        self, mebibytes: int, *, looked: Callable[[], None], late: Callable[[], None], full: Callable[[], None]
    ) -> None:
        """Watch nothing yet.

        Args:
            mebibytes: How much memory the process may have.
            looked: Called at every look that finds nothing wrong.
            late: Called once its time is over.
            full: Called once it has too much memory.
        """
        self._loop = asyncio.get_running_loop()
        self._most = mebibytes * memory.MIB
        self._looked = looked
        self._late = late
        self._full = full
        self._timer: asyncio.TimerHandle | None = None
        self._pid = 0
        self._deadline = 0.0

    def begin(self, pid: int, deadline: float) -> None:
        """Watch a process until `rest`; `deadline` is on the loop's clock."""
        self._pid = pid
        self._deadline = deadline
        due = min(deadline, self._loop.time() + _LOOK)
        if self._timer is not None:
            if self._timer.when() <= due:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(due, self._look)

    def rest(self) -> None:
        """Let it be, until the next `begin`."""
        self._pid = 0

    def stop(self) -> None:
        """Watch no more."""
        self._pid = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        pid = self._pid
        if not pid:
            return
        if self._loop.time() >= self._deadline:
            self._pid = 0
            self._late()
        elif memory.used(pid) > self._most:
            self._pid = 0
            self._full()
        else:
            self._looked()
            self.begin(pid, self._deadline)
