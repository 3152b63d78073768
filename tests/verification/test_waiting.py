"""Waiting for keys: a thread blocks, a task does not, and nobody's end is another's."""

import asyncio
import threading
from concurrent.futures import Future

import pytest

from gatepost import KeysUnavailable
from gatepost.trust.key_source import Cause, Snapshot
from tests.verification.fake_keys import DOWN, KEYS, NEW_KEY, FakeKeys, snapshot
from tests.verification.minting import access_claims, api, mint
from tests.verification.outcomes import Verify


def test_keys_that_do_not_arrive_in_time_cannot_be_had(verify: Verify) -> None:
    never: Future[Snapshot] = Future()
    verifier = api(FakeKeys(None, never, wait_limit=0))
    with pytest.raises(KeysUnavailable, match="did not arrive in time"):
        verify(verifier, mint(access_claims()))
    assert not never.cancelled()
    late = api(FakeKeys(KEYS, never, wait_limit=0))
    with pytest.raises(KeysUnavailable, match="did not arrive in time"):
        verify(late, mint(access_claims(), NEW_KEY))


def test_the_fetch_goes_on_when_one_that_waited_gave_up(verify: Verify) -> None:
    pending: Future[Snapshot] = Future()
    verifier = api(FakeKeys(None, pending, wait_limit=0))
    with pytest.raises(KeysUnavailable):
        verify(verifier, mint(access_claims()))
    pending.set_result(snapshot(KEYS))
    assert verify(verifier, mint(access_claims())).subject == "alice"


def test_keys_that_another_thread_brings_end_the_waiting(verify: Verify) -> None:
    pending: Future[Snapshot] = Future()
    asked = threading.Event()

    class Asked(FakeKeys):
        def refresh(self, now: float, cause: Cause) -> Future[Snapshot]:
            asked.set()
            return super().refresh(now, cause)

    def bring() -> None:
        assert asked.wait(10)
        pending.set_result(snapshot(KEYS))

    thread = threading.Thread(target=bring)
    thread.start()
    assert verify(api(Asked(None, pending)), mint(access_claims())).subject == "alice"
    thread.join()


# --- In an event loop ---


def test_the_event_loop_runs_on_while_a_task_waits_for_keys() -> None:
    async def scenario() -> None:
        pending: Future[Snapshot] = Future()
        verifier = api(FakeKeys(None, pending))
        waiting = asyncio.create_task(verifier.verify_async(mint(access_claims())))
        for _ in range(3):
            await asyncio.sleep(0)
        assert not waiting.done()
        pending.set_result(snapshot(KEYS))
        assert (await waiting).subject == "alice"

    asyncio.run(scenario())


def test_a_task_that_is_cancelled_takes_nothing_from_another_that_waits() -> None:
    async def scenario() -> None:
        pending: Future[Snapshot] = Future()
        verifier = api(FakeKeys(None, pending))
        gone, waiting = (asyncio.create_task(verifier.verify_async(mint(access_claims()))) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert not pending.cancelled()
        pending.set_result(snapshot(KEYS))
        assert (await waiting).subject == "alice"

    asyncio.run(scenario())


def test_a_task_that_is_cancelled_leaves_the_fetch_to_whoever_comes_next() -> None:
    async def scenario() -> None:
        pending: Future[Snapshot] = Future()
        keys = FakeKeys(None, pending)
        verifier = api(keys)
        gone = asyncio.create_task(verifier.verify_async(mint(access_claims())))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        pending.set_exception(DOWN)
        with pytest.raises(KeysUnavailable):
            await verifier.verify_async(mint(access_claims()))

    asyncio.run(scenario())


def test_a_failure_reaches_every_task_that_waits() -> None:
    async def scenario() -> None:
        pending: Future[Snapshot] = Future()
        verifier = api(FakeKeys(None, pending))
        waiting = [asyncio.create_task(verifier.verify_async(mint(access_claims()))) for _ in range(3)]
        await asyncio.sleep(0)
        pending.set_exception(DOWN)
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(result) for result in results] == [KeysUnavailable] * 3

    asyncio.run(scenario())


def test_keys_that_arrive_after_the_event_loop_has_ended_disturb_nobody(caplog: pytest.LogCaptureFixture) -> None:
    pending: Future[Snapshot] = Future()
    with pytest.raises(KeysUnavailable):
        asyncio.run(api(FakeKeys(None, pending, wait_limit=0)).verify_async(mint(access_claims())))
    pending.set_result(snapshot(KEYS))
    assert caplog.records == []
