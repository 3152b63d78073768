"""A decision in one line, which people compare and programs read."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatepost.policy.decision import Decision


def decision_line(decision: "Decision") -> str:
    """Return `allow`, or `deny STATUS REASON`."""
    from gatepost.policy.decision import Deny

    return f"deny {decision.status} {decision.reason}" if isinstance(decision, Deny) else "allow"
