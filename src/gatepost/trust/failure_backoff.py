"""An issuer that does not answer is left in peace, for longer after each failure."""

from concurrent.futures import Future

from gatepost.errors import KeysUnavailable
from gatepost.trust.answers import failed
from gatepost.trust.key_source import Cause, Snapshot
from gatepost.trust.layer import Inner, Layer

# Seconds to wait after the first failure in a row, the second, and so on.
DELAYS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)


class FailureBackoff(Layer):
    """After a failure no fetch is started for a while; the failure itself is the answer until then."""

    def __init__(self, inner: Inner) -> None:
        super().__init__(inner)
        self._failures = 0
        self._failed_at = 0.0
        self._watched: Future[Snapshot] | None = None

    def refresh(self, now: float, cause: Cause) -> Future[Snapshot]:
        """Return the answer of a fetch, or the last failure while it is too early for another one."""
        last = self._watched
        if last is not None and self._failures and self._failed_at <= now < self._failed_at + self._delay():
            return last
        answer = self._inner.refresh(now, cause)
        if answer is not self._watched:
            self._watched = answer
            answer.add_done_callback(lambda settled: self._count(settled, now))
        return answer

    def _count(self, settled: Future[Snapshot], now: float) -> None:
        self._failed_at = now
        self._failures = self._failures + 1 if failed(settled) else 0
        error = settled.exception()
        if isinstance(error, KeysUnavailable):
            error.retry_after = self._delay()

    def _delay(self) -> float:
        return DELAYS[min(self._failures, len(DELAYS)) - 1]
