"""When a request came, as API Gateway writes it."""

import time
from functools import lru_cache

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(8)
def request_time(second: int) -> str:
    """Return a second since 1970 in the common log format, such as `12/Mar/2020:19:03:58 +0000`."""
    year, month, day, hour, minute, at = time.gmtime(second)[:6]
    return f"{day:02}/{_MONTHS[month - 1]}/{year}:{hour:02}:{minute:02}:{at:02} +0000"
