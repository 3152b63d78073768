"""What a second factor is asked, as the flow keeps it: sealed, for it may be an authenticator's secret."""

import json
from collections.abc import Mapping
from typing import Any

from gatepost.identity.store.sealing import SealingKey

_PURPOSE = "flow-challenge"


def sealed(sealing: SealingKey, challenge: Mapping[str, Any]) -> str:
    """Return a challenge as the flow keeps it."""
    return sealing.seal(json.dumps(challenge).encode(), _PURPOSE)


def opened(sealing: SealingKey, text: str | None) -> dict[str, Any]:
    """Return a challenge; an empty one when there is none."""
    if text is None:
        return {}
    challenge: dict[str, Any] = json.loads(sealing.open(text, _PURPOSE))
    return challenge
