"""The whole chain at work, with a real issuer: many threads, a fork, an event loop."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from gatepost import Issuer, JwksUrl, KeysUnavailable, Reason, TokenRejected, Verifier
from gatepost.jose import SigningKey
from gatepost.testing import Endpoint, Fault, LocalIssuer, TurnableClock

ROUNDS = 12
THREADS = 8


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    """An issuer at a clock that stands still until it is turned."""
    clock = TurnableClock(1_800_000_000)
    with LocalIssuer("generic", algorithm="Ed25519", clock=clock, lifetime=1_000_000) as issuer:
        yield issuer


def trusting(issuer: LocalIssuer, token_cache: int | None = None) -> Verifier:
    trusted = Issuer(issuer.identifier, audience=issuer.audience, keys=JwksUrl(issuer.jwks_uri))
    return Verifier(trusted, clock=issuer.clock, token_cache=token_cache)


def fetches(issuer: LocalIssuer) -> int:
    return issuer.requests.count(Endpoint.JWKS)


# --- Threads ---


@pytest.mark.parametrize("token_cache", [None, 4], ids=["without a cache", "with a small cache"])
def test_threads_that_verify_while_keys_rotate_refuse_nothing_good_and_fetch_once_each_time(
    issuer: LocalIssuer, token_cache: int | None
) -> None:
    verifier = trusting(issuer, token_cache)
    stranger = SigningKey.generate("Ed25519", kid="unknown")
    good: list[str] = []
    forged = issuer.mint_with(key=stranger)

    def rotate() -> None:
        issuer.rotate_keys(keep_old=bool(len(good) % 3))
        if not len(good) % 3:
            good.clear()
        good.append(issuer.mint())
        issuer.clock.advance(31)

    barrier = threading.Barrier(THREADS, rotate)

    def work(number: int) -> list[str]:
        wrong = []
        for _ in range(ROUNDS):
            barrier.wait(30)
            for token in (*reversed(good), *good):
                try:
                    verifier.verify(token)
                except TokenRejected as refused:
                    wrong.append(f"{number}: {refused}")
            try:
                verifier.verify(forged)
            except TokenRejected as refused:
                wrong += [] if refused.reason is Reason.UNKNOWN_KEY else [str(refused)]
            barrier_end.wait(30)
        return wrong

    barrier_end = threading.Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        for wrong in pool.map(work, range(THREADS)):
            assert wrong == []
    # One for want of keys and one forced by the forged token in the first round, then one in each.
    assert fetches(issuer) <= ROUNDS + 1
    assert verifier.health()[issuer.identifier].last_error is None


def test_threads_that_start_cold_share_one_fetch(issuer: LocalIssuer) -> None:
    verifier = trusting(issuer)
    token = issuer.mint()
    issuer.fail(Fault.SLOW, at=Endpoint.JWKS)
    with ThreadPoolExecutor(THREADS) as pool:
        verified = [pool.submit(verifier.verify, token) for _ in range(THREADS)]
        assert issuer.requests.wait_for(1, Endpoint.JWKS)
        assert not any(future.done() for future in verified)
        issuer.heal()
        assert len({future.result(20).subject for future in verified}) == 1
    assert fetches(issuer) == 1


def test_tokens_of_known_keys_do_not_wait_while_newer_keys_are_fetched(issuer: LocalIssuer) -> None:
    verifier = trusting(issuer)
    token = issuer.mint()
    verifier.verify(token)
    issuer.fail(Fault.SLOW, at=Endpoint.JWKS)
    issuer.clock.advance(250)  # due
    for _ in range(50):
        verifier.verify(token)
    assert issuer.requests.wait_for(2, Endpoint.JWKS)
    issuer.clock.advance(49)  # about to expire
    with ThreadPoolExecutor(THREADS) as pool:
        for future in [pool.submit(verifier.verify, token) for _ in range(50)]:
            future.result(20)
    assert fetches(issuer) == 2, "all of them were judged while that fetch hung"
    issuer.heal()


def test_an_outage_is_survived_and_over_when_the_issuer_is_back(issuer: LocalIssuer) -> None:
    verifier = trusting(issuer)
    token = issuer.mint()
    verifier.verify(token)
    issuer.fail(Fault.REFUSED)
    unknown = issuer.mint_with(key=SigningKey.generate("Ed25519"))
    for _ in range(7):
        issuer.clock.advance(500)
        verifier.verify(token)
        with pytest.raises(KeysUnavailable):
            verifier.verify(unknown)
    issuer.clock.advance(401)
    for _ in range(2):
        with pytest.raises(KeysUnavailable, match="connection refused"):
            verifier.verify(token)
    issuer.heal()
    issuer.rotate_keys()
    issuer.clock.advance(31)
    verifier.verify(issuer.mint())
    with pytest.raises(TokenRejected):
        verifier.verify(token)


# --- A fork ---

FORK = """
import os, signal, sys, threading, warnings
from gatepost import Issuer, JwksUrl, Verifier
from gatepost.testing import Endpoint, Fault, LocalIssuer

