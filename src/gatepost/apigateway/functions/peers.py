"""Whose process is at the other end of a loopback connection."""

import asyncio
import os
import socket
import struct
from pathlib import Path

# A client may reach an IPv4 port from an IPv6 socket, which stands in the other table.
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_MAPPED = b"\0" * 10 + b"\xff\xff"


def is_ours(transport: asyncio.BaseTransport) -> bool:
    """Return whether a process of this user opened the connection.

    A function's port is open to everybody on this machine; only this user's processes may take its events. Where the
    system has no tables that tell (outside Linux), everybody counts as this user.
    """
    name = transport.get_extra_info("peername")
    if name is None:
        return False
    if not _TABLES[0].exists():
        return True
    return owner_of(name) == os.getuid()


def owner_of(address: tuple[str, int], tables: tuple[Path, ...] = _TABLES) -> int | None:
    """Return the user id of whoever has the socket with this local IPv4 address, or `None` when nobody has."""
    host, port = address
    octets = socket.inet_aton(host)
    wanted = {f"{_words(each)}:{port:04X}" for each in (octets, _MAPPED + octets)}
    for table in tables:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[1] in wanted:
                return int(fields[7])
    return None


def _words(octets: bytes) -> str:
    """Return an address as the kernel prints it: word by word, each as this machine stores it."""
    return "".join(f"{word:08X}" for word in struct.unpack(f"={len(octets) // 4}I", octets))
