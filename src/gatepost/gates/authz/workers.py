"""Several processes that serve the same sockets, and one that keeps them alive."""

import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from gatepost.errors import ConfigurationError

_ENDING = {signal.SIGTERM, signal.SIGINT}
_SHORT_LIFE = 1.0

# Runs a worker: its number, and a file descriptor that comes to its end when the parent does; returns its status.
Run = Callable[[int, int], int]


def supervise(workers: int, run: Run) -> int:
    """Run `workers` processes until a signal asks to end, and put a new one in the place of one that dies.

    Must be called while the process has one thread.

    Raises:
        ConfigurationError: Where processes cannot be forked.
    """
    if not hasattr(os, "fork"):
        raise ConfigurationError("this system cannot fork processes; run with --workers 1")
    return _Supervisor(run).supervise(workers)


class _Supervisor:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._numbers: dict[int, int] = {}  # of each worker, by its process id
        self._births: dict[int, float] = {}
        self._alive, self._hold = os.pipe()
        self._ending = False

    def supervise(self, workers: int) -> int:
        before = {each: signal.signal(each, self._end) for each in _ENDING}
        try:
            for number in range(workers):
                self._fork(number)
            while self._numbers:
                self._replace(*os.waitpid(-1, 0))
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
            os.close(self._alive)
            os.close(self._hold)
        return 0

    def _fork(self, number: int) -> None:
        # A signal in this moment would meet a child that still has its parent's handlers, or that is not noted yet.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if process == 0:
            for each in _ENDING:
                signal.signal(each, signal.SIG_DFL)
            os.close(self._hold)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
            status = 1
            try:
                status = self._run(number, self._alive)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        self._numbers[process] = number
        self._births[process] = time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def _replace(self, process: int, status: int) -> None:
        number = self._numbers.pop(process, None)
        if number is None or self._ending:
            return
        sys.stderr.write(f"gatepost: worker {number} ended ({_described(status)}); another takes its place\n")
        if time.monotonic() - self._births.pop(process) < _SHORT_LIFE:
            time.sleep(_SHORT_LIFE)
        if not self._ending:
            self._fork(number)

    def _end(self, _: int, __: FrameType | None) -> None:
        self._ending = True
        for process in self._numbers:
            os.kill(process, signal.SIGTERM)


def _described(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"status {code}"
