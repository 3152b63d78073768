"""Interleaved timing: every contender runs once in every round, so that a drift of the machine meets them all."""

import statistics
import time
from collections.abc import Callable, Mapping

from contenders import Check


class Spread:
    """A figure over the rounds: its median, and how far the rounds lay apart."""

    __slots__ = ("high", "low", "median")

    def __init__(self, values: list[float]) -> None:
        self.median = statistics.median(values)
        self.low = min(values)
        self.high = max(values)

    def __format__(self, form: str) -> str:
        """Write it as `median (low to high)`, each by `form`."""
        return f"{self.median:{form}} ({self.low:{form}} to {self.high:{form}})"


class Rounds:
    """Seconds per call of each contender, round by round."""

    def __init__(self, seconds: Mapping[str, list[float]]) -> None:
        self.seconds = seconds

    def microseconds(self, name: str) -> Spread:
        """Return the microseconds of one call."""
        return Spread([value * 1e6 for value in self.seconds[name]])

    def ratio(self, name: str, other: str) -> Spread:
        """Return the time of `name` over that of `other`, taken round by round."""
        return Spread([a / b for a, b in zip(self.seconds[name], self.seconds[other], strict=True)])


def interleave(checks: Mapping[str, Check], *, rounds: int, slice_seconds: float) -> Rounds:
    """Time each check for about `slice_seconds` in each of `rounds` rounds."""
    calls = {name: _calls_in(check, slice_seconds) for name, check in checks.items()}
    seconds: dict[str, list[float]] = {name: [] for name in checks}
    names = list(checks)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            seconds[name].append(_per_call(checks[name], calls[name]))
    return Rounds(seconds)


def _calls_in(check: Callable[[], object], slice_seconds: float) -> int:
    calls = 1
    while (taken := _per_call(check, calls) * calls) < slice_seconds / 4:
        calls *= 4
    return max(1, round(calls * slice_seconds / taken))


def _per_call(check: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        check()
    return (time.perf_counter() - start) / calls
