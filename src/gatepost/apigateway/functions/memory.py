"""How much memory a process uses, and where it has to stop (Linux)."""

import os
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
# What a process may reserve beyond its memory size: stacks of threads and arenas count although hardly used.
_HEADROOM = 1 << 30
MIB = 1 << 20


def used(pid: int) -> int:
    """Return the bytes that a process has in memory now, 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split(None, 2)[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def most(pid: int) -> int:
    """Return the most bytes that a process has had in memory, 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_bytes()
    except OSError:
        return 0
    _, found, rest = status.partition(b"VmHWM:")
    return int(rest.split(None, 1)[0]) * 1024 if found else 0


def confine(pid: int, mebibytes: int) -> None:
    """Keep a process from reserving far more than its memory size before anybody looks."""
    try:
        import resource

        limit = mebibytes * MIB + _HEADROOM
        resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))
    except (ImportError, AttributeError, OSError, ValueError):
        pass  # outside Linux there is no such limit, and a process that has ended needs none
