"""Where an issuer's keys come from, and how they stand at this moment: the two interfaces, and their values."""

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from gatepost.frozen import Frozen
from gatepost.jose import KeySet

if TYPE_CHECKING:
    from concurrent.futures import Future


class Cause(Enum):
    """Why keys are asked for anew."""

    COLD = "there are none that may be used"
    DUE = "those at hand grow old"
    UNKNOWN_KEY = "a token names a key that is not among them"


class Snapshot(Frozen):
    """The keys of an issuer, as they were at one time. All times are seconds of the verifier's clock.

    Attributes:
        key_set: The keys.
        generation: A number that changes whenever the keys themselves do, and only then.
        fetched_at: When they were asked for.
        refresh_at: From when on they are fetched anew in the background.
        expires_at: Until when they may be used without having asked again.
    """

    __slots__ = ("expires_at", "fetched_at", "generation", "key_set", "refresh_at")

    key_set: KeySet
    generation: int
    fetched_at: float
    refresh_at: float
    expires_at: float

    def __init__(
        self, key_set: KeySet, generation: int, *, fetched_at: float, refresh_at: float, expires_at: float
    ) -> None:
        self._set(
            key_set=key_set,
            generation=generation,
            fetched_at=fetched_at,
            refresh_at=refresh_at,
            expires_at=expires_at,
        )


class KeyHealth(Frozen):
    """How an issuer's keys stand.

    Attributes:
        age: Seconds since the keys at hand were fetched, or `None` when there are none.
        expires_in: Seconds until they have to be fetched anew, negative when that is over, or `None`.
        keys: How many keys are at hand.
        skipped: What the key set held that was passed over, one line each.
        generation: The generation of the keys at hand, 0 when there are none.
        last_error: Why the last fetch failed, or `None` when it did not.
        counters: How often what happened: `fetches`, `failures`, `not_modified`, `forced`, `joined`, `stale`.
    """

    __slots__ = ("age", "counters", "expires_in", "generation", "keys", "last_error", "skipped")

    age: float | None
    expires_in: float | None
    keys: int
    skipped: tuple[str, ...]
    generation: int
    last_error: str | None
    counters: dict[str, int]

    def __init__(self, snapshot: Snapshot | None, now: float, last_error: str | None, counters: dict[str, int]) -> None:
        self._set(
            age=None if snapshot is None else now - snapshot.fetched_at,
            expires_in=None if snapshot is None else snapshot.expires_at - now,
            keys=0 if snapshot is None else len({(key.kid, key.identity) for key in snapshot.key_set.keys}),
            skipped=() if snapshot is None else snapshot.key_set.skipped,
            generation=0 if snapshot is None else snapshot.generation,
            last_error=last_error,
            counters=dict(counters),
        )


class LiveKeys(Protocol):
    """An issuer's keys at work in one verifier. Times are seconds of the verifier's clock, and always handed in."""

    @property
    def wait_limit(self) -> float:
        """Seconds after which waiting for a refresh makes no sense any more."""

    def current(self, now: float) -> Snapshot | None:
        """Return the keys that may be used now, or `None` when the caller has to refresh and wait. Never blocks."""

    def refresh(self, now: float, cause: Cause) -> "Future[Snapshot]":
        """Return the answer of a fetch that is started or joined; it raises `KeysUnavailable` when it failed."""

    def health(self, now: float) -> KeyHealth:
        """Return how these keys stand."""


class KeySource(Protocol):
    """Where the keys of an issuer come from: a setting."""

    def check(self, identifier: str) -> None:
        """Check that this can be a source of keys for the issuer `identifier`.

        Raises:
            ConfigurationError: When it cannot, such as for a URL that may not be fetched.
        """

    def open(self, identifier: str, now: float) -> LiveKeys:
        """Return the keys at work. Nothing is fetched yet."""
