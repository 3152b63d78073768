"""Moments as ISO 8601 texts, which is what the language knows of time."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from gatepost.provider.expressions.libraries.java_patterns import offset

_OFFSET: Final = r"[Zz]|[+-]\d{1,2}:?\d{2}|[+-]\d{1,2}"
_ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(" + _OFFSET + ")?", re.ASCII
)
_FIXED: Final = re.compile(r"[+-]\d{1,2}(?::?\d{2})?", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read(text: str) -> datetime | None:
    """Return the moment of an ISO 8601 text, in UTC; `None` when it is none."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0").ljust(6, "0")[:6]),
            tzinfo=offset(zone or "Z"),
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def write(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, with milliseconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z".rjust(24, "0")


def later(moment: datetime, **by: int) -> datetime | None:
    """Return a moment so much later; `None` when it is beyond the calendar."""
    try:
        return moment + timedelta(**by)
    except (OverflowError, ValueError):
        return None


def months_later(moment: datetime, months: int) -> datetime | None:
    """Return the same day so many months later, or the last one of a shorter month."""
    if abs(months) > 12 * 10_000:
        return None
    years, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    for day in (moment.day, 30, 29, 28):
        if day <= moment.day:
            try:
                return moment.replace(year=years, month=month + 1, day=day)
            except ValueError:
                continue
    return None


def zone(name: str) -> tzinfo | None:
    """Return the zone with a name, such as `Europe/Paris` or `+02:00`; `None` when there is none such."""
    try:
        return offset(name) if name == "Z" or _FIXED.fullmatch(name) else ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return None


def milliseconds(moment: datetime) -> int:
    """Return the milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def of_milliseconds(value: int) -> datetime | None:
    """Return the moment so many milliseconds after 1970; `None` when it is beyond the calendar."""
    return later(_EPOCH, milliseconds=value)
