"""The whole chain against a small model: whatever happens in whatever order, the rules hold.

Two machines. In the first the fetches are in the machine's hand: they land when it says so, or hang. In the second a
real verifier judges real tokens, and fetches land at once.
"""

import hashlib
import json
from concurrent.futures import Future

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gatepost import Issuer, KeysUnavailable, TokenRejected, Verifier
from gatepost.jose import sign_compact
from gatepost.trust.failure_backoff import DELAYS
from gatepost.trust.fetch import FetchFailed, Response
from gatepost.trust.key_source import Cause, LiveKeys, Snapshot
from gatepost.trust.origin import JwksOrigin
from gatepost.trust.remote import RemoteKeys
from tests.trust.flights import ISSUER, Deferred, at_once, keys, signing_key

KIDS = tuple(f"k{number}" for number in range(5))
COOLDOWN, WINDOW, DEFAULT, LEAST, MOST = 30.0, 3600.0, 300.0, 60.0, 3600.0
WAIT = 4.0  # seconds that somebody waits for a fetch

Kids = frozenset[str]

moments = st.floats(0.1, 40) | st.sampled_from([0.5, 1.0, 5.0, 29.9, 30.0, 31.0])
long_times = st.floats(40, 9000) | st.sampled_from([45.0, 225.0, 300.0, 3600.0, 3900.0])
kid_names = st.sampled_from(KIDS)
states = st.sampled_from(["up", "up", "up", "up", "down", "garbage", "private", "not found"])


class FakeIssuer:
    """The issuer: what it publishes, and how it answers."""

    def __init__(self) -> None:
        self.kids: Kids = frozenset(KIDS[:1])
        self.state = "up"
        self.max_age: float | None = None
        self.sends_etag = True
        self.answers = 0

    def rotate(self, kid: str, *, keep_old: bool) -> None:
        self.kids = self.kids | {kid} if keep_old else frozenset({kid})

    def remove(self, kid: str) -> None:
        if self.kids != {kid}:
            self.kids -= {kid}

    def fetch(self, url: str, *, etag: str | None = None) -> Response:
        self.answers += 1
        if self.state in {"down", "not found"}:
            raise FetchFailed("the issuer is down", status=404 if self.state == "not found" else None)
        if self.state == "garbage":
            return Response(200, b"<html>")
        published = [dict(signing_key(kid).to_jwk()) for kid in sorted(self.kids)]
        if self.state == "private":
            published.append(dict(signing_key(KIDS[0]).to_private_jwk()))
        body = json.dumps({"keys": published}).encode()
        version = f'"{self.max_age} {hashlib.sha256(body).hexdigest()}"'.replace(" ", "-") if self.sends_etag else None
        if version is not None and version == etag:
            return Response(304, etag=version, max_age=self.max_age)
        return Response(200, body, etag=version, max_age=self.max_age)

    @property
    def lifetime(self) -> float:
        return DEFAULT if self.max_age is None else min(max(self.max_age, LEAST), MOST)


class Model:
    """What the rules say, as plainly as it can be written."""

    def __init__(self, seed: Kids | None, now: float) -> None:
        self.kids = seed
        self.fetched_at = self.due_at = now
        self.expires_at = now + DEFAULT
        self.generation = 0 if seed is None else 1
        self.flight_at: float | None = None
        self.asked_at = 0.0  # of the last fetch that has ended
        self.failures = 0  # in a row
        self.ended = False
        self.forced_at = float("-inf")
        self.counted = dict.fromkeys(("fetches", "failures", "not_modified", "forced", "joined", "stale"), 0)

    def failing(self) -> bool:
        return self.failures > 0 and self.asked_at >= self.expires_at

    def at_hand(self, now: float) -> Kids | None:
        """Return the keys that may be used, without anybody waiting."""
        if self.kids is None or now < self.expires_at:
            return self.kids
        return self.kids if self.failing() and self.serves_on(now) else None

    def serves_on(self, now: float) -> bool:
        return now < self.expires_at + WINDOW

    def backs_off(self, now: float) -> bool:
        pause = DELAYS[min(self.failures, len(DELAYS)) - 1]
        return self.failures > 0 and self.asked_at - WAIT <= now < self.asked_at + pause

    def look(self, now: float) -> Kids | None:
        """Look at the keys at hand, which starts a fetch when they are due."""
        due = self.kids is not None and not self.fetched_at - WAIT <= now < self.due_at
        if due and self.flight_at is None and not self.backs_off(now):
            self.start(now)
        kids = self.at_hand(now)
        if kids is not None and now >= self.expires_at:
            self.counted["stale"] += 1
        return kids

    def start(self, now: float) -> None:
        self.flight_at = now
        self.counted["fetches"] += 1

    def ask(self, now: float, cause: Cause) -> str:
        """Ask for newer keys; return whether one has to wait, or has the last answer."""
        if self.flight_at is not None:
            self.counted["joined"] += 1
            return "wait"
        if self.backs_off(now):
            return "last"
        if cause is Cause.UNKNOWN_KEY:
            if self.ended and abs(now - self.forced_at) < COOLDOWN:
                return "last"
            self.forced_at = now
            self.counted["forced"] += 1
        self.start(now)
        return "wait"

    def land(self, issuer: FakeIssuer) -> None:
        assert self.flight_at is not None
        self.asked_at, self.flight_at, self.ended = self.flight_at, None, True
        if issuer.state != "up":
            self.failures += 1
            self.counted["failures"] += 1
            return
        self.failures = 0
        self.counted["not_modified"] += self.kids == issuer.kids
        self.generation += self.kids != issuer.kids
        self.kids = issuer.kids
        self.fetched_at = self.asked_at
        self.due_at = self.asked_at + 0.75 * issuer.lifetime
        self.expires_at = self.asked_at + issuer.lifetime


