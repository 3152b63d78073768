"""`#data`: lists, JSON and encodings."""

import json
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Final, NoReturn

from gatepost.provider.expressions.evaluation import Evaluation, Value
from gatepost.provider.expressions.libraries.crypto import hashed, sha256
from gatepost.provider.expressions.libraries.function import Library, of
from gatepost.provider.expressions.libraries.strings import join
from gatepost.provider.expressions.values import is_number, number, order, same, size

DATA: Final[Library] = {}

of(DATA, "join(list input, text separator)")(join)
of(DATA, "sha256(text input)")(sha256)
of(DATA, "hash(text algorithm, text input)")(hashed)


def _among(evaluation: Evaluation, value: Value, items: list[Value]) -> bool:
    evaluation.spend(len(items))
    return any(same(evaluation, value, each) for each in items)


@of(DATA, "size(any input)")
def length(_: Evaluation, value: Value) -> int | None:
    """How many elements, members or characters it has."""
    return len(value) if isinstance(value, (list, dict, str)) else None


@of(DATA, "isEmpty(any? input)")
def is_empty(_: Evaluation, value: Value) -> bool | None:
    """Whether it is null or has nothing in it."""
    return not value if value is None or isinstance(value, (list, dict, str)) else None


@of(DATA, "isNotEmpty(any? input)")
def is_not_empty(_: Evaluation, value: Value) -> bool | None:
    """Whether it has something in it."""
    return bool(value) if value is None or isinstance(value, (list, dict, str)) else None


@of(DATA, "contains(list input, any? wanted)")
def contains(evaluation: Evaluation, items: list[Value], wanted: Value) -> bool:
    """Whether `wanted` is among the elements."""
    return _among(evaluation, wanted, items)


@of(DATA, "containsAny(list input, list wanted)")
def contains_any(evaluation: Evaluation, items: list[Value], wanted: list[Value]) -> bool:
    """Whether one of `wanted` is among the elements."""
    return any(_among(evaluation, each, items) for each in wanted)


@of(DATA, "containsAll(list input, list wanted)")
def contains_all(evaluation: Evaluation, items: list[Value], wanted: list[Value]) -> bool:
    """Whether all of `wanted` are among the elements."""
    return all(_among(evaluation, each, items) for each in wanted)


@of(DATA, "indexOf(list input, any? wanted)")
def index_of(evaluation: Evaluation, items: list[Value], wanted: Value) -> int:
    """Where `wanted` is first, counted from 0; -1 when it is not there."""
    evaluation.spend(len(items))
    return next((at for at, each in enumerate(items) if same(evaluation, each, wanted)), -1)


@of(DATA, "first(list input)")
def first(_: Evaluation, items: list[Value]) -> Value:
    """The first element."""
    return items[0] if items else None


@of(DATA, "last(list input)")
def last(_: Evaluation, items: list[Value]) -> Value:
    """The last element."""
    return items[-1] if items else None


@of(DATA, "slice(list input, int start, [int end])")
def part(_: Evaluation, items: list[Value], start: int, end: int | None = None) -> list[Value]:
    """The elements from `start` to before `end`; negative ones count from the end."""
    return items[slice(start, end)]


@of(DATA, "merge(list... inputs)")
def merge(evaluation: Evaluation, *lists: list[Value]) -> list[Value]:
    """The elements of several lists, one after the other."""
    evaluation.produce(sum(map(len, lists)))
    return [each for items in lists for each in items]


@of(DATA, "flatten(list input)")
def flatten(evaluation: Evaluation, items: list[Value]) -> list[Value]:
    """The elements, and those of the lists among them in their place."""
    made: list[Value] = []
    for each in items:
        inner = each if isinstance(each, list) else [each]
        evaluation.produce(len(inner))
        made.extend(inner)
    return made


@of(DATA, "distinct(list input)")
def distinct(evaluation: Evaluation, items: list[Value]) -> list[Value]:
    """Each element once, in order."""
    made: list[Value] = []
    for each in items:
        if not _among(evaluation, each, made):
            made.append(each)
    return made


@of(DATA, "union(list one, list other)")
def union(evaluation: Evaluation, one: list[Value], other: list[Value]) -> list[Value]:
    """What is in one list or the other, each once."""
    made: list[Value] = distinct(evaluation, merge(evaluation, one, other))
    return made


