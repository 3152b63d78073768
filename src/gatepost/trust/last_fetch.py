"""The last fetch that has ended: what it brought, and what is answered until the next one."""

from typing import TYPE_CHECKING

from gatepost.errors import KeysUnavailable
from gatepost.frozen import Frozen
from gatepost.trust.key_source import Snapshot

if TYPE_CHECKING:
    from concurrent.futures import Future


class LastFetch(Frozen):
    """How a fetch ended: with keys, or with an error.

    Attributes:
        asked_at: When it began.
        ended_at: When it ended.
        outcome: The keys that it brought, or why it brought none.
        failures: How many fetches have failed in a row, this one included; 0 when it brought keys.
    """

    __slots__ = ("asked_at", "ended_at", "failures", "outcome")

    asked_at: float
    ended_at: float
    outcome: Snapshot | KeysUnavailable
    failures: int

    def __init__(self, asked_at: float, outcome: Snapshot | KeysUnavailable, failures: int, took: float = 0.0) -> None:
        self._set(asked_at=asked_at, ended_at=asked_at + took, outcome=outcome, failures=failures)

    def again(self) -> "Future[Snapshot]":
        """Return its answer once more.

        An error is a new one each time: one that is raised again and again would gather the frames, and with them the
        tokens, of everybody who got it.
        """
        from gatepost.trust.answers import given, refused

        outcome = self.outcome
        if isinstance(outcome, Snapshot):
            return given(outcome)
        return refused(KeysUnavailable(str(outcome), retry_after=outcome.retry_after))
