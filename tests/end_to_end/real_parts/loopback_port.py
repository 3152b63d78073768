"""Ports of this machine that nobody listens on."""

import socket
from random import SystemRandom

# Below the range from which systems choose the near end of a connection (RFC 6335 §6; Linux begins at 32768), so that
# no connection made meanwhile can take the port before the server does.
_CHOICE = range(20_000, 32_000)

# Not `random.randrange`: the tests' random numbers start over with each test, and so would the ports.
_RANDOM = SystemRandom()


def free_port() -> int:
    """Return a TCP port on 127.0.0.1 that is free to listen on."""
    while True:
        port = _RANDOM.choice(_CHOICE)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def listening(port: int) -> bool:
    """Tell whether something accepts connections on the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
