"""What JSON may hold anywhere: no text, number or depth that a database or another JSON reader does not take."""

import math
import re
from collections.abc import Iterator
from typing import Any

from gatepost.identity.refusals import Violation

MOST_DEPTH = 32
_MOST_TOLD = 20
_UNFIT = re.compile(r"[\x00\ud800-\udfff]")


def unfit(value: Any, target: str = "") -> list[Violation]:  # noqa: ANN401 - JSON
    """Return where a NUL, half a character, a number that is none, or too much within stands in a JSON value."""
    told: list[Violation] = []
    waiting: list[tuple[str, Any, int]] = [(target, value, 0)]
    while waiting and len(told) < _MOST_TOLD:
        path, each, depth = waiting.pop()
        fault = _fault(each, depth)
        if fault is not None:
            told.append(Violation("INVALID_VALUE", path, fault))
        else:
            waiting.extend((inner_path, inner, depth + 1) for inner_path, inner in _within(path, each))
    return told


def _within(path: str, value: object) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (f"{path}.{name}" if path else name), inner
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield f"{path}[{at}]", inner


def _fault(value: object, depth: int) -> str | None:
    if depth > MOST_DEPTH:
        return f"The value must not be nested deeper than {MOST_DEPTH} times."
    texts = (value,) if isinstance(value, str) else value if isinstance(value, dict) else ()
    if any(_UNFIT.search(each) for each in texts):
        return "The value must be text without NUL characters."
    if isinstance(value, float) and not math.isfinite(value):
        return "The value must be a number."
    return None
