"""An issuer's keys whose every answer the test decides."""

from concurrent.futures import Future

from gatepost.errors import KeysUnavailable
from gatepost.jose import KeySet, SigningKey
from gatepost.trust.fixed_keys import FixedKeys
from gatepost.trust.key_source import Cause, KeyHealth, Snapshot
from tests.verification.minting import ISSUERS_KEY

FOREVER = float("inf")

NEW_KEY = SigningKey.generate("ES256", kid="new")
KEYS, NEW_KEYS = ISSUERS_KEY.key_set(), NEW_KEY.key_set()
DOWN = KeysUnavailable("the issuer cannot be reached", retry_after=7)

Answer = KeySet | KeysUnavailable | Future[Snapshot]


class FakeKeys:
    """A `KeySource` that is its own `LiveKeys`.

    Attributes:
        at_hand: The keys that `current` returns.
        asked: The cause of each refresh so far.
        wait_limit: Seconds that the verifier may wait for a refresh.
    """

    def __init__(self, at_hand: KeySet | None = None, *answers: Answer, wait_limit: float = 10) -> None:
        """Have keys at hand, or none, and answer one refresh with each of `answers`, the last one again and again."""
        self.at_hand = None if at_hand is None else snapshot(at_hand)
        self.asked: list[Cause] = []
        self.wait_limit = wait_limit
        self._answers = list(answers)

    def check(self, identifier: str) -> None:
        """Accept every issuer."""

    def open(self, identifier: str, now: float) -> "FakeKeys":
        return self

    def current(self, now: float) -> Snapshot | None:
        return self.at_hand

    def refresh(self, now: float, cause: Cause) -> Future[Snapshot]:
        self.asked.append(cause)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Future):
            return answer
        future: Future[Snapshot] = Future()
        if isinstance(answer, KeysUnavailable):
            future.set_exception(answer)
        else:
            self.at_hand = snapshot(answer, len(self.asked) + 1)
            future.set_result(self.at_hand)
        return future

    def health(self, now: float) -> KeyHealth:
        return FixedKeys(KeySet([]), now).health(now)


def snapshot(key_set: KeySet, generation: int = 1) -> Snapshot:
    return Snapshot(key_set, generation, fetched_at=0, refresh_at=FOREVER, expires_at=FOREVER)


def nameless(key: SigningKey) -> KeySet:
    """Return the set of one key that is published without `kid`."""
    jwk = key.to_jwk()
    del jwk["kid"]
    return KeySet.from_jwks({"keys": [jwk]})
