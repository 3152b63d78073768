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


class Snapshot:
    """The keys of an issuer, as they were fetched at one time.

    Attributes:
        key_set: The keys.
        generation: A number that changes whenever the keys themselves do, and only then.
        fetched_at: When they were asked for, in seconds of the verifier's clock.
        refresh_at: From when on they are fetched anew in the background.
        expires_at: Until when they may be used without asking again.
    """

    __slots__ = ("expires_at", "fetched_at", "generation", "key_set", "refresh_at")

    def __init__(
        self, key_set: KeySet, generation: int, *, fetched_at: float, refresh_at: float, expires_at: float
    ) -> None:
        self.key_set = key_set
        self.generation = generation
        self.fetched_at = fetched_at
        self.refresh_at = refresh_at
        self.expires_at = expires_at


class LiveKeys(Protocol):
    """An issuer's keys at work in one verifier. Times are seconds of the verifier's clock, and always handed in."""

    @property
    def wait_limit(self) -> float:
        """Seconds after which waiting for a refresh makes no sense any more."""

    def current(self, now: float) -> Snapshot | None:
        """Return the keys that may be used now, or `None` when the caller has to refresh and wait. Never blocks."""

    def refresh(self, now: float, cause: Cause) -> "Future[Snapshot]":
        """Return the answer of a fetch that is started or joined; it raises `KeysUnavailable` when it failed."""

    def health(self, now: float) -> "KeyHealth":
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


class KeyHealth(Frozen):
    """How an issuer's keys stand."""

    __slots__ = ("age", "last_error")

    age: float | None
    last_error: str | None

    def __init__(self, age: float | None, last_error: str | None) -> None:
        self._set(age=age, last_error=last_error)
