"""Servers of the command line, on loopback ports."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gatepost.cli.failure import Failure

if TYPE_CHECKING:
    from gatepost.testing import LocalIssuer


@contextmanager
def listening(local: "LocalIssuer", port: int, option: str) -> "Iterator[LocalIssuer]":
    """Run an issuer until the block ends.

    Args:
        local: The issuer.
        port: The port that was asked for.
        option: The option that chooses another.

    Raises:
        Failure: When the port is taken or may not be used.
    """
    try:
        local.start()
    except OSError as error:
        raise cannot_use(port, error, option) from None
    try:
        yield local
    finally:
        local.stop()


def cannot_use(port: int, error: OSError, option: str) -> Failure:
    """Return what to say of a port that cannot be listened on."""
    return Failure(f"port {port} cannot be used: {error.strerror}; choose another with {option}, or 0 for a free one")
