"""One thread that writes: what comes while a commit is on its way shares the next one.

A commit to the disk takes longer than everything else about a write. Each piece of work keeps its own fate: one that
fails is undone by itself, and the others are kept.
"""

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")

_MOST = 128


class _Work(NamedTuple):
    run: Callable[[Connection], Any]
    done: "Future[Any]"


class GroupCommit:
    """Runs pieces of work, each of them whole or not at all; a piece is done when it is on the disk."""

    def __init__(self, engine: Engine) -> None:
        """Write through this engine, which nobody else uses."""
        self._engine = engine
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._thread = Thread(target=self._serve, name="gatepost-store", daemon=True)
        self._thread.start()

    def submit(self, run: Callable[[Connection], T]) -> "Future[T]":
        """Run a piece of work soon; the future gives what it returned, or raises what it raised."""
        work = _Work(run, Future())
        self._queue.put(work)
        return work.done

    def close(self) -> None:
        """Finish what was submitted, and end."""
        self._queue.put(None)
        self._thread.join()

    def _serve(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._batch()
            if batch:
                self._commit(batch)

    def _batch(self) -> tuple[list[_Work], bool]:
        """Wait for work, and take what has come together with it."""
        batch: list[_Work] = []
        work = self._queue.get()
        while work is not None:
            batch.append(work)
            if self._queue.empty() or len(batch) == _MOST:
                return batch, True
            work = self._queue.get()
        return batch, False

    def _commit(self, batch: list[_Work]) -> None:
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._engine.begin() as connection:
                if len(batch) == 1:
                    outcomes.append((batch[0].done, batch[0].run(connection), None))
                else:
                    outcomes.extend(_apart(connection, work) for work in batch)
        except Exception as error:  # noqa: BLE001 - nothing of this batch was kept
            for work in batch:
                work.done.set_exception(error)
            return
        for done, value, failure in outcomes:
            if failure is None:
                done.set_result(value)
            else:
                done.set_exception(failure)


def _apart(connection: Connection, work: _Work) -> tuple[Future[Any], Any, BaseException | None]:
    """Run one piece of work of several; one that fails leaves nothing behind."""
    # The driver is spoken to itself: SQLAlchemy's own savepoints take longer than most pieces of work.
    driver: Any = connection.connection.dbapi_connection
    driver.execute("SAVEPOINT work")
    try:
        value = work.run(connection)
    except Exception as error:  # noqa: BLE001 - whoever waits gets it
        driver.execute("ROLLBACK TO work")
        driver.execute("RELEASE work")
        return work.done, None, error
    driver.execute("RELEASE work")
    return work.done, value, None
