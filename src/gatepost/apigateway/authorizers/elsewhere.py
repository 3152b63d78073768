"""Work that blocks, done in a thread of its own while the event loop goes on."""

import asyncio
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


async def elsewhere(work: Callable[[], Result], limit: float) -> Result:
    """Return what `work` does, which raises what `work` raises.

    The thread is nobody's to wait for: a name that takes minutes to resolve keeps neither a request nor the end of the
    process waiting.

    Args:
        work: What to do.
        limit: Seconds after which it has failed.

    Raises:
        TimeoutError: When it takes longer than `limit`.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(result)  # type: ignore[arg-type]  # there is a result where there is no error
        else:
            answer.set_exception(error)

    def run() -> None:
        try:
            outcome: tuple[Result | None, BaseException | None] = (work(), None)
        except Exception as error:  # noqa: BLE001  # the outer border of a thread: it goes to whoever waits
            outcome = (None, error)
        if not loop.is_closed():
            try:
                loop.call_soon_threadsafe(settle, *outcome)
            except RuntimeError:
                return  # the loop was closed in this very moment

    Thread(target=run, name="gatepost-gateway-fetch", daemon=True).start()
    async with asyncio.timeout(limit):
        return await answer
