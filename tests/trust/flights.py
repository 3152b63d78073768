"""Fetches in the test's hand: an origin that answers what it is told, and a runner that lets them land when told."""

from collections.abc import Callable
from functools import cache

from gatepost.jose import KeySet, SigningKey
from gatepost.trust.fetch import FetchFailed
from gatepost.trust.key_source import Snapshot
from gatepost.trust.lifetime import Lifetime
from gatepost.trust.origin import FetchedKeys
from gatepost.trust.single_flight import SingleFlight

ISSUER = "https://issuer.example"
DOWN = FetchFailed("the issuer is down")
LIFETIME = Lifetime(min_age=60, max_age=3600, default_age=400)


@cache
def signing_key(kid: str) -> SigningKey:
    return SigningKey.generate("Ed25519", kid=kid)


@cache
def keys(*kids: str, skipped: tuple[str, ...] = ()) -> KeySet:
    """Return the set of the keys of these names."""
    return KeySet((key for kid in kids for key in signing_key(kid).key_set().keys), skipped=skipped)


def fetched(*kids: str, etag: str | None = None, max_age: float | None = None) -> FetchedKeys:
    return FetchedKeys(keys(*kids), etag, max_age)


def snapshot(
    *kids: str, at: float = 0, generation: int = 1, due: float | None = None, until: float | None = None
) -> Snapshot:
    """Return keys that were fetched at a time, and live as long as `LIFETIME` says unless told otherwise."""
    return Snapshot(
        keys(*kids),
        generation,
        fetched_at=at,
        refresh_at=LIFETIME.refresh_at(at, None) if due is None else due,
        expires_at=LIFETIME.expires_at(at, None) if until is None else until,
    )


class FakeOrigin:
    """Gives its answers one after the other, the last one again and again.

    Attributes:
        answers: What is answered next: keys, or an error to raise.
        asked: When it was asked, and with what in hand.
    """

    def __init__(self, *answers: FetchedKeys | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[float, FetchedKeys | None]] = []

    def fetch(self, now: float, previous: FetchedKeys | None) -> FetchedKeys:
        self.asked.append((now, previous))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Deferred:
    """A runner that holds back what it is given until the test lets it land."""

    def __init__(self) -> None:
        self.held: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.held.append(work)

    def land(self) -> None:
        self.held.pop(0)()


def at_once(work: Callable[[], None]) -> None:
    """Run a fetch while the caller waits, so that it has landed when it was started."""
    work()


def single_flight(
    origin: FakeOrigin, runner: Callable[[Callable[[], None]], None] = at_once, seed: Snapshot | None = None
) -> SingleFlight:
    return SingleFlight(ISSUER, origin, LIFETIME, wait_limit=4.0, seed=seed, runner=runner)