@of(DATA, "intersection(list one, list other)")
def intersection(evaluation: Evaluation, one: list[Value], other: list[Value]) -> list[Value]:
    """What is in both lists, each once."""
    return [each for each in distinct(evaluation, one) if _among(evaluation, each, other)]


@of(DATA, "difference(list one, list other)")
def difference(evaluation: Evaluation, one: list[Value], other: list[Value]) -> list[Value]:
    """What is in the first list and not in the second, each once."""
    return [each for each in distinct(evaluation, one) if not _among(evaluation, each, other)]


@of(DATA, "reverse(list input)")
def reverse(_: Evaluation, items: list[Value]) -> list[Value]:
    """The elements, the last first."""
    return items[::-1]


@of(DATA, "sort(list input)")
def ascending(evaluation: Evaluation, items: list[Value]) -> list[Value] | None:
    """The elements in order; null when they are not all texts or all numbers."""
    if not (all(map(is_number, items)) or all(type(each) is str for each in items)):
        return None
    evaluation.spend(len(items) * len(items).bit_length())
    return sorted(items)


@of(DATA, "min(list input)")
def smallest(_: Evaluation, items: list[Value]) -> Value:
    """The least of the elements."""
    return _extreme(items, -1)


@of(DATA, "max(list input)")
def largest(_: Evaluation, items: list[Value]) -> Value:
    """The greatest of the elements."""
    return _extreme(items, 1)


def _extreme(items: list[Value], sign: int) -> Value:
    found = items[0] if items else None
    for each in items[1:]:
        compared = order(each, found)
        if compared is None:
            return None
        if compared == sign:
            found = each
    return found


@of(DATA, "sum(list input)")
def total(_: Evaluation, items: list[Value]) -> int | float | None:
    """The sum of the elements; null when one is no number."""
    return number(sum(items)) if all(map(is_number, items)) else None


@of(DATA, "keys(any input)")
def keys(_: Evaluation, value: Value) -> list[str] | None:
    """The names of an object's members."""
    return list(value) if isinstance(value, dict) else None


@of(DATA, "values(any input)")
def values(_: Evaluation, value: Value) -> list[Value] | None:
    """The values of an object's members."""
    return list(value.values()) if isinstance(value, dict) else None


@of(DATA, "toJson(any? input)")
def to_json(evaluation: Evaluation, value: Value) -> str:
    """The value as JSON."""
    evaluation.produce(size(value))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@of(DATA, "fromJson(text input)")
def from_json(evaluation: Evaluation, value: str) -> Value:
    """The value that a JSON text writes."""
    try:
        read = json.loads(value, parse_int=_integer, parse_float=_real, parse_constant=_constant)
        evaluation.produce(size(read))
        json.dumps(read, ensure_ascii=False).encode()  # half of a pair of surrogates has no UTF-8
    except (ValueError, RecursionError):
        return None
    return read


def _integer(written: str) -> int | float:
    value = number(int(written)) if len(written) < 25 else None
    if value is None:
        raise ValueError("too large")
    return value


def _real(written: str) -> float:
    value = number(float(written))
    if value is None:
        raise ValueError("too large")
    return float(value)


def _constant(_: str) -> NoReturn:
    raise ValueError("no JSON")


@of(DATA, "base64Encode(text input)")
def base64_encode(_: Evaluation, value: str) -> str:
    """The text's UTF-8 in base64."""
    return b64encode(value.encode(errors="replace")).decode()


@of(DATA, "base64Decode(text input)")
def base64_decode(_: Evaluation, value: str) -> str | None:
    """The UTF-8 text that base64 holds."""
    try:
        return b64decode(value, validate=True).decode()
    except (Error, ValueError):
        return None


@of(DATA, "base64UrlEncode(text input)")
def base64url_encode(_: Evaluation, value: str) -> str:
    """The text's UTF-8 in base64url, without padding."""
    return urlsafe_b64encode(value.encode(errors="replace")).decode().rstrip("=")


@of(DATA, "base64UrlDecode(text input)")
def base64url_decode(_: Evaluation, value: str) -> str | None:
    """The UTF-8 text that base64url holds, with padding or without."""
    bare = value.rstrip("=")
    if not all(char.isascii() and (char.isalnum() or char in "-_") for char in bare):
        return None
    try:
        return urlsafe_b64decode(bare + "=" * (-len(bare) % 4)).decode()
    except (Error, ValueError):
        return None
