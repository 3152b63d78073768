"""Ids as AWS would give them, made from names so that they stay the same from start to start."""

from hashlib import sha256

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def made_id(name: str, length: int = 10) -> str:
    """Return `length` lower-case letters and digits that stand for `name`."""
    number = int.from_bytes(sha256(name.encode()).digest(), "big")
    letters = []
    for _ in range(length):
        number, rest = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[rest])
    return "".join(letters)
