"""How much an expression may ask for. Each number is far above what a mapping of attributes needs."""

from typing import Final

SOURCE: Final = 16 * 1024
"""Characters of an attribute's value: PingOne's limit for all mappings of a resource together."""

DEPTH: Final = 48
"""How deep brackets, conditions and calls may be nested."""

DIMENSIONS: Final = 8
"""Dimensions of an array that is made with `new`."""

STEPS: Final = 200_000
"""Steps of one evaluation; what a loop repeats and what a pattern tries is counted."""

PRODUCED: Final = 256 * 1024
"""Characters and elements that one evaluation may make, all intermediate values together."""

VALUE: Final = 64 * 1024
"""Characters and elements of one value that is returned, compared or written as text."""

VALUE_DEPTH: Final = 32
"""How deep the objects and lists of such a value may be nested."""

PATTERN: Final = 1000
"""Characters of a regular expression, as in Spring."""

PROGRAM: Final = 2000
"""Instructions that a regular expression may be translated to."""

WHOLE: Final = 2**63
"""Whole numbers are Java's `long`: this is the first that is too large."""