class Lookup:
    """Somebody who waits for a key."""

    def __init__(self, kid: str, now: float, cause: Cause, answer: Future[Snapshot], otherwise: Kids | None) -> None:
        self.kid = kid
        self.now = now
        self.cause = cause
        self.answer = answer
        self.otherwise = otherwise


class FreshnessMachine(RuleBasedStateMachine):
    live: LiveKeys

    @initialize(seed=st.none() | st.sets(kid_names, min_size=1, max_size=2).map(frozenset))
    def open(self, seed: Kids | None) -> None:
        self.now = 1_000_000.0
        self.issuer = FakeIssuer()
        self.runner = Deferred()
        self.model = Model(seed, self.now)
        self.waiting: list[Lookup] = []
        self.forced: list[float] = []
        source = RemoteKeys(seed=None if seed is None else keys(*sorted(seed)), fetcher=self.issuer)
        self.live = source.keep_fresh(ISSUER, JwksOrigin(f"{ISSUER}/jwks", self.issuer), self.now, self.runner)

    # --- Time ---

    @rule(seconds=moments)
    def a_moment_passes(self, seconds: float) -> None:
        self.now += seconds
        self.some_give_up()

    @rule(seconds=long_times)
    def a_long_time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.some_give_up()

    @rule(seconds=moments | long_times)
    def the_clock_is_set_back(self, seconds: float) -> None:
        self.now -= seconds

    def some_give_up(self) -> None:
        self.waiting = [lookup for lookup in self.waiting if self.now <= lookup.now + WAIT]

    # --- The issuer ---

    @rule(state=states)
    def the_issuer_goes(self, state: str) -> None:
        self.issuer.state = state

    @rule(kid=kid_names, keep_old=st.booleans())
    def the_issuer_rotates(self, kid: str, keep_old: bool) -> None:
        self.issuer.rotate(kid, keep_old=keep_old)

    @rule(kid=kid_names)
    def the_issuer_removes_a_key(self, kid: str) -> None:
        self.issuer.remove(kid)

    @rule(max_age=st.sampled_from([None, 0.0, 100.0, 1e9]), sends_etag=st.booleans())
    def the_issuer_says_how_its_keys_may_be_kept(self, max_age: float | None, sends_etag: bool) -> None:
        self.issuer.max_age, self.issuer.sends_etag = max_age, sends_etag

    # --- Tokens ---

    @rule(kid=kid_names)
    def a_token_comes(self, kid: str) -> None:
        self.look_up(kid)

    @rule(first=kid_names, second=kid_names)
    def two_tokens_come_at_once(self, first: str, second: str) -> None:
        self.look_up(first)
        self.look_up(second)

    @rule(kid=kid_names, count=st.integers(3, 20))
    def tokens_rain(self, kid: str, count: int) -> None:
        for _ in range(count):
            self.look_up(kid)

    @rule(
        kid=kid_names,
        pauses=st.lists(st.sampled_from([-3.0, 0.0, 0.9, 1.1, 5.0, 14.9, 29.9, 30.0]), min_size=4, max_size=12),
    )
    def tokens_keep_coming_and_fetches_land_at_once(self, kid: str, pauses: list[float]) -> None:
        for pause in pauses:
            self.look_up(kid)
            if self.runner.held:
                self.the_fetch_lands()
            self.now += pause
            self.some_give_up()

    @rule()
    def keys_are_fetched_beforehand(self) -> None:
        self.ask("", self.now, Cause.COLD)

    def look_up(self, kid: str) -> None:
        """Do what the verifier does, and compare each step with the model."""
        expected = self.model.look(self.now)
        snapshot = self.live.current(self.now)
        assert (None if snapshot is None else kids_of(snapshot)) == expected
        fresh = self.model.kids is not None and self.now < self.model.expires_at
        assert snapshot is not None or not fresh, "nobody waits while keys are fresh"
        if expected is None:
            self.ask(kid, self.now, Cause.COLD)
        elif kid not in expected:
            self.ask(kid, self.now, Cause.UNKNOWN_KEY)

    def ask(self, kid: str, now: float, cause: Cause) -> None:
        before = len(self.runner.held)
        expected = self.model.ask(now, cause)
        answer = self.live.refresh(now, cause)
        if cause is Cause.UNKNOWN_KEY and len(self.runner.held) > before:
            self.forced.append(now)
        otherwise = self.model.kids if cause is Cause.COLD and self.model.serves_on(now) else None
        lookup = Lookup(kid, now, cause, answer, otherwise)
        if expected == "wait":
            assert not answer.done()
            self.waiting.append(lookup)
        else:
            self.settle(lookup)

    # --- Fetches ---

    @precondition(lambda self: self.runner.held)
    @rule()
    def the_fetch_lands(self) -> None:
        self.runner.land()
        self.model.land(self.issuer)
        landed, self.waiting = self.waiting, []
        for lookup in landed:
            self.settle(lookup)

    def settle(self, lookup: Lookup) -> None:
        """Compare what somebody gets who has waited long enough."""
        assert lookup.answer.done()
        error = lookup.answer.exception()
        if self.model.failures == 0:
            assert error is None
            assert kids_of(lookup.answer.result()) == self.model.kids
            if lookup.cause is Cause.COLD and lookup.kid and lookup.kid not in (self.model.kids or ()):
                self.ask(lookup.kid, lookup.now, Cause.UNKNOWN_KEY)
        elif lookup.otherwise is not None:
            assert error is None, "within the window an outage changes no answer"
            assert kids_of(lookup.answer.result()) == lookup.otherwise
        else:
            assert isinstance(error, KeysUnavailable), "nobody knows, so nobody is refused"

    @rule(kid=kid_names)
    def the_issuer_recovers(self, kid: str) -> None:
        """Its new key is known after the longest pause, at the first token that comes then."""
        self.issuer.state = "up"
        self.issuer.rotate(kid, keep_old=False)
        for _ in range(3):  # twice for nothing, when the clock had been set back to just before the last attempt
            self.now += max(COOLDOWN, *DELAYS) + 0.5
            self.some_give_up()
            self.look_up(kid)
            if self.runner.held:
                self.the_fetch_lands()
        if self.runner.held:
            self.the_fetch_lands()
        snapshot = self.live.current(self.now)
        assert snapshot is not None
        assert kid in kids_of(snapshot)
        self.model.look(self.now)

    # --- What holds at any time ---

    @invariant()
    def never_more_than_one_fetch_is_on_its_way(self) -> None:
        assert len(self.runner.held) == (self.model.flight_at is not None) <= 1

    @invariant()
    def unknown_keys_force_one_fetch_in_30_seconds(self) -> None:
        assert all(
            abs(later - earlier) >= COOLDOWN for earlier, later in zip(self.forced, self.forced[1:], strict=False)
        )

    @invariant()
    def the_health_agrees(self) -> None:
        health, model = self.live.health(self.now), self.model
        assert health.counters == model.counted
        assert (health.last_error is not None) == (model.failures > 0)
        assert health.generation == model.generation
        assert health.keys == len(model.kids or ())
        if model.kids is not None:
            assert health.age == self.now - model.fetched_at
            assert health.expires_in == model.expires_at - self.now
        assert health.counters["fetches"] == self.issuer.answers + len(self.runner.held)


