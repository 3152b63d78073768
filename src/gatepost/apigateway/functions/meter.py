"""What the calls of a process cost: their time, their memory, and the lines that say so."""

import time

from gatepost.apigateway.functions import memory
from gatepost.apigateway.functions.function_log import FunctionLog, Report

# Seconds for which the figure in the REPORT line may be old.
_STALE = 0.25


class Meter:
    """Measures one process. Event loops' clocks may be as coarse as a millisecond; this one is not."""

    def __init__(self, memory_size: int, log: FunctionLog) -> None:
        """Measure nothing yet.

        Args:
            memory_size: MiB that the function may use.
            log: Where the lines go.
        """
        self._memory_size = memory_size
        self._log = log
        self._started = 0.0
        self._began = 0.0
        self._init: float | None = None
        self._memory_used = 0
        self._memory_read = 0.0

    def start(self) -> None:
        """Take note that the process starts."""
        self._started = time.perf_counter()

    def ready(self) -> None:
        """Take note that it asks for its first event; how long that took is in the report of its first call."""
        self._init = _milliseconds(self._started)

    def not_ready(self) -> None:
        """Write that it ended before it was."""
        self._log.line(f"INIT_REPORT Init Duration: {_milliseconds(self._started):.2f} ms\tPhase: init\tStatus: error")

    def begin(self) -> None:
        """Take note that a call begins."""
        self._began = time.perf_counter()

    def used(self, octets: int) -> None:
        """Take note of how much memory it had."""
        self._memory_used = max(self._memory_used, octets)

    def report(self, request_id: str, pid: int | None, status: str, error: str) -> None:
        """Write that a call has ended.

        Args:
            request_id: The id of the call.
            pid: The id of the process, or `None` when it is gone.
            status: `timeout`, `error` or an empty string.
            error: The type of the error, or an empty string.
        """
        now = time.perf_counter()
        if pid is not None and (now - self._memory_read > _STALE or self._init is not None):
            self._memory_read = now
            self.used(memory.most(pid))
        milliseconds = (now - self._began) * 1000
        report = Report(request_id, milliseconds, self._memory_size, self._memory_used, self._init, status, error)
        self._init = None
        self._log.end(f"END RequestId: {request_id}", str(report))


def _milliseconds(since: float) -> float:
    return (time.perf_counter() - since) * 1000
