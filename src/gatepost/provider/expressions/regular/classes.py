"""Classes of characters, as tests."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

Test: TypeAlias = Callable[[str], bool]

_LINE_ENDS: Final = frozenset("\n\r\u0085\u2028\u2029")


def anything(_: str) -> bool:
    """Value character."""
    return True


def in_line(char: str) -> bool:
    """Value character that does not end a line."""
    return char not in _LINE_ENDS


def only(wanted: str) -> Test:
    """One character."""
    return wanted.__eq__


def span(first: str, last: str) -> Test:
    """The characters from one to another."""
    return lambda char: first <= char <= last


def any_of(tests: Sequence[Test]) -> Test:
    """The characters of several classes."""
    return tests[0] if len(tests) == 1 else lambda char: any(test(char) for test in tests)


def other_than(test: Test) -> Test:
    """The characters that are not of a class."""
    return lambda char: not test(char)


def in_any_case(test: Test) -> Test:
    """The characters of a class, upper or lower case."""
    return lambda char: test(char) or test(char.lower()) or test(char.upper())


def _among(chars: str) -> Test:
    return frozenset(chars).__contains__


def _category(prefix: str) -> Test:
    return lambda char: unicodedata.category(char).startswith(prefix)


def _ascii(test: Test) -> Test:
    return lambda char: char.isascii() and test(char)


_DIGIT: Final = span("0", "9")
_WORD: Final = _ascii(lambda char: char.isalnum() or char == "_")
_SPACE: Final = _among(" \t\n\x0b\f\r")

# Java's are of ASCII alone, unless it is told otherwise.
CLASSES: Final = {
    "d": _DIGIT,
    "D": other_than(_DIGIT),
    "w": _WORD,
    "W": other_than(_WORD),
    "s": _SPACE,
    "S": other_than(_SPACE),
    "h": _among(" \t\u00a0\u1680\u180e\u202f\u205f\u3000"),
    "v": _among("\n\x0b\f\r\u0085\u2028\u2029"),
}
CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_PROPERTIES: Final[dict[str, Test]] = {
    "Lower": span("a", "z"),
    "Upper": span("A", "Z"),
    "ASCII": str.isascii,
    "Alpha": _ascii(str.isalpha),
    "Digit": _DIGIT,
    "Alnum": _ascii(str.isalnum),
    "Punct": _among("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "Blank": _among(" \t"),
    "Space": _SPACE,
    "XDigit": _among("0123456789abcdefABCDEF"),
    "IsAlphabetic": str.isalpha,
    "IsDigit": str.isdigit,
    "IsLetter": str.isalpha,
    "IsUppercase": str.isupper,
    "IsLowercase": str.islower,
    "IsWhite_Space": str.isspace,
}
_GENERAL: Final = ("Lultmo", "Mnce", "Ndlo", "Pcdseifo", "Smcko", "Zslp", "C")
_CATEGORIES: Final = frozenset(kinds[0] + kind for kinds in _GENERAL for kind in ("", *kinds[1:]))


def property_named(name: str) -> Test | None:
    r"""Return the class that `\p{name}` stands for, or `None` when there is none such."""
    bare = name.removeprefix("Is") if name not in _PROPERTIES else name
    return _category(bare) if bare in _CATEGORIES else _PROPERTIES.get(name)


def is_word(char: str) -> bool:
    """Whether a character is of a word, for its edges."""
    return char.isalnum() or char == "_"
