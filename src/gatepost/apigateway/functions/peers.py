"""Whose process is at the other end of a loopback connection."""

import asyncio
import os
import socket
import sys
from pathlib import Path

_TABLE = Path("/proc/net/tcp")


def is_ours(transport: asyncio.BaseTransport) -> bool:
    """Return whether a process of this user opened the connection.

    A function's port is open to everybody on this machine; only this user's processes may take its events. Where the
    system does not tell (outside Linux), everybody counts as this user.
    """
    name = transport.get_extra_info("peername")
    if name is None:
        return False
    owner = owner_of(name)
    return owner is None or owner == os.getuid()


def owner_of(address: tuple[str, int], table: Path = _TABLE) -> int | None:
    """Return the user id of whoever has the IPv4 socket with this local address, or `None` where nobody says."""
    host, port = address
    wanted = f"{int.from_bytes(socket.inet_aton(host), sys.byteorder):08X}:{port:04X}"
    try:
        lines = table.read_text("ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        if f" {wanted} " in line:
            fields = line.split()
            if fields[1] == wanted:
                return int(fields[7])
    return None
