"""Does a second thread help: the same work on one thread and on two."""

import threading
import time

from contenders import Check
from rounds import Rounds


def measure(check: Check, *, calls: int, rounds: int) -> Rounds:
    """Time `calls` calls on one thread and on two at once, in turn; the figures are seconds per call."""
    seconds: dict[str, list[float]] = {"one thread": [], "two threads": []}
    for _ in range(rounds):
        for name, count in (("one thread", 1), ("two threads", 2)):
            seconds[name].append(_together(check, calls, count) / (calls * count))
    return Rounds(seconds)


def _together(check: Check, calls: int, count: int) -> float:
    def work() -> None:
        for _ in range(calls):
            check()

    threads = [threading.Thread(target=work) for _ in range(count)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start
