"""`#datetime`: dates and times as ISO 8601 texts.

Takes `2023-01-01T23:59:59.123456Z`, `2023-01-01T23:59:59+02:00`, `2023-01-01Z` and the like; gives UTC with
milliseconds. What is no date, or leaves the years 1 to 9999, gives null.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from gatepost.provider.expressions.evaluation import Evaluation, Value
from gatepost.provider.expressions.libraries import moments
from gatepost.provider.expressions.libraries.function import Library, of
from gatepost.provider.expressions.libraries.java_patterns import DatePattern

DATETIME: Final[Library] = {}


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moments.write(moment)


def _now(evaluation: Evaluation) -> datetime:
    return moments.of_milliseconds(int(evaluation.clock() * 1000)) or datetime(1970, 1, 1, tzinfo=UTC)


def _adding(name: str, unit: str, summary: str, add: Callable[[datetime, int], datetime | None]) -> None:
    def run(_: Evaluation, date: str, amount: int) -> str | None:
        moment = moments.read(date)
        return None if moment is None else _written(add(moment, amount))

    run.__doc__ = summary
    for verb in ("add", "plus"):
        of(DATETIME, f"{verb}{name}(text date, int {unit})")(run)

    def back(evaluation: Evaluation, date: str, amount: int) -> str | None:
        return run(evaluation, date, -amount)

    back.__doc__ = summary.replace("later", "earlier")
    of(DATETIME, f"minus{name}(text date, int {unit})")(back)


_adding("Years", "years", "So many years later.", lambda moment, years: moments.months_later(moment, 12 * years))
_adding("Months", "months", "So many months later, on the last day of a shorter one.", moments.months_later)
_adding("Weeks", "weeks", "So many weeks later.", lambda moment, weeks: moments.later(moment, weeks=weeks))
_adding("Days", "days", "So many days later.", lambda moment, days: moments.later(moment, days=days))
_adding("Hours", "hours", "So many hours later.", lambda moment, hours: moments.later(moment, hours=hours))
_adding("Minutes", "minutes", "So many minutes later.", lambda moment, count: moments.later(moment, minutes=count))
_adding("Seconds", "seconds", "So many seconds later.", lambda moment, count: moments.later(moment, seconds=count))


def _getting(name: str, summary: str, get: Callable[[datetime], Value]) -> None:
    def run(_: Evaluation, date: str) -> Value:
        moment = moments.read(date)
        return None if moment is None else get(moment)

    run.__doc__ = summary
    of(DATETIME, f"{name}(text date)")(run)


_getting("getYear", "The year.", lambda moment: moment.year)
_getting("getMonth", "The month, from 1.", lambda moment: moment.month)
_getting("getDay", "The day of the month.", lambda moment: moment.day)
_getting("getDayOfMonth", "The day of the month.", lambda moment: moment.day)
_getting("getDayOfWeek", "The day of the week, from Monday as 1.", datetime.isoweekday)
_getting("getDayOfYear", "The day of the year, from 1.", lambda moment: moment.timetuple().tm_yday)
_getting("getHour", "The hour, from 0 to 23.", lambda moment: moment.hour)
_getting("getMinute", "The minute.", lambda moment: moment.minute)
_getting("getSecond", "The second.", lambda moment: moment.second)
_getting("getMillisecond", "The milliseconds of the second.", lambda moment: moment.microsecond // 1000)
_getting("getDate", "The day alone, such as `2023-01-01Z`.", lambda moment: moments.write(moment)[:10] + "Z")
_getting("getTime", "The time of day alone, such as `23:59:59Z`.", lambda moment: moments.write(moment)[11:19] + "Z")
_getting("isValid", "Whether it is a date; null when it is none.", lambda moment: True)
_getting(
    "toUnixTimestamp", "The seconds since 1970, a whole number.", lambda moment: moments.milliseconds(moment) // 1000
)
_getting("toUnixTimestampMillis", "The milliseconds since 1970.", moments.milliseconds)


@of(DATETIME, "format(text date, format pattern, [text zone])")
def formatted(_: Evaluation, date: str, pattern: DatePattern, zone: str = "Z") -> str | None:
    """The date by a pattern of Java (`EEEE, dd MMMM; h:mm a`), in UTC or in the zone."""
    moment, place = moments.read(date), moments.zone(zone)
    if moment is None or place is None:
        return None
    try:
        return pattern.write(moment.astimezone(place))
    except (OverflowError, ValueError):
        return None


@of(DATETIME, "parse(text input, format pattern)")
def parsed(_: Evaluation, value: str, pattern: DatePattern) -> str | None:
    """The date of a text that is written by a pattern of Java."""
    return _written(pattern.read(value))


@of(DATETIME, "toIso8601(any input)")
def to_iso(_: Evaluation, value: Value) -> str | None:
    """The date in the usual form; a number is seconds since 1970."""
    if type(value) is int:
        return from_unix(_, value)  # type: ignore[no-any-return]
    return _written(moments.read(value)) if type(value) is str else None


@of(DATETIME, "fromUnixTimestamp(int seconds)")
def from_unix(_: Evaluation, seconds: int) -> str | None:
    """The moment so many seconds after 1970."""
    return _written(moments.of_milliseconds(seconds * 1000))


@of(DATETIME, "fromUnixTimestampMillis(int milliseconds)")
def from_unix_milliseconds(_: Evaluation, milliseconds: int) -> str | None:
    """The moment so many milliseconds after 1970."""
    return _written(moments.of_milliseconds(milliseconds))


@of(DATETIME, "now()")
def now(evaluation: Evaluation) -> str:
    """The present moment."""
    return moments.write(_now(evaluation))


@of(DATETIME, "currentDate()")
def current_date(evaluation: Evaluation) -> str:
    """The present day, such as `2023-01-01Z`."""
    return moments.write(_now(evaluation))[:10] + "Z"


@of(DATETIME, "currentTime()")
def current_time(evaluation: Evaluation) -> str:
    """The present time of day, such as `23:59:59Z`."""
    return moments.write(_now(evaluation))[11:19] + "Z"


def _comparing(name: str, summary: str, compare: Callable[[timedelta], Value]) -> None:
    def run(_: Evaluation, one: str, other: str) -> Value:
        first, second = moments.read(one), moments.read(other)
        return None if first is None or second is None else compare(second - first)

    run.__doc__ = summary
    of(DATETIME, f"{name}(text one, text other)")(run)


_comparing("isBefore", "Whether the first is earlier.", lambda span: span > timedelta())
_comparing("isAfter", "Whether the first is later.", lambda span: span < timedelta())
_comparing("isEqual", "Whether both are the same moment.", lambda span: span == timedelta())
_comparing("daysBetween", "Whole days from the first to the second.", lambda span: int(span / timedelta(days=1)))
_comparing("hoursBetween", "Whole hours from the first to the second.", lambda span: int(span / timedelta(hours=1)))
_comparing(
    "minutesBetween", "Whole minutes from the first to the second.", lambda span: int(span / timedelta(minutes=1))
)
_comparing(
    "secondsBetween", "Whole seconds from the first to the second.", lambda span: int(span / timedelta(seconds=1))
)
