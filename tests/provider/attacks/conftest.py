"""The provider that is attacked, in this process, as it is on the Internet: TLS, and no help for developers."""

from collections.abc import Iterator

import pytest

from tests.provider.world import Browser, Client, User, World, in_process


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A provider that is asked without a network, and whose clock a test turns on."""
    with in_process(tmp_path_factory.mktemp("attacks"), development=False) as world:
        yield world


@pytest.fixture(scope="session")
def client(provider: World) -> Client:
    """An application with a secret."""
    return provider.client()


@pytest.fixture
def user(provider: World) -> User:
    """A user of this test alone, as some get locked."""
    return provider.user()


@pytest.fixture
def browser(provider: World) -> Browser:
    """The browser of the one who is attacked."""
    return provider.browser("192.0.2.1")


@pytest.fixture
def attacker(provider: World) -> Browser:
    """The browser of the one who attacks."""
    return provider.browser("203.0.113.66")
