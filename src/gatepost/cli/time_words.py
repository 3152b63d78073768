"""Moments and durations as a person would say them."""

from datetime import UTC, datetime

_UNITS = (("year", 31_557_600), ("month", 2_629_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def duration(seconds: float) -> str:
    """Return how long that is, in the greatest unit of which there are two, such as `90 minutes`."""
    seconds = abs(seconds)
    for unit, length in _UNITS:
        if seconds >= 2 * length or unit == "second":
            break
    count = int(seconds // length)
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def relative(moment: float, now: float) -> str:
    """Return where `moment` lies, such as `3 minutes ago` or `in 2 hours`; both in seconds since 1970."""
    distance = moment - now
    if abs(distance) < 1:
        return "just now"
    return f"in {duration(distance)}" if distance > 0 else f"{duration(distance)} ago"


def date(moment: float) -> str:
    """Return the date and time of `moment` in UTC, or that it is no date."""
    try:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return "beyond any calendar"