warnings.simplefilter("ignore", DeprecationWarning)  # forking with threads is what this is about
with LocalIssuer("generic", algorithm="Ed25519") as issuer:
    keys = JwksUrl(issuer.jwks_uri, total_timeout=30)
    verifier = Verifier(Issuer(issuer.identifier, audience=issuer.audience, keys=keys))
    known = issuer.mint()
    verifier.verify(known)
    issuer.rotate_keys(keep_old=True)
    new = issuer.mint()
    issuer.fail(Fault.SLOW, at=Endpoint.JWKS, times=1)
    results = []
    threads = [threading.Thread(target=lambda: results.append(verifier.verify(new))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert issuer.requests.wait_for(2, Endpoint.JWKS)
    pid = os.fork()
    if pid == 0:
        signal.alarm(30)
        try:
            assert verifier.verify(known, max_auth_age=None).issuer == issuer.identifier
            assert verifier.health()[issuer.identifier].generation == 1
            verifier.verify(new)
            assert verifier.health()[issuer.identifier].generation == 2
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    assert issuer.requests.count(Endpoint.JWKS) == 3
    assert results == []
    issuer.heal()
    for thread in threads:
        thread.join(30)
    assert len(results) == 3
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_that_was_forked_while_a_fetch_hung_verifies_and_fetches_anew() -> None:
    subprocess.run([sys.executable, "-c", FORK], check=True, timeout=60)


# --- An event loop ---


def test_the_event_loop_runs_on_while_a_fetch_hangs(issuer: LocalIssuer) -> None:
    async def scenario() -> None:
        verifier = trusting(issuer)
        issuer.fail(Fault.SLOW, at=Endpoint.JWKS)
        waiting = asyncio.create_task(verifier.verify_async(issuer.mint()))
        assert await asyncio.to_thread(issuer.requests.wait_for, 1, Endpoint.JWKS)
        others = [asyncio.create_task(asyncio.sleep(0, number)) for number in range(100)]
        assert await asyncio.gather(*others) == list(range(100))
        assert not waiting.done()
        issuer.heal()
        assert (await waiting).issuer == issuer.identifier

    asyncio.run(scenario())
    assert fetches(issuer) == 1


def test_a_waiting_task_that_is_cancelled_takes_nothing_from_the_other(issuer: LocalIssuer) -> None:
    async def scenario() -> None:
        verifier = trusting(issuer)
        token = issuer.mint()
        issuer.fail(Fault.SLOW, at=Endpoint.JWKS)
        gone, waiting = (asyncio.create_task(verifier.verify_async(token)) for _ in range(2))
        assert await asyncio.to_thread(issuer.requests.wait_for, 1, Endpoint.JWKS)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert not waiting.done()
        issuer.heal()
        assert (await waiting).issuer == issuer.identifier

    asyncio.run(scenario())
    assert fetches(issuer) == 1


def test_keys_fetched_beforehand_are_there_without_waiting(issuer: LocalIssuer) -> None:
    async def scenario() -> None:
        verifier = trusting(issuer)
        await verifier.prefetch_async()
        issuer.fail(Fault.REFUSED)
        await verifier.verify_async(issuer.mint())

    asyncio.run(scenario())
    assert fetches(issuer) == 1
