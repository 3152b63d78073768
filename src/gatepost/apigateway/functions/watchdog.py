"""A process that outlives the gateway by a moment: when the gateway is gone, so are its functions and their files.

Run as `python -I -S watchdog.py FOLDER`. Standard input says which process groups there are, a line each: `+123` for a
new one, `-123` for one that has ended. When it comes to its end, however the gateway ended, all that are left are
killed, and the folder of temporary files is removed.
"""

import contextlib
import os
import shutil
import signal
import sys


def main() -> None:
    """Wait for the end of standard input, and clean up."""
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


if __name__ == "__main__":
    main()
