"""An issuer that does not answer is left in peace, for longer after each failure."""

from typing import TYPE_CHECKING

from gatepost.trust.key_source import Cause, Snapshot
from gatepost.trust.layer import Layer

if TYPE_CHECKING:
    from concurrent.futures import Future

# Seconds to wait after the first failure in a row, the second, and so on.
DELAYS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)


class FailureBackoff(Layer):
    """After a failure no fetch is started for a while; the failure itself is the answer until then."""

    def refresh(self, now: float, cause: Cause) -> "Future[Snapshot]":
        """Return the answer of a fetch, or the last failure while it is too early for another one."""
        last = self.last_fetch
        if last is not None and last.failures and self.flight is None:
            delay = DELAYS[min(last.failures, len(DELAYS)) - 1]
            # Whoever waited before asks with an older time.
            if last.asked_at - self.wait_limit <= now < last.ended_at + delay:
                return last.again()
        return self._inner.refresh(now, cause)
