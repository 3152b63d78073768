"""Text of strangers, made fit for a terminal.

A token is written by whoever sends it. Escape sequences in it could move the cursor and write over a verdict, and
direction marks could turn it round.
"""

import json
import re

# C0 and C1 controls, line and paragraph separators, direction marks and isolates, lone surrogates.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def plain(text: str) -> str:
    r"""Return `text` with everything that a terminal could act on written as `\uXXXX`, as JSON writes it."""
    return _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain_json(value: object, *, indent: int | None = None) -> str:
    """Return `value` as JSON that is fit for a terminal, and still the same JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "\n".join(plain(line) for line in text.split("\n"))
