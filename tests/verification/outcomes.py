"""How a verification ends."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from gatepost import Reason, TokenRejected, VerifiedToken

Verify: TypeAlias = Callable[..., VerifiedToken]


def refusal(action: Callable[[], object]) -> Reason:
    """Return why `action` refused the token; anything else but `TokenRejected` fails the test."""
    with pytest.raises(TokenRejected) as caught:
        action()
    return caught.value.reason
