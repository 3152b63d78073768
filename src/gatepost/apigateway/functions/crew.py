"""All processes of one function: who takes the next call, when another one is started, and who has to wait."""

import asyncio
from collections import deque
from collections.abc import Callable

from gatepost.apigateway.functions import failures
from gatepost.apigateway.functions.call import Call
from gatepost.apigateway.functions.house import Why
from gatepost.apigateway.functions.worker import Worker


class Crew:
    """The workers of a function.

    A call goes to the worker that was at work last (its memory is warm); when none is idle, another one is started, up
    to the limit; beyond that, calls wait in their order.
    """

    def __init__(
        self,
        hire: Callable[["Crew"], Worker],
        *,
        concurrency: int,
        waiting: int,
        group: Callable[[int, bool], None],
    ) -> None:
        """Begin without workers.

        Args:
            hire: Makes a worker.
            concurrency: How many there may be.
            waiting: How many calls may wait; more are throttled.
            group: Told of every process group that comes and goes.
        """
        self._hire = hire
        self._concurrency = concurrency
        self._most_waiting = waiting
        self.group = group
        self._workers: set[Worker] = set()
        self._idle: list[Worker] = []
        self._queue: deque[Call] = deque()
        self._starts: set[asyncio.Task[None]] = set()
        self._closing = False
        self._empty = asyncio.Event()
        self._empty.set()

    def submit(self, call: Call) -> None:
        """Have a call worked on."""
        if self._closing:
            _crash(call)
            return
        while self._idle:
            worker = self._idle.pop()
            if worker.state == "idle":
                worker.take(call)
                return
        if len(self._queue) >= self._most_waiting:
            self._forget_abandoned()
            if len(self._queue) >= self._most_waiting:
                call.finish("throttled", failures.THROTTLED)
                return
        self._queue.append(call)
        self._grow()

    def warm_up(self) -> None:
        """Start a worker when there is none."""
        if not self._workers and not self._closing:
            self._start()

    def replace(self) -> None:
        """Let no worker take another call: their code is old."""
        self._idle.clear()
        for worker in tuple(self._workers):
            worker.retire()

    async def close(self) -> None:
        """End every worker, and wait until they are gone."""
        self._closing = True
        await asyncio.gather(*self._starts)  # each takes milliseconds
        for worker in tuple(self._workers):
            worker.dismiss()
        await self._empty.wait()
        while self._queue:
            _crash(self._queue.popleft())

    # ── What workers tell (`House`)

    def ready(self, worker: Worker) -> None:
        """Give a worker the next call, or let it wait."""
        if worker.retired or self._closing:
            worker.kill()
            return
        while self._queue:
            call = self._queue.popleft()
            if not call.answer.done():
                worker.take(call)
                return
        self._idle.append(worker)

    def gone(self, worker: Worker, error: Why | None) -> None:
        """Forget a worker, and answer or pass on what it cannot take any more."""
        self._workers.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        if not self._workers:
            self._empty.set()
        if error is not None and not worker.retired:
            # Others may still start; when this was the last one, nobody is left to wait for.
            self._answer_one(error)
            while not self._workers and self._queue:
                self._answer_one(error)
        if not self._closing:
            self._grow()

    def _answer_one(self, error: Why) -> None:
        while self._queue:
            call = self._queue.popleft()
            if not call.answer.done():
                call.finish("failed to start", error(call.request_id))
                return

    # ── How many there are

    def _grow(self) -> None:
        starting = sum(worker.state == "starting" and not worker.retired for worker in self._workers)
        for _ in range(min(len(self._queue) - starting, self._concurrency - len(self._workers))):
            self._start()

    def _start(self) -> None:
        worker = self._hire(self)
        self._workers.add(worker)
        self._empty.clear()
        task = asyncio.get_running_loop().create_task(worker.start())
        self._starts.add(task)
        task.add_done_callback(self._starts.discard)

    def _forget_abandoned(self) -> None:
        self._queue = deque(call for call in self._queue if not call.answer.done())


def _crash(call: Call) -> None:
    call.finish("crashed", failures.crashed(call.request_id, -9))
