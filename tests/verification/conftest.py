"""The two ways to verify."""

import asyncio
from collections.abc import Callable

import pytest

from gatepost import VerifiedToken


@pytest.fixture(params=["sync", "async"])
def verify(request: pytest.FixtureRequest) -> Callable[..., VerifiedToken]:
    """Return a function that verifies a token in one of the two ways; what holds for one holds for the other."""
    if request.param == "sync":
        return lambda verifier, token, **expected: verifier.verify(token, **expected)
    return lambda verifier, token, **expected: asyncio.run(verifier.verify_async(token, **expected))
