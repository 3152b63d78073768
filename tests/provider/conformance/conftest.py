"""The provider that the modules are run against, over HTTP, and who signs on there."""

from collections.abc import Iterator

import pytest

from tests.provider.world import Browser, Client, User, World, over_http


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A provider that is asked over HTTP, and whose clock a test turns on."""
    with over_http(tmp_path_factory.mktemp("conformance")) as world:
        yield world


@pytest.fixture(scope="session")
def user(provider: World) -> User:
    """A user of whom everything is known that a scope asks for."""
    return provider.user(
        nickname="Annie",
        locale="en-GB",
        timezone="Europe/London",
        primaryPhone="+44.2071234567",
        address={
            "streetAddress": "1 Harbour Road",
            "locality": "London",
            "region": "Greater London",
            "postalCode": "E1 1AA",
            "countryCode": "GB",
        },
    )


@pytest.fixture(scope="session")
def client(provider: World) -> Client:
    """An application as the suite asks for it: codes, refresh tokens, a secret in Basic authentication."""
    return provider.client()


@pytest.fixture
def browser(provider: World) -> Browser:
    """A browser that has never been here."""
    return provider.browser()
