"""Spans of time, as people write them: `90s`, `5m`, `1h`, `2d`, or a number of seconds."""

import re

_DURATION = re.compile(r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,3})?)(?P<unit>ms|s|m|h|d)?")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, None: 1}


def seconds(value: object) -> float | None:
    """Return the seconds that `value` stands for, or `None` when it is no span of time."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if 0 <= value < float("inf") else None
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    number = found["number"]
    return (float(number) if "." in number else int(number)) * _SECONDS[found["unit"]]


def in_words(value: float) -> str:
    """Return seconds in the largest unit that needs no fraction, such as `5m`."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if value and value % size == 0:
            return f"{value / size:.0f}{unit}"
    return f"{value:g}s"
