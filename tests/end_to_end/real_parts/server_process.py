"""A server as a child process: there when its port answers, gone at the end of the `with` block."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_POLL = 0.01
_PATIENCE = 30.0
_FAREWELL = 10.0


class ServerDied(Exception):
    """The server ended, or did not become ready in time; the message holds the end of its log."""


@contextmanager
def server_process(
    command: Sequence[str | Path],
    *,
    ready: Callable[[], bool],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[None]:
    """Run a server for the length of a `with` block.

    Args:
        command: The program with its arguments; it must stay in the foreground.
        ready: Tells whether the server takes requests.
        folder: An existing folder for its log; also its working directory.
        environment: Variables on top of this process's own.
        user: The account to run as, or `None` for this process's own.
        stop_signal: What the server understands as a request to end now.

    Raises:
        ServerDied: when the server ends by itself, or is not ready within 30 seconds.
    """
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=None if user is None else _group_of(user),
            extra_groups=None if user is None else (),
        )
    try:
        _wait(process, ready, log)
        yield
    finally:
        _stop(process, stop_signal)


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not ready():
        try:
            process.wait(timeout=_POLL)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise ServerDied(f"not ready after {_PATIENCE:.0f} s:\n{_end_of(log)}") from None
        else:
            raise ServerDied(f"ended with status {process.returncode}:\n{_end_of(log)}")


def _stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    if process.poll() is not None:
        return
    process.send_signal(stop_signal)
    try:
        process.wait(timeout=_FAREWELL)
    except subprocess.TimeoutExpired:
        # It leads a session of its own, so this ends its children with it and nothing else.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]


def _group_of(user: str) -> int:
    import pwd  # not on Windows, where nobody is root either

    return pwd.getpwnam(user).pw_gid
