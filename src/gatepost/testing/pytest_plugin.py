"""Fixtures for pytest: `issuer`, a local issuer that has been started, and `mint_token`, which mints its tokens.

The vendor is PingOne's unless a test says otherwise: `@pytest.mark.issuer("wso2", audience="my-client")` hands its
arguments to `LocalIssuer`, and a fixture `issuer_vendor` of one's own chooses the vendor for a whole module or suite.
"""

# Loaded by every pytest run where Gatepost is installed, so nothing of Gatepost is imported before a fixture is used.
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from gatepost.testing import LocalIssuer


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "issuer(vendor, **settings): what the fixture `issuer` imitates")


@pytest.fixture
def issuer_vendor() -> str:
    """The vendor that the fixture `issuer` imitates, to be overridden."""
    return "pingone"


@pytest.fixture
def issuer(request: pytest.FixtureRequest, issuer_vendor: str) -> Iterator["LocalIssuer"]:
    """An issuer on a loopback port, until the test ends."""
    from gatepost.testing import LocalIssuer

    marker = request.node.get_closest_marker("issuer")
    given = () if marker is None else marker.args
    settings = {} if marker is None else marker.kwargs
    with LocalIssuer(*(given or (issuer_vendor,)), **settings) as running:
        yield running


@pytest.fixture
def mint_token(issuer: "LocalIssuer") -> Callable[..., str]:
    """Return a token of the fixture `issuer`, with the claims that are given: `mint_token(scope="read")`."""
    return issuer.mint
