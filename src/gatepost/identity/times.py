"""Times as the platform's API writes them: `2026-03-23T16:37:59.659Z`."""

from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def write(milliseconds: int) -> str:
    """Return the text of a time in milliseconds since 1970."""
    at = _BEGINNING + timedelta(milliseconds=milliseconds)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def read(text: object) -> int | None:
    """Return a time in milliseconds since 1970, or `None` when `text` is no time with its offset from UTC."""
    if not isinstance(text, str) or len(text) > 40 or "T" not in text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return None if at.tzinfo is None else (at - _BEGINNING) // _MILLISECOND
    except (ValueError, OverflowError):
        return None
