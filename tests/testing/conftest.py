"""A plain HTTP client for the tests of the local issuer."""

from collections.abc import Iterator

import pytest
import urllib3


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    """A client that neither retries nor follows, and gives up after five seconds."""
    with urllib3.PoolManager(retries=False, timeout=5.0) as pool:
        yield pool
