"""JSON with one meaning: I-JSON (RFC 7493) as far as tokens and key sets need it.

Refused, because two readers could disagree or a reader could fall over: duplicate members, NaN and Infinity,
numbers that overflow, integers beyond 2^53, nesting deeper than 16, encodings other than UTF-8, a byte order mark,
lone surrogates. `sealed` makes what came out read-only, so that a claim that was verified stays what was verified.
"""

from collections.abc import Iterable
from json import JSONDecoder, JSONEncoder
from typing import Any, NoReturn, SupportsIndex, TypeAlias

from gatepost.errors import Reason, TokenRejected

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 16
MAX_INTEGER = 2**53  # RFC 7493 §2.2

_WHITE_SPACE = " \t\n\r"


class JsonObject(dict[str, Any]):
    """A JSON object that cannot be changed; `dict(it)` makes a copy that can."""

    __slots__ = ()

    def _read_only(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("verified JSON is read-only; change a copy: dict(value)")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _read_only

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        """Copy and pickle as a plain `dict`."""
        return dict, (dict(self),)


class JsonArray(list[Any]):
    """A JSON array that cannot be changed; `list(it)` makes a copy that can."""

    __slots__ = ()

    def _read_only(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("verified JSON is read-only; change a copy: list(value)")

    __setitem__ = __delitem__ = __iadd__ = __imul__ = append = extend = insert = _read_only
    clear = pop = remove = sort = reverse = _read_only

    def __reduce_ex__(self, _: SupportsIndex) -> tuple[type[list[Any]], tuple[list[Any]]]:
        """Copy and pickle as a plain `list`."""
        return list, (list(self),)


def loads(data: bytes | str) -> Json:
    """Return the value that `data` stands for.

    Raises:
        TokenRejected: `malformed`, when it is not JSON in the strict sense above.
    """
    value: Json
    try:
        text = (data.decode() if isinstance(data, bytes) else data).strip(_WHITE_SPACE)
        value, end = _scan(text, 0)
    except (ValueError, StopIteration, RecursionError):
        raise TokenRejected(Reason.MALFORMED) from None
    if end != len(text):
        raise TokenRejected(Reason.MALFORMED)
    # Of two members with one name the reader keeps one, and so loses at least one string: count them. A quote that is
    # not escaped begins or ends a string; a backslash stands only inside one.
    if "\\" in text:
        quotes = text.replace("\\\\", "").replace('\\"', "").count('"')
        _refuse_surrogates(value)
    else:
        quotes = text.count('"')
        if not text.isascii():
            _refuse_surrogates(value)
    if type(value) is dict:
        strings = len(value) + _strings(value.values(), MAX_DEPTH)
    else:
        strings = _strings((value,), MAX_DEPTH + 1)
    if 2 * strings != quotes:
        raise TokenRejected(Reason.MALFORMED)
    return value


def load_object(data: bytes | str) -> dict[str, Any]:
    """Return the object that `data` stands for.

    Raises:
        TokenRejected: `malformed`, when it is not strict JSON, or not an object.
    """
    value = loads(data)
    if type(value) is not dict:
        raise TokenRejected(Reason.MALFORMED)
    return value


def sealed(value: dict[str, Any]) -> JsonObject:
    """Return the same object, read-only down to its nested values."""
    return JsonObject({name: _seal(member) for name, member in value.items()})


def _seal(value: Json) -> Json:
    if type(value) is dict:
        return sealed(value)
    return JsonArray(map(_seal, value)) if type(value) is list else value


def _strings(values: Iterable[Json], depth: int) -> int:
    """Return how many strings there are among `values` and in them, names of members among them.

    Raises:
        TokenRejected: `malformed`, when an integer is too large, or the nesting deeper than `depth`.
    """
    if depth < 1:
        raise TokenRejected(Reason.MALFORMED)
    count = 0
    for value in values:
        kind = value.__class__
        if kind is str:
            count += 1
        elif kind is int:
            if not -MAX_INTEGER <= value <= MAX_INTEGER:  # type: ignore[operator]
                raise TokenRejected(Reason.MALFORMED)
        elif kind is dict:
            count += len(value) + _strings(value.values(), depth - 1)  # type: ignore[arg-type, union-attr]
        elif kind is list:
            count += _strings(value, depth - 1)  # type: ignore[arg-type]
    return count


def _finite(text: str) -> float:
    value = float(text)
    if value - value != 0:  # infinite: the text overflows a double
        raise TokenRejected(Reason.MALFORMED)
    return value


def _refuse_constant(_: str) -> NoReturn:
    raise TokenRejected(Reason.MALFORMED)  # NaN, Infinity, -Infinity are not JSON


def _refuse_surrogates(value: Json) -> None:
    try:
        _encode(value).encode()  # a lone surrogate has no UTF-8
    except UnicodeEncodeError:
        raise TokenRejected(Reason.MALFORMED) from None


_decoder: Any = JSONDecoder(parse_float=_finite, parse_constant=_refuse_constant)
_scan = _decoder.scan_once  # the C scanner itself; `decode` would search for white space twice
_encode = JSONEncoder(ensure_ascii=False).encode
