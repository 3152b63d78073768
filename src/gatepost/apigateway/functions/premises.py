"""What pools share that take over from each other: the folder of their files, and who cleans up when all is lost."""

import contextlib
import itertools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from gatepost.apigateway.functions import python_runtime

_WATCHDOG = Path(__file__).with_name("watchdog.py")


class Premises:
    """A folder for temporary files, and the watchdog, until the last pool has left."""

    def __init__(self) -> None:
        """Make the folder."""
        self._folder = Path(tempfile.mkdtemp(prefix="gatepost-functions-"))
        self._numbers = itertools.count(1)
        self._pools = 0
        self._watchdog: subprocess.Popen[str] | None = None

    def enter(self) -> None:
        """Take note of a pool."""
        self._pools += 1

    def leave(self) -> None:
        """Forget a pool; when it was the last one, end the watchdog and remove every file."""
        self._pools -= 1
        if self._pools:
            return
        if self._watchdog is not None:
            self._watchdog.communicate()  # it has nothing left to do
            self._watchdog = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def runtime(self) -> Path:
        """Return the folder of the packages that every function in Python sees."""
        folder = self._folder / "runtime"
        if not folder.exists():
            python_runtime.link_runtime(folder)
        return folder

    def folder_of(self, function: str) -> Path:
        """Return a folder for one version of a function, which is not there yet."""
        return self._folder / f"{function}-{self.number()}"

    def number(self) -> str:
        """Return a number that nobody has had."""
        return str(next(self._numbers))

    def tell_watchdog(self, pid: int, lives: bool) -> None:
        """Have a process group killed when this process is gone."""
        if self._watchdog is None:
            self._watchdog = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", str(_WATCHDOG), str(self._folder)],
                stdin=subprocess.PIPE,
                start_new_session=True,
                text=True,
                bufsize=1,
            )
        if self._watchdog.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._watchdog.stdin.write(f"{'+' if lives else '-'}{pid}\n")
