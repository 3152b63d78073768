"""A process of a function: its own group, its output as lines, and its end."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread

# Lambda functions are many small writes; the pipe is read at the end of each call and, in between, at most this often.
_PAUSE = 0.02
_CHUNK = 1 << 18
_PIPE_SIZE = 1 << 20
_RUSAGE_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2)
_F_SETPIPE_SZ = 1031  # fcntl.h (Linux)


class Process:
    """A process that runs until it ends by itself or is killed with everything that it started."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        written: Callable[[bytes], None],
        read: Callable[[], None],
        ended: Callable[[int, int], None],
    ) -> None:
        """Start it.

        Args:
            command: The program and its arguments.
            environment: Its whole environment.
            folder: Its working directory.
            written: Called with what it writes to standard output and standard error.
            read: Called when some of it was handed on by itself, not because of `drain`.
            ended: Called once, with its exit status or the negative number of a signal, and the most bytes of memory
                that it had.

        Raises:
            OSError: When it cannot be started.
        """
        self._loop = asyncio.get_running_loop()
        self._written = written
        self._read = read
        self._ended = ended
        self._timer: asyncio.TimerHandle | None = None
        self._watch = -1
        self._output, output = os.pipe()
        os.set_blocking(self._output, False)
        _enlarge(output)
        try:
            self._popen = subprocess.Popen(  # noqa: S603  # the interpreter and a handler's name, no shell
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        except OSError:
            os.close(self._output)
            raise
        finally:
            os.close(output)
        self._loop.add_reader(self._output, self._readable)
        self._await_end()

    @property
    def pid(self) -> int:
        """Its id, and that of its group."""
        return self._popen.pid

    def kill(self) -> None:
        """Kill it and everything in its group; `ended` is called once it is gone."""
        if self._popen.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    def drain(self) -> bool:
        """Hand on what was written until now; return whether more can come."""
        while True:
            try:
                data = os.read(self._output, _CHUNK)
            except BlockingIOError:
                return True
            if not data:
                return False
            self._written(data)
            if len(data) < _CHUNK:
                return True

    def _readable(self) -> None:
        """Read, and then not again for a moment, however many small pieces come."""
        self._loop.remove_reader(self._output)
        if self.drain():
            self._timer = self._loop.call_later(_PAUSE, self._look_again)
        self._read()

    def _look_again(self) -> None:
        self._timer = None
        if self._output >= 0:
            self._loop.add_reader(self._output, self._readable)

    def _await_end(self) -> None:
        if hasattr(os, "pidfd_open"):
            self._watch = os.pidfd_open(self.pid)
            self._loop.add_reader(self._watch, self._end)
            return
        loop = self._loop

        def wait() -> None:
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(self._end)

        Thread(target=wait, daemon=True).start()

    def _end(self) -> None:
        if self._watch >= 0:
            self._loop.remove_reader(self._watch)
            os.close(self._watch)
            self._watch = -1
        # While it is not reaped, nobody else can have its group's id.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        _, status, usage = os.wait4(self.pid, 0)
        self._popen.returncode = os.waitstatus_to_exitcode(status)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.drain()
        self._loop.remove_reader(self._output)
        os.close(self._output)
        self._output = -1
        self._ended(self._popen.returncode, usage.ru_maxrss * _RUSAGE_UNIT)


def _enlarge(pipe: int) -> None:
    """Let a function that prints much wait less often."""
    try:
        import fcntl

        fcntl.fcntl(pipe, _F_SETPIPE_SZ, _PIPE_SIZE)
    except (ImportError, OSError):
        pass  # a smaller one will do
