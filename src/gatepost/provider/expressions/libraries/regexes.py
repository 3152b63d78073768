"""`#regex`: Java's regular expressions, in time that grows with the text and not beyond."""

from typing import Final

from gatepost.provider.expressions.evaluation import Evaluation
from gatepost.provider.expressions.libraries.function import Library, of
from gatepost.provider.expressions.regular.pattern import Pattern

REGEX: Final[Library] = {}


@of(REGEX, "matches(text input, regex pattern)")
def matches(evaluation: Evaluation, value: str, pattern: Pattern) -> bool:
    """Whether the whole text matches; the operator `matches` does the same."""
    return pattern.full(evaluation, value) is not None


@of(REGEX, "match(text input, regex pattern)")
def match(evaluation: Evaluation, value: str, pattern: Pattern) -> bool:
    """Whether the whole text matches."""
    return matches(evaluation, value, pattern)  # type: ignore[no-any-return]


@of(REGEX, "contains(text input, regex pattern)")
def contains(evaluation: Evaluation, value: str, pattern: Pattern) -> bool:
    """Whether there is a match anywhere."""
    return pattern.search(evaluation, value) is not None


@of(REGEX, "findAllMatches(text input, regex pattern)")
def find_all_matches(evaluation: Evaluation, value: str, pattern: Pattern) -> list[str]:
    """All matches, as a list of texts."""
    return [found.group(0) or "" for found in pattern.matches(evaluation, value)]


@of(REGEX, "findFirstMatch(text input, regex pattern)")
def find_first_match(evaluation: Evaluation, value: str, pattern: Pattern) -> str | None:
    """The first match."""
    found = pattern.search(evaluation, value)
    return None if found is None else found.group(0)


@of(REGEX, "groups(text input, regex pattern)")
def groups(evaluation: Evaluation, value: str, pattern: Pattern) -> list[str | None] | None:
    """What the groups of the first match have captured."""
    found = pattern.search(evaluation, value)
    return None if found is None else [found.group(number) for number in range(1, pattern.groups + 1)]


@of(REGEX, "replaceAll(text input, regex pattern, text replacement)")
def replace_all(evaluation: Evaluation, value: str, pattern: Pattern, replacement: str) -> str | None:
    """The text with every match replaced; `$1` and `${name}` are groups."""
    return pattern.replaced(evaluation, value, replacement)


@of(REGEX, "replaceFirst(text input, regex pattern, text replacement)")
def replace_first(evaluation: Evaluation, value: str, pattern: Pattern, replacement: str) -> str | None:
    """The text with the first match replaced."""
    return pattern.replaced(evaluation, value, replacement, most=1)


@of(REGEX, "split(text input, regex pattern)")
def split(evaluation: Evaluation, value: str, pattern: Pattern) -> list[str]:
    """The parts between matches; empty ones at the end are left out, as in Java."""
    parts = []
    at = 0
    for found in pattern.matches(evaluation, value):
        start, end = found.marks[:2]
        if end > 0 and start < len(value):
            parts.append(value[at:start])
            at = end
    parts.append(value[at:])
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts
