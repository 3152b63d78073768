"""The name that somebody probably meant."""

import json
from collections.abc import Iterable


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return what to say after "unknown": the nearest name if one is near, else all those there are.

    Args:
        name: What was written.
        known: The names that would have been right.
    """
    from difflib import get_close_matches

    names = {each.lower(): each for each in sorted(known)}
    near = get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {quoted(names[near[0]])}?"
    return f"; known are {', '.join(names.values())}" if names else "; there is none"


def quoted(text: str) -> str:
    """Return `text` in quotes, on one line, whatever is in it."""
    return json.dumps(text, ensure_ascii=not text.isprintable())
