"""How long fetched keys live: what the server says, within bounds of our own."""

from gatepost.errors import ConfigurationError
from gatepost.frozen import Frozen

# The share of the lifetime after which keys are fetched anew, long before anybody has to wait for them.
_AHEAD = 0.75


class Lifetime(Frozen):
    """The bounds, in seconds."""

    __slots__ = ("default_age", "max_age", "min_age")

    min_age: float
    max_age: float
    default_age: float

    def __init__(self, *, min_age: float, max_age: float, default_age: float) -> None:
        """Take the bounds.

        Raises:
            ConfigurationError: When the least is greater than the greatest.
        """
        if min_age > max_age:
            raise ConfigurationError(f"min_age is at most max_age; {min_age:g} is more than {max_age:g}")
        self._set(min_age=min_age, max_age=max_age, default_age=min(max(default_age, min_age), max_age))

    def of(self, max_age: float | None) -> float:
        """Return the seconds that keys live for which the server said `max_age`, or said nothing."""
        return self.default_age if max_age is None else min(max(max_age, self.min_age), self.max_age)

    def refresh_at(self, fetched_at: float, max_age: float | None) -> float:
        """Return when keys that were fetched at `fetched_at` are to be fetched anew in the background."""
        return fetched_at + _AHEAD * self.of(max_age)

    def expires_at(self, fetched_at: float, max_age: float | None) -> float:
        """Return until when they may be used without having asked again."""
        return fetched_at + self.of(max_age)