def kids_of(snapshot: Snapshot) -> Kids:
    return frozenset(str(key.kid) for key in snapshot.key_set.keys)


TestFreshness = FreshnessMachine.TestCase
TestFreshness.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


# --- With a verifier and real tokens ---


class AtOnce:
    """A source of keys whose fetches land at once."""

    def __init__(self, settings: RemoteKeys, origin: JwksOrigin) -> None:
        self._settings = settings
        self._origin = origin

    def check(self, identifier: str) -> None:
        """Accept every issuer."""

    def open(self, identifier: str, now: float) -> LiveKeys:
        return self._settings.keep_fresh(identifier, self._origin, now, at_once)


class Witness:
    """Sees what the issuer answered: what the keys have to be now."""

    def __init__(self, issuer: FakeIssuer, seed: Kids | None, now: float) -> None:
        self._issuer = issuer
        self.clock = now
        self.kids = seed or frozenset()
        self.expires_at = now + DEFAULT if seed else 0.0
        self.failed = False
        self.asked: list[float] = []

    def fetch(self, url: str, *, etag: str | None = None) -> Response:
        self.asked.append(self.clock)
        self.failed = self._issuer.state != "up"
        if not self.failed:
            self.kids, self.expires_at = self._issuer.kids, self.clock + self._issuer.lifetime
        return self._issuer.fetch(url, etag=etag)


