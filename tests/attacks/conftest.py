"""No attack in this folder may reach the network."""

import socket
from typing import NoReturn

import pytest


class NetworkReachedError(AssertionError):
    """Something tried to open a connection or to resolve a name."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever opens a connection: no header and no claim is a reason to."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise NetworkReachedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
