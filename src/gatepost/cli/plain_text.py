"""Text of strangers, made fit for a terminal.

A token is written by whoever sends it. Escape sequences in it could move the cursor and write over a verdict, and
direction marks could turn it round.
"""

import json


def plain(text: str) -> str:
    r"""Return `text` with everything that is no visible character written as `\uXXXX`, as JSON writes it."""
    return text if text.isprintable() else "".join(map(_visible, text))


def plain_json(value: object, *, indent: int | None = None) -> str:
    """Return `value` as JSON that is fit for a terminal, and still the same JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "\n".join(plain(line) for line in text.split("\n"))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    units = character.encode("utf-16-be", "surrogatepass")  # JSON writes what is beyond U+FFFF as two halves
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