def token(kid: str) -> str:
    claims = {"iss": ISSUER, "aud": "api", "sub": "alice", "exp": 100_000_000_000}
    return sign_compact(claims, signing_key(kid))


TOKENS = {kid: token(kid) for kid in KIDS}


class VerifierMachine(RuleBasedStateMachine):
    @initialize(seed=st.none() | st.sets(kid_names, min_size=1, max_size=2).map(frozenset))
    def open(self, seed: Kids | None) -> None:
        self.issuer = FakeIssuer()
        self.witness = Witness(self.issuer, seed, 1_000_000.0)
        source = RemoteKeys(seed=None if seed is None else keys(*sorted(seed)))
        trusted = Issuer(ISSUER, audience="api", keys=AtOnce(source, JwksOrigin(f"{ISSUER}/jwks", self.witness)))
        self.verifier = Verifier(trusted, clock=lambda: self.witness.clock)

    @rule(seconds=moments | long_times)
    def time_passes(self, seconds: float) -> None:
        self.witness.clock += seconds

    @rule(seconds=moments | long_times)
    def the_clock_is_set_back(self, seconds: float) -> None:
        self.witness.clock -= seconds

    @rule(state=states)
    def the_issuer_goes(self, state: str) -> None:
        self.issuer.state = state

    @rule(kid=kid_names, keep_old=st.booleans())
    def the_issuer_rotates(self, kid: str, keep_old: bool) -> None:
        self.issuer.rotate(kid, keep_old=keep_old)

    @rule(kid=kid_names)
    def the_issuer_removes_a_key(self, kid: str) -> None:
        self.issuer.remove(kid)

    @rule(kid=kid_names)
    def a_token_is_judged_by_the_newest_keys_that_there_can_be(self, kid: str) -> None:
        self.judge(kid)

    @rule(kid=kid_names)
    def a_token_that_was_good_a_moment_ago_is_judged_by_the_newest_keys_too(self, kid: str) -> None:
        for _ in range(2):
            self.judge(kid)

    def judge(self, kid: str) -> None:
        verdict = self.verdict(kid)
        witness = self.witness
        if kid in witness.kids and witness.clock < witness.expires_at + WINDOW:
            assert verdict == "good"
        elif witness.failed:
            assert verdict == "unavailable"
        else:
            assert verdict == "unknown_key"

    def verdict(self, kid: str) -> str:
        try:
            assert self.verifier.verify(TOKENS[kid]).subject == "alice"
        except KeysUnavailable:
            return "unavailable"
        except TokenRejected as refused:
            return str(refused.reason)
        return "good"

    @rule(kids=st.lists(kid_names, min_size=10, max_size=30))
    def a_flood_of_tokens_makes_few_fetches(self, kids: list[str]) -> None:
        before = len(self.witness.asked)
        for kid in kids:
            self.judge(kid)
        assert len(self.witness.asked) <= before + 2, "one for want of keys, and one for an unknown one"

    @invariant()
    def the_counters_agree(self) -> None:
        if hasattr(self, "verifier"):
            health = self.verifier.health()[ISSUER]
            assert health.counters["fetches"] == len(self.witness.asked)
            assert (health.last_error is not None) == self.witness.failed


TestVerifier = VerifierMachine.TestCase
TestVerifier.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
