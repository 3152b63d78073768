"""Java's patterns of dates (`java.time.format.DateTimeFormatter`, in English) and the moments that they write."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

_MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_DAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905
_LONGEST: Final = 200


class _Field(NamedTuple):
    """A run of one letter."""

    letter: str
    times: int


def _padded(value: int, count: int) -> str:
    return str(value).rjust(count, "0")


def _year(moment: datetime, count: int) -> str:
    return _padded(moment.year % 100, 2) if count == 2 else _padded(moment.year, count)


def _month(moment: datetime, count: int) -> str:
    if count <= 2:
        return _padded(moment.month, count)
    name = _MONTHS[moment.month - 1]
    return name[:3] if count == 3 else name[:1] if count == 5 else name


def _weekday(moment: datetime, count: int) -> str:
    name = _DAYS[moment.weekday()]
    return name[:3] if count <= 3 else name[:1] if count == 5 else name


def _fraction(moment: datetime, count: int) -> str:
    return f"{moment.microsecond:06}000"[:count]


def _offset(moment: datetime, *, colon: bool, zero: str, short: bool = False) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    if not minutes and zero:
        return zero
    hours, rest = divmod(abs(minutes), 60)
    tail = "" if short and not rest else f"{':' if colon else ''}{rest:02}"
    return f"{'-' if minutes < 0 else '+'}{hours:02}{tail}"


def _zone_name(moment: datetime, _: int) -> str:
    return moment.tzname() or "UTC"


_WRITERS: Final[Mapping[str, Callable[[datetime, int], str]]] = {
    "G": lambda moment, count: "Anno Domini" if count == 4 else "A" if count == 5 else "AD",
    "y": _year,
    "u": _year,
    "M": _month,
    "L": _month,
    "Q": lambda moment, count: _padded((moment.month + 2) // 3, count) if count <= 2 else f"Q{(moment.month + 2) // 3}",
    "w": lambda moment, count: _padded(moment.isocalendar().week, count),
    "d": lambda moment, count: _padded(moment.day, count),
    "D": lambda moment, count: _padded(moment.timetuple().tm_yday, count),
    "E": _weekday,
    "e": lambda moment, count: (
        _padded(moment.isoweekday() % 7 + 1, count) if count <= 2 else _weekday(moment, count)
    ),  # from Sunday on, as in the United States
    "a": lambda moment, _: "AM" if moment.hour < 12 else "PM",
    "h": lambda moment, count: _padded((moment.hour + 11) % 12 + 1, count),
    "K": lambda moment, count: _padded(moment.hour % 12, count),
    "H": lambda moment, count: _padded(moment.hour, count),
    "k": lambda moment, count: _padded((moment.hour + 23) % 24 + 1, count),
    "m": lambda moment, count: _padded(moment.minute, count),
    "s": lambda moment, count: _padded(moment.second, count),
    "S": _fraction,
    "n": lambda moment, count: _padded(moment.microsecond * 1000, count),
    "X": lambda moment, count: _offset(moment, colon=count in {3, 5}, zero="Z", short=count == 1),
    "x": lambda moment, count: _offset(moment, colon=count in {3, 5}, zero="", short=count == 1),
    "Z": lambda moment, count: (
        _offset(moment, colon=True, zero="Z") if count == 5 else _offset(moment, colon=False, zero="")
    ),
    "z": _zone_name,
    "V": _zone_name,
}
_NAMES: Final = {"M": _MONTHS, "L": _MONTHS, "E": _DAYS}
_READABLE: Final = frozenset("yuMLdEahKHkmsSXxZ")


class DatePattern:
    """How a date is written."""

    __slots__ = ("_parts", "_reader")

    def __init__(self, written: str) -> None:
        """Read a pattern.

        Raises:
            ValueError: When it is none.
        """
        self._parts = _parts(written)
        self._reader: re.Pattern[str] | None = None

    @staticmethod
    @lru_cache(maxsize=256)
    def of(written: str) -> "DatePattern":
        """Return the pattern of a text, remembered from the last time.

        Raises:
            ValueError: When it is none.
        """
        return DatePattern(written)

    def write(self, moment: datetime) -> str:
        """Return a moment as text."""
        return "".join(
            part if isinstance(part, str) else _WRITERS[part.letter](moment, part.times) for part in self._parts
        )

    def read(self, text: str) -> datetime | None:
        """Return the moment of a text, in UTC when it does not say where; `None` when it is not so written."""
        if self._reader is None:
            self._reader = re.compile("".join(map(_reading, self._parts, range(len(self._parts)))))
        found = self._reader.fullmatch(text)
        if found is None:
            return None
        seen: dict[str, str] = {}
        for name, value in found.groupdict().items():
            seen[name[0]] = value  # a group is called after its letter
        return _moment(seen)


def _parts(written: str) -> list[str | _Field]:
    if len(written) > _LONGEST:
        raise ValueError(f"The date pattern is longer than {_LONGEST} characters")
    parts: list[str | _Field] = []
    for found in re.finditer(r"([A-Za-z])\1*|'((?:[^']|'')*)'|.", written, re.DOTALL):
        whole, letter, quoted = found.group(), found.group(1), found.group(2)
        if letter:
            if letter not in _WRITERS or len(whole) > 9:
                raise ValueError(f"There is no date pattern {whole[:20]!r}; put plain words between '…'")
            parts.append(_Field(letter, len(whole)))
        elif quoted is not None:
            parts.append(quoted.replace("''", "'") or "'")
        elif whole in "'[]{}#":
            raise ValueError(f"The date pattern has a {whole} that is not quoted")
        else:
            parts.append(whole)
    return parts


def _reading(part: str | _Field, number: int) -> str:
    if isinstance(part, str):
        return re.escape(part)
    letter, count = part
    if letter not in _READABLE:
        return "(?!)"  # only written, never read
    return f"(?P<{letter}{number}>{_shape(letter, count)})"


def _shape(letter: str, count: int) -> str:
    if letter in _NAMES and (count > 2 or letter == "E"):
        short = count == 3 or (letter == "E" and count < 4)
        return "|".join(name[:3] if short else name for name in _NAMES[letter])
    if letter in "XxZ":
        return r"Z|[+-][0-9]{2}(?::?[0-9]{2})?"
    if letter == "a":
        return "AM|PM|am|pm"
    if letter in "yu":
        return "[0-9]{2}" if count == 2 else "[0-9]{4}"
    if letter == "S":
        return f"[0-9]{{{count}}}"
    return "[0-9]{1,2}" if count == 1 else "[0-9]{2}"


def _moment(seen: dict[str, str]) -> datetime | None:
    year = seen.get("y") or seen.get("u") or "1970"
    month = seen.get("M") or seen.get("L") or "1"
    hour = int(seen.get("H") or seen.get("k") or 0) % 24
    if twelve := seen.get("h") or seen.get("K"):
        hour = int(twelve) % 12 + 12 * (seen.get("a", "AM").upper() == "PM")
    try:
        return datetime(
            int(year) + (2000 if len(year) == 2 else 0),
            int(month) if month.isdigit() else [name[:3] for name in _MONTHS].index(month[:3]) + 1,
            int(seen.get("d") or 1),
            hour,
            int(seen.get("m") or 0),
            int(seen.get("s") or 0),
            int((seen.get("S") or "0").ljust(6, "0")[:6]),
            tzinfo=offset(seen.get("X") or seen.get("x") or seen.get("Z") or "Z"),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def offset(written: str) -> tzinfo:
    """Return the zone of `Z`, `+02:00`, `+0200`, `+800` or `+02`.

    Raises:
        ValueError: When the hours or minutes are impossible.
    """
    if written in {"Z", "z"}:
        return UTC
    digits = written[1:].replace(":", "")
    hours, minutes = (digits, "0") if len(digits) < 3 else (digits[:-2], digits[-2:])
    if int(hours) > 18 or int(minutes) > 59:
        raise ValueError("no such offset")
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-span if written[0] == "-" else span)
