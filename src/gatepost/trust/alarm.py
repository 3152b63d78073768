"""Giving a fetch up in time, whatever it waits for."""

from collections.abc import Callable
from typing import TypeAlias

# Calls something in so many seconds, and returns what calls that off.
Alarm: TypeAlias = Callable[[float, Callable[[], None]], Callable[[], None]]


def ring(seconds: float, call: Callable[[], None]) -> Callable[[], None]:
    """Let a thread `call` in `seconds`, unless that is called off before; it does not keep the process from ending."""
    from threading import Timer

    timer = Timer(seconds, call)
    timer.name = "gatepost-alarm"
    timer.daemon = True
    timer.start()
    return timer.cancel


def never(_seconds: float, _call: Callable[[], None]) -> Callable[[], None]:
    """Let everything take its time: for what does not wait for a network."""
    return lambda: None
