"""The two ways to verify."""

import asyncio

import pytest

from tests.verification.outcomes import Verify


@pytest.fixture(params=["sync", "async"])
def verify(request: pytest.FixtureRequest) -> Verify:
    """Return a function that verifies a token in one of the two ways; what holds for one holds for the other."""
    if request.param == "sync":
        return lambda verifier, token, **expected: verifier.verify(token, **expected)
    return lambda verifier, token, **expected: asyncio.run(verifier.verify_async(token, **expected))
