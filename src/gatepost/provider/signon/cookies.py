"""The cookie `ST`: what tells a browser from all others, and after a sign-on is its session's secret."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from gatepost.identity.ids import is_id, new_id
from gatepost.provider.services import Settings

NAME = "ST"
_AGE = 2_592_000


class Cookie(NamedTuple):
    """A browser's cookie.

    Attributes:
        value: Its value.
        new: Whether the browser has yet to get it.
    """

    value: str
    new: bool = False


def of_browser(value: str | None) -> Cookie:
    """Return the browser's cookie, or a new one when it has none that was made here."""
    return Cookie(value) if value is not None and is_id(value) else fresh()


def fresh() -> Cookie:
    """Return a new cookie; a UUID, as PingOne's is, with 122 random bits."""
    return Cookie(new_id(), new=True)


def written(settings: Settings, environment_id: str, cookie: Cookie, now: float) -> str:
    """Return the value of `Set-Cookie`.

    It goes with requests that other sites make, as single sign-on needs it; on plain HTTP, where browsers refuse that,
    it goes with navigation alone.

    Args:
        settings: How the provider is run.
        environment_id: The environment, which alone gets it back.
        cookie: The cookie.
        now: The time, in seconds since 1970.
    """
    return _text(settings, environment_id, cookie.value, _AGE, now)


def removed(settings: Settings, environment_id: str) -> str:
    """Return the value of `Set-Cookie` that takes it away."""
    return _text(settings, environment_id, "", 0, 0)


def _text(settings: Settings, environment_id: str, value: str, age: int, now: float) -> str:
    expires = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(now) + age)
    kept = f"{NAME}={value}; Path=/{environment_id}; Max-Age={age}; Expires={expires:%a, %d %b %Y %H:%M:%S} GMT"
    return f"{kept}; Secure; HttpOnly; SameSite=None" if settings.secure else f"{kept}; HttpOnly; SameSite=Lax"
