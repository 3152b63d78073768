"""Waiting for an issuer's keys: the same steps, run by a thread that blocks or by a task that does not."""

from collections.abc import Generator
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from gatepost.errors import KeysUnavailable
from gatepost.trust.key_source import LiveKeys, Snapshot

if TYPE_CHECKING:
    from concurrent.futures import Future

Result = TypeVar("Result")

# Yields each answer that has to be waited for, is sent the snapshot that it brought, and returns the result.
Steps: TypeAlias = Generator["Future[Snapshot]", Snapshot, Result]


def run(steps: Steps[Result], keys: LiveKeys) -> Result:
    """Run `steps`, blocking this thread where one waits.

    Raises:
        KeysUnavailable: When an answer is a failure, or does not come in time.
    """
    try:
        future = next(steps)
        while True:
            future = steps.send(_answer(future, keys))
    except StopIteration as end:
        result: Result = end.value
        return result


async def run_async(steps: Steps[Result], keys: LiveKeys) -> Result:
    """Run `steps`, suspending this task where one waits.

    Raises:
        KeysUnavailable: When an answer is a failure, or does not come in time.
    """
    import asyncio

    try:
        future = next(steps)
        while True:
            if not future.done():
                # Others wait for the same answer: this task's cancellation must not cancel it for them.
                shared = asyncio.shield(asyncio.wrap_future(future))
                with suppress(KeysUnavailable, TimeoutError):
                    async with asyncio.timeout(keys.wait_limit):
                        await shared
            future = steps.send(_answer(future, keys, timeout=0))
    except StopIteration as end:
        result: Result = end.value
        return result


def failure(future: "Future[Snapshot]", keys: LiveKeys) -> KeysUnavailable | None:
    """Return the error that the answer is, or `None` when it brings keys."""
    try:
        _answer(future, keys)
    except KeysUnavailable as error:
        return error
    return None


def _answer(future: "Future[Snapshot]", keys: LiveKeys, timeout: float | None = None) -> Snapshot:
    try:
        return future.result(keys.wait_limit if timeout is None else timeout)
    except TimeoutError:
        raise KeysUnavailable("the issuer's keys did not arrive in time; see Verifier.health()") from None
