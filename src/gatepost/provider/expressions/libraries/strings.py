"""`#string`: texts."""

from typing import Final

from gatepost.provider.expressions.evaluation import Evaluation, Value
from gatepost.provider.expressions.libraries.function import Library, of
from gatepost.provider.expressions.values import text as text_of

STRING: Final[Library] = {}


@of(STRING, "isEmpty(text? input)")
def is_empty(_: Evaluation, value: str | None) -> bool:
    """Whether it is null or empty."""
    return not value


@of(STRING, "isNotEmpty(text? input)")
def is_not_empty(_: Evaluation, value: str | None) -> bool:
    """Whether it is neither null nor empty."""
    return bool(value)


@of(STRING, "isBlank(text? input)")
def is_blank(_: Evaluation, value: str | None) -> bool:
    """Whether it is null, empty or white space."""
    return value is None or not value.strip()


@of(STRING, "isNotBlank(text? input)")
def is_not_blank(_: Evaluation, value: str | None) -> bool:
    """Whether it has more than white space."""
    return value is not None and bool(value.strip())


@of(STRING, "upperCase(text input)")
def upper_case(_: Evaluation, value: str) -> str:
    """The text in upper case."""
    return value.upper()


@of(STRING, "lowerCase(text input)")
def lower_case(_: Evaluation, value: str) -> str:
    """The text in lower case."""
    return value.lower()


@of(STRING, "capitalize(text input)")
def capitalize(_: Evaluation, value: str) -> str:
    """The text with its first letter in upper case, the others as they are."""
    return value[:1].upper() + value[1:]


@of(STRING, "trim(text input)")
def trim(_: Evaluation, value: str) -> str:
    """The text without white space around it."""
    return value.strip()


@of(STRING, "length(text input)")
def length(_: Evaluation, value: str) -> int:
    """How many characters it has."""
    return len(value)


@of(STRING, "substring(text input, int start, [int end])")
def substring(_: Evaluation, value: str, start: int, end: int | None = None) -> str:
    """The characters from `start` to before `end`, counted from 0; negative ones count from the end."""
    return value[slice(start, end)]


@of(STRING, "substringBefore(text input, text separator)")
def substring_before(_: Evaluation, value: str, separator: str) -> str:
    """What comes before the first separator; all of it when there is none."""
    return value.partition(separator)[0] if separator else ""


@of(STRING, "substringAfter(text input, text separator)")
def substring_after(_: Evaluation, value: str, separator: str) -> str:
    """What comes after the first separator; empty when there is none."""
    return value.partition(separator)[2] if separator else value


@of(STRING, "contains(text input, text wanted)")
def contains(_: Evaluation, value: str, wanted: str) -> bool:
    """Whether `wanted` is in it."""
    return wanted in value


@of(STRING, "startsWith(text input, text prefix)")
def starts_with(_: Evaluation, value: str, prefix: str) -> bool:
    """Whether it begins so."""
    return value.startswith(prefix)


@of(STRING, "endsWith(text input, text suffix)")
def ends_with(_: Evaluation, value: str, suffix: str) -> bool:
    """Whether it ends so."""
    return value.endswith(suffix)


@of(STRING, "indexOf(text input, text wanted)")
def index_of(_: Evaluation, value: str, wanted: str) -> int:
    """Where `wanted` is first, counted from 0; -1 when it is not there."""
    return value.find(wanted)


@of(STRING, "lastIndexOf(text input, text wanted)")
def last_index_of(_: Evaluation, value: str, wanted: str) -> int:
    """Where `wanted` is last, counted from 0; -1 when it is not there."""
    return value.rfind(wanted)


@of(STRING, "equals(text? one, text? other)")
def equals(_: Evaluation, one: str | None, other: str | None) -> bool:
    """Whether two texts are the same."""
    return one == other


@of(STRING, "equalsIgnoreCase(text? one, text? other)")
def equals_ignore_case(_: Evaluation, one: str | None, other: str | None) -> bool:
    """Whether two texts are the same but for upper and lower case."""
    return one == other or (one is not None and other is not None and one.lower() == other.lower())


@of(STRING, "replace(text input, text wanted, text replacement)")
def replace(evaluation: Evaluation, value: str, wanted: str, replacement: str) -> str:
    """The text with every `wanted` replaced; no regular expression."""
    if not wanted:
        return value
    evaluation.produce(value.count(wanted) * len(replacement))
    return value.replace(wanted, replacement)


@of(STRING, "split(text input, text separator)")
def split(_: Evaluation, value: str, separator: str) -> list[str]:
    """The parts between separators; no regular expression."""
    return value.split(separator) if separator else list(value)


@of(STRING, "join(any input, any separator)")
def join(evaluation: Evaluation, value: Value, separator: Value) -> str | None:
    """The elements of a list as one text; the list may be the first or the second argument."""
    items, between = (value, separator) if isinstance(value, list) else (separator, value)
    if not isinstance(items, list) or not isinstance(between, str):
        return None
    texts = [text_of(evaluation, each) for each in items if each is not None]
    evaluation.produce(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


@of(STRING, "concat(text?... parts)")
def concat(_: Evaluation, *parts: str | None) -> str:
    """The texts one after the other; null is left out."""
    return "".join(part for part in parts if part is not None)


@of(STRING, "repeat(text input, int count)")
def repeat(evaluation: Evaluation, value: str, count: int) -> str | None:
    """The text so many times."""
    evaluation.produce(len(value) * max(count, 0))
    return value * count if count >= 0 else None


@of(STRING, "leftPad(text input, int length, [text padding])")
def left_pad(evaluation: Evaluation, value: str, size: int, padding: str = " ") -> str | None:
    """The text filled up from the left to a length."""
    pad = _padding(evaluation, len(value), size, padding)
    return None if pad is None else pad + value


@of(STRING, "rightPad(text input, int length, [text padding])")
def right_pad(evaluation: Evaluation, value: str, size: int, padding: str = " ") -> str | None:
    """The text filled up from the right to a length."""
    pad = _padding(evaluation, len(value), size, padding)
    return None if pad is None else value + pad


def _padding(evaluation: Evaluation, have: int, want: int, padding: str) -> str | None:
    missing = max(want - have, 0)
    evaluation.produce(missing)
    return (padding * (missing // len(padding) + 1))[:missing] if padding else None


@of(STRING, "reverse(text input)")
def reverse(_: Evaluation, value: str) -> str:
    """The text backwards."""
    return value[::-1]
